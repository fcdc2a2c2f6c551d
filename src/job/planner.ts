import type { Entry, Gap, Traits } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import type { JobJournal } from "../journal/job-journal.ts";
import { gapName } from "../journal/part-state.ts";
import type { Outcome, ScanSkips, Transfer } from "../journal/records.ts";
import type { SelectedPage } from "../listing/select.ts";
import { blockBytesFor } from "./block-plan.ts";
import type { CollisionGuard } from "./collision-guard.ts";
import type { CopyRules } from "./order.ts";
import { OpenPart, type PartQueue } from "./part-queue.ts";

/** What the planner tells while it goes. */
export interface PlannerEvents {
  planned(transfer: Transfer): void;
  /** A transfer that can be seen to fail without being tried. */
  refused(part: OpenPart, transfer: Transfer, error: StorageError): void;
  gap(gap: Gap): void;
  skips(skips: ScanSkips): void;
  partFull(part: OpenPart): void;
  /** The scan has ended, with so many gaps: whether what hangs on it may be removed. */
  mayRemove(gaps: number): boolean;
}

export interface PlannerOptions {
  readonly journal: JobJournal;
  readonly queue: PartQueue;
  readonly rules: CopyRules;
  readonly traits: Traits;
  readonly renamedTo: Transfer["renamedTo"];
  readonly memoryBytesMax: number;
  readonly transfersPerPart: number;
  readonly collisions: CollisionGuard;
  readonly events: PlannerEvents;
  /** Where an earlier run's scan stopped. */
  readonly resumeAt: {
    readonly nextPart: number;
    readonly skips: ScanSkips;
    readonly names: ReadonlySet<string>;
  };
}

/** What one page of the scan asks for. */
export interface PlannedPage extends SelectedPage {
  /** What is done to the page's files; undefined: they are copied. */
  readonly action?: "remove" | "change";
  /** Objects of the destination that are to go once the whole scan has proved good. */
  readonly removals?: readonly Entry[];
  /** Files that cannot be planned, with why. */
  readonly undecided?: readonly { readonly entry: Entry; readonly error: StorageError }[];
}

/** One of the two rows of parts that a plan is written into: what runs at once, and what is held back. */
interface Row {
  readonly held: boolean;
  part: OpenPart | undefined;
}

/**
 * Turns pages of the scan into journaled transfers. Records are appended without waiting while one sync at a
 * time runs; whatever was appended before a sync began is handed to the lanes when it has ended (invariant 1),
 * so data moves as soon as the first page is planned and a slow disk makes larger batches, not more waiting.
 *
 * Removals that hang on the scan (a sync's) go into parts of their own, which nobody may carry out before the scan
 * has ended whole: without a gap, and with the approval of `mayRemove`. Otherwise those parts are made void.
 */
export class Planner {
  readonly #options: PlannerOptions;
  readonly #main: Row = { held: false, part: undefined };
  readonly #held: Row = { held: true, part: undefined };
  readonly #heldParts: OpenPart[] = [];
  #nextPart: number;
  #skips: ScanSkips;
  #gaps = 0;
  #unsynced: { part: OpenPart; transfer: Transfer }[] = [];
  #syncing: Promise<void> | undefined;
  #syncFailure: unknown;
  #token: string | undefined;

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#nextPart = options.resumeAt.nextPart;
    this.#skips = options.resumeAt.skips;
  }

  /** Plans every page, then closes the plan. Rejects with the scan's error; what was planned stays planned. */
  async run(pages: AsyncIterable<PlannedPage>): Promise<void> {
    try {
      for await (const page of pages) await this.#planPage(page);
      await this.#settle();
      if (this.#held.part !== undefined) await this.#close(this.#held);
      const released = await this.#judgeRemovals();
      const part = await this.#openPart(this.#main);
      part.log?.append({ record: "scanned", skips: this.#skips });
      await this.#settle();
      await this.#close(this.#main);
      for (const held of released) this.#options.queue.spill(held);
    } catch (error) {
      // What was planned before the scan failed is carried out all the same; what hung on the scan is not.
      await this.#settle().catch(() => {});
      if (this.#held.part !== undefined) await this.#close(this.#held);
      if (this.#main.part !== undefined) await this.#close(this.#main);
      throw error;
    }
  }

  async #planPage(page: PlannedPage): Promise<void> {
    const { names } = this.#options.resumeAt;
    this.#token = page.token;
    (await this.#openPart(this.#main)).log?.append({
      record: "cursor",
      token: page.token,
      skips: this.#skips,
    });
    for (const gap of page.gaps) {
      this.#gaps++;
      if (names.has(gapName(gap.path))) continue;
      const { code, message } = gap.error;
      (await this.#openPart(this.#main)).log?.append({ record: "gap", path: gap.path, code, message });
      this.#options.events.gap(gap);
    }
    for (const entry of page.files) {
      if (names.has(entry.path)) continue;
      const waiting = this.#plan(
        this.#roomIn(this.#main) ?? (await this.#openPart(this.#main)),
        entry,
        page.action,
      );
      if (waiting !== undefined) await waiting;
    }
    for (const { entry, error } of page.undecided ?? []) {
      const part = await this.#openPart(this.#main);
      const transfer = this.#transferOf(part, entry, undefined);
      part.log?.append({ record: "planned", transfer });
      this.#options.events.planned(transfer);
      this.#refuse(part, transfer, error);
    }
    for (const entry of page.removals ?? []) {
      const part = this.#roomIn(this.#held) ?? (await this.#openPart(this.#held));
      const transfer = this.#transferOf(part, entry, "remove");
      part.log?.append({ record: "planned", transfer });
      this.#options.events.planned(transfer);
    }
    const { symlinks, specials } = this.#skips;
    this.#skips = { symlinks: symlinks + page.symlinks, specials: specials + page.specials };
    this.#options.events.skips(this.#skips);
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    this.#syncSoon();
  }

  /** The held parts that may run now, durable; the others are void. */
  async #judgeRemovals(): Promise<readonly OpenPart[]> {
    const approved = this.#heldParts.length > 0 && this.#options.events.mayRemove(this.#gaps);
    if (approved) return this.#heldParts;
    for (const part of this.#heldParts) await this.#options.journal.voidPart(part.number);
    return [];
  }

  /**
   * Appends a transfer and lines it up. One that will not be carried out is never in the log without its end, so that
   * no resume takes it up unchecked.
   */
  #plan(part: OpenPart, entry: Entry, action: Transfer["action"]): Promise<void> | undefined {
    if (action === undefined) {
      const check = this.#options.collisions.check(this.#options.renamedTo ?? entry.path);
      if (check !== undefined) return check.then((error) => this.#append(part, entry, action, error));
    }
    this.#append(part, entry, action, undefined);
    return undefined;
  }

  #append(part: OpenPart, entry: Entry, action: Transfer["action"], refusal: StorageError | undefined): void {
    const { traits, memoryBytesMax } = this.#options;
    const transfer = this.#transferOf(part, entry, action);
    part.log?.append({ record: "planned", transfer });
    this.#options.events.planned(transfer);
    const error = refusal ?? (action === undefined ? tooLarge(transfer, traits, memoryBytesMax) : undefined);
    if (error === undefined) this.#unsynced.push({ part, transfer });
    else this.#refuse(part, transfer, error);
  }

  #transferOf(part: OpenPart, entry: Entry, action: Transfer["action"]): Transfer {
    const { rules, traits, renamedTo } = this.#options;
    return {
      index: part.planned++,
      ...(action === undefined ? {} : { action }),
      path: entry.path,
      ...(renamedTo === undefined ? {} : { renamedTo }),
      bytes: entry.bytes,
      blockBytes: action === undefined ? blockBytesFor(entry.bytes, rules, traits) : entry.bytes,
      modifiedMs: entry.modifiedMs,
      version: entry.version,
      ...(entry.contentMd5 === undefined ? {} : { contentMd5: entry.contentMd5 }),
    };
  }

  #refuse(part: OpenPart, transfer: Transfer, error: StorageError): void {
    const outcome: Outcome = { state: "failed", code: error.code, status: 0, message: error.message };
    part.append(transfer.index, outcome);
    this.#options.events.refused(part, transfer, error);
  }

  #roomIn(row: Row): OpenPart | undefined {
    const { part } = row;
    return part !== undefined && part.planned < this.#options.transfersPerPart ? part : undefined;
  }

  async #openPart(row: Row): Promise<OpenPart> {
    const room = this.#roomIn(row);
    if (room !== undefined) return room;
    if (row.part !== undefined) {
      await this.#settle();
      await this.#close(row);
    }
    const number = this.#nextPart++;
    const part = new OpenPart(number, await this.#options.journal.createPart(number));
    if (row.held) {
      part.held = true;
      this.#heldParts.push(part);
    } else {
      part.log?.append({ record: "cursor", token: this.#token, skips: this.#skips });
      if (!this.#options.queue.hasRoom) this.#options.queue.spill(part);
    }
    row.part = part;
    return part;
  }

  async #close(row: Row): Promise<void> {
    const { part } = row;
    if (part === undefined) return;
    row.part = undefined;
    if (part.spilled || part.held) {
      // Nobody appends to it before a lane loads it: plans far ahead cost no open file.
      await part.log?.sync();
      await part.log?.close();
      part.log = undefined;
    }
    part.full = true;
    if (!part.held) this.#options.events.partFull(part);
    this.#options.queue.wake();
  }

  #syncSoon(): void {
    if (this.#syncing !== undefined || this.#unsynced.length === 0) return;
    this.#syncing = this.#syncOnce()
      .catch((error: unknown) => {
        this.#syncFailure = error;
      })
      .finally(() => {
        this.#syncing = undefined;
        if (this.#syncFailure === undefined) this.#syncSoon();
      });
  }

  async #syncOnce(): Promise<void> {
    const batch = this.#unsynced;
    this.#unsynced = [];
    for (const part of new Set(batch.map((item) => item.part))) await part.log?.sync();
    for (const { part, transfer } of batch) {
      if (!part.spilled) this.#options.queue.push({ part, transfer, known: undefined });
    }
  }

  /** Resolves when all that was planned is durable and handed over. */
  async #settle(): Promise<void> {
    while (this.#syncing !== undefined || (this.#unsynced.length > 0 && this.#syncFailure === undefined)) {
      this.#syncSoon();
      await this.#syncing;
    }
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    await this.#main.part?.log?.sync();
  }
}

/** An object that no setting of ours can carry over fails at once, with what to change. */
function tooLarge(transfer: Transfer, traits: Traits, memoryBytesMax: number): StorageError | undefined {
  const { bytes, blockBytes } = transfer;
  const buffer = Math.min(bytes, blockBytes);
  if (buffer > memoryBytesMax) {
    return new StorageError(
      "InvalidArgument",
      `cannot use a block of ${buffer} bytes: block buffers are limited to ${memoryBytesMax} bytes of memory; ` +
        "use a smaller --block-size-mb, or raise AZCOPY_BUFFER_GB",
    );
  }
  if (bytes <= blockBytes) return undefined;
  if (blockBytes > traits.blockBytesMax || Math.ceil(bytes / blockBytes) > traits.blockCountMax) {
    return new StorageError(
      "InvalidArgument",
      `${bytes} bytes in blocks of ${blockBytes} bytes are beyond what the destination takes ` +
        `(${traits.blockCountMax} blocks of ${traits.blockBytesMax} bytes); use another --block-size-mb`,
    );
  }
  return undefined;
}
