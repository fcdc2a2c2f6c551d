import { strict as assert } from "node:assert";
import type { BlockSet } from "../journal/block-set.ts";
import type { JobJournal } from "../journal/job-journal.ts";
import type { PartLog } from "../journal/part-log.ts";
import type { Outcome, Transfer } from "../journal/records.ts";

/** How a plan is cut; a simulation cuts it small. */
export interface PlanLimits {
  /** Transfers in a part. */
  readonly transfersPerPart: number;
  /** Most transfers held in memory ahead of the lanes; parts beyond that wait on disk. */
  readonly residentTransfersMax: number;
}

export const planLimits: PlanLimits = { transfersPerPart: 10_000, residentTransfersMax: 40_000 };

/** A transfer whose turn has come. */
export interface Work {
  readonly part: OpenPart;
  readonly transfer: Transfer;
  /** What the journal says was delivered by an earlier run. */
  readonly known: BlockSet | undefined;
}

/** A part with transfers that have not ended. */
export class OpenPart {
  readonly number: number;
  /** undefined while the part waits on disk. */
  log: PartLog | undefined;
  /** No more transfers come. */
  full = false;
  planned = 0;
  ended = 0;
  /** Its transfers are on disk only: a lane that reaches it loads them. */
  spilled = false;
  /** Its transfers are removals that come after everything else. */
  held = false;

  constructor(number: number, log: PartLog | undefined) {
    this.number = number;
    this.log = log;
  }

  append(index: number, outcome: Outcome): void {
    assert(this.log !== undefined);
    this.log.append({ record: "ended", index, outcome });
    this.ended++;
  }

  get over(): boolean {
    return this.full && this.ended === this.planned;
  }
}

/**
 * The transfers that wait for a lane, in the order of the plan. Parts are in memory up to
 * `residentTransfersMax` transfers; the rest of the plan is only on disk, and is loaded when its turn comes.
 */
export class PartQueue {
  readonly #journal: JobJournal;
  readonly #trusting: boolean;
  readonly #residentTransfersMax: number;
  readonly #loaded: (part: OpenPart) => void;
  readonly #ready: Work[] = [];
  #head = 0;
  readonly #spilled: OpenPart[] = [];
  #loading: Promise<void> | undefined;
  #waiting: (() => void)[] = [];
  #ended = false;
  /** Transfers that were taken and are not finished. */
  #active = 0;

  /** `loaded` is told of each part that came back from disk: it may hold nothing that is left to do. */
  constructor(
    journal: JobJournal,
    trusting: boolean,
    limits: PlanLimits,
    loaded: (part: OpenPart) => void = () => {},
  ) {
    this.#loaded = loaded;
    this.#journal = journal;
    this.#trusting = trusting;
    this.#residentTransfersMax = limits.residentTransfersMax;
  }

  /** Whether a new part's transfers may stay in memory. Parts behind a spilled one spill too: order stays. */
  get hasRoom(): boolean {
    return this.#spilled.length === 0 && this.waiting < this.#residentTransfersMax;
  }

  get waiting(): number {
    return this.#ready.length - this.#head;
  }

  push(work: Work): void {
    this.#ready.push(work);
    this.#waiting.pop()?.();
  }

  /** The part's transfers will be loaded from disk when it is full and its turn has come. */
  spill(part: OpenPart): void {
    part.spilled = true;
    this.#spilled.push(part);
    this.wake();
  }

  /** Something changed that a waiting lane may care about (a part became full). */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Nothing more will be pushed or spilled. */
  end(): void {
    this.#ended = true;
    this.wake();
  }

  /** A transfer that take() or takeMore() gave is over, however it ended. */
  finished(): void {
    this.#active--;
    assert(this.#active >= 0);
    if (this.#active === 0 && this.#spilled[0]?.held === true) this.wake();
  }

  /** Up to `most` further transfers that are ready and of the same kind as `work`: they may go in one request. */
  takeMore(work: Work, most: number): Work[] {
    const more: Work[] = [];
    while (more.length < most) {
      const next = this.#ready[this.#head];
      if (next === undefined || next.transfer.action !== work.transfer.action) break;
      more.push(next);
      this.#advance();
    }
    return more;
  }

  /** The next transfer; undefined when all have been taken and none will come, or the signal was aborted. */
  async take(signal: AbortSignal): Promise<Work | undefined> {
    while (!signal.aborted) {
      const work = this.#ready[this.#head];
      if (work !== undefined) {
        this.#advance();
        return work;
      }
      const next = this.#spilled[0];
      // What is held waits for everything before it to be over, not only begun.
      const due = next?.full === true && (!next.held || this.#active === 0);
      if (due || this.#loading !== undefined) {
        this.#loading ??= this.#load(next as OpenPart);
        await this.#loading;
        continue;
      }
      // A part that is not full by now never will be: its plan could not be closed. A resume finds it on disk.
      if (this.#ended && next?.held !== true) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return undefined;
  }

  #advance(): void {
    this.#active++;
    this.#head++;
    if (this.#head === this.#ready.length || this.#head > 10_000) {
      this.#ready.splice(0, this.#head);
      this.#head = 0;
    }
  }

  async #load(part: OpenPart): Promise<void> {
    try {
      const loaded = await this.#journal.load(part.number, this.#trusting);
      part.log ??= await this.#journal.reopenPart(part.number, loaded);
      part.spilled = false;
      for (const transfer of loaded.state.pending()) {
        this.push({ part, transfer, known: loaded.state.delivered.get(transfer.index) });
      }
      this.#spilled.shift();
      this.#loaded(part);
    } finally {
      this.#loading = undefined;
      this.wake();
    }
  }
}
