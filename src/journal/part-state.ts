import { strict as assert } from "node:assert";
import type { RelativePath } from "../backends/backend.ts";
import type { ErrorCode } from "../foundation/errors.ts";
import { BlockSet } from "./block-set.ts";
import type { JournalRecord, Outcome, ScanSkips, Transfer } from "./records.ts";

export interface GapRecord {
  readonly path: RelativePath;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a line says of this machine's own files, while it is not known to be true. */
interface Claim {
  readonly line: number;
  readonly index: number;
  readonly apply: () => void;
}

/** How far the scan had come, by the part's last word on it. */
export interface ScanState {
  /** Every entry before page `token` is planned; `since` is what of that page and later is, too. */
  readonly token: string | undefined;
  readonly skips: ScanSkips;
}

/**
 * The fold of one part's records. Applying a record twice changes nothing.
 *
 * `boot` is this boot of the machine. What a record says of files on *this* machine's disk is believed at once
 * when it was written since the machine started, and otherwise only when a "settled" line of the same boot covers
 * it: a power cut may have kept the line and lost the file. A store elsewhere is asked itself (Writer.delivered), so
 * for it every line counts: `trusting`.
 */
export class PartState {
  readonly transfers: (Transfer | undefined)[] = [];
  readonly outcomes: (Outcome | undefined)[] = [];
  readonly delivered = new Map<number, BlockSet>();
  readonly gaps: GapRecord[] = [];
  scan: ScanState | undefined;
  scanned = false;
  /**
   * Transfers to this machine's disk that are done, but not settled, by the line that says so: a process that
   * died had no time to make their files durable, and whoever goes on must (Destination.adopt).
   */
  readonly unsettledDone = new Map<number, number>();
  /** Names planned (and gaps met) since the scan's last cursor, for a scan that is taken up again. */
  readonly namesSinceCursor = new Set<string>();
  readonly #boot: string;
  readonly #trusting: boolean;
  #line = 0;
  #runBoot: string | undefined;
  #doubtful: Claim[] = [];

  constructor(boot: string, trusting: boolean) {
    this.#boot = boot;
    this.#trusting = trusting;
  }

  /** `sure`: the record comes from a compacted part, which is written only when all it says is durable. */
  apply(record: JournalRecord, sure = false): void {
    if (!sure) this.#line++;
    switch (record.record) {
      case "run":
        // What an earlier boot left unsettled no later line can settle: the files it speaks of may be gone.
        if (record.boot !== this.#runBoot) this.#doubtful = [];
        this.#runBoot = record.boot;
        return;
      case "cursor":
        if (this.scan === undefined || this.scan.token !== record.token) this.namesSinceCursor.clear();
        this.scan = { token: record.token, skips: record.skips };
        return;
      case "planned":
        this.transfers[record.transfer.index] = record.transfer;
        this.namesSinceCursor.add(record.transfer.path);
        return;
      case "delivered":
        assert(this.transfers[record.index] !== undefined, "a block of a transfer that was never planned");
        this.#believe(sure, record.index, () => this.#deliver(record.index, record.block));
        return;
      case "ended":
        assert(this.transfers[record.index] !== undefined, "the end of a transfer that was never planned");
        if (record.outcome.state === "done")
          this.#believe(sure, record.index, () => this.#end(record.index, record.outcome));
        else this.#end(record.index, record.outcome);
        return;
      case "forgotten":
        this.delivered.delete(record.index);
        this.#doubtful = this.#doubtful.filter((claim) => claim.index !== record.index);
        return;
      case "settled": {
        const sure = this.#doubtful.filter((claim) => claim.line <= record.upTo);
        this.#doubtful = this.#doubtful.filter((claim) => claim.line > record.upTo);
        for (const claim of sure) claim.apply();
        for (const [index, line] of this.unsettledDone)
          if (line <= record.upTo) this.unsettledDone.delete(index);
        return;
      }
      case "gap":
        if (this.gaps.some((gap) => gap.path === record.path)) return;
        this.gaps.push({ path: record.path, code: record.code, message: record.message });
        this.namesSinceCursor.add(gapName(record.path));
        return;
      case "void":
        this.transfers.length = 0;
        this.outcomes.length = 0;
        this.delivered.clear();
        this.gaps.length = 0;
        this.unsettledDone.clear();
        this.#doubtful = [];
        return;
      case "scanned":
        this.scanned = true;
        this.scan = { token: undefined, skips: record.skips };
        return;
    }
  }

  /** Transfers that have still to be carried out: not ended, cancelled, or failed in a way that may pass. */
  *pending(): Iterable<Transfer> {
    for (const transfer of this.transfers) {
      if (transfer !== undefined && isPending(this.outcomes[transfer.index])) yield transfer;
    }
  }

  #believe(sure: boolean, index: number, apply: () => void): void {
    if (sure || this.#trusting || this.#runBoot === this.#boot) apply();
    else this.#doubtful.push({ line: this.#line, index, apply });
  }

  #deliver(index: number, block: number): void {
    let blocks = this.delivered.get(index);
    if (blocks === undefined) {
      blocks = new BlockSet();
      this.delivered.set(index, blocks);
    }
    blocks.add(block);
  }

  #end(index: number, outcome: Outcome): void {
    this.outcomes[index] = outcome;
    if (outcome.state === "done" || outcome.state === "skipped") this.delivered.delete(index);
  }
}

/** What the plan itself makes impossible, and trying again cannot mend. */
const lasting: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "NameCollision",
  "UnsafeName",
  "InvalidArgument",
  "Undecided",
]);

function isPending(outcome: Outcome | undefined): boolean {
  if (outcome === undefined || outcome.state === "cancelled") return true;
  return outcome.state === "failed" && !lasting.has(outcome.code);
}

/** How a gap is named among paths: no listing gives a path with this beginning. */
export const gapName = (path: RelativePath): string => `\0gap ${path}`;
