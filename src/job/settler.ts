import type { Writer } from "../backends/backend.ts";
import { messageOf } from "../foundation/errors.ts";
import type { PartLog } from "../journal/part-log.ts";
import type { OpenPart } from "./part-queue.ts";
import type { World } from "./world.ts";

/**
 * Makes what the journal claims durable, now and then: the files behind its lines first, then a "settled" line
 * that says how many lines are true after a power cut (invariant 3), and compacts parts that are over. A store
 * elsewhere keeps its own promises; for uploads there is nothing to settle but the log itself.
 */
export class Settler {
  readonly #world: World;
  readonly #writers: ReadonlySet<Writer>;
  readonly #trusting: boolean;
  readonly #open = new Set<OpenPart>();
  readonly #compacting = new Set<Promise<void>>();
  #settling: Promise<void> | undefined;

  constructor(world: World, writers: ReadonlySet<Writer>, trusting: boolean) {
    this.#world = world;
    this.#writers = writers;
    this.#trusting = trusting;
  }

  /** Called after a transfer of the part ended, and when the part became full. */
  partMayBeOver(part: OpenPart): void {
    if (part.log === undefined) return;
    if (!part.over) {
      this.#open.add(part);
      return;
    }
    this.#open.delete(part);
    const log = part.log;
    part.log = undefined;
    const compacting = this.#compact(part.number, log)
      .catch((error: unknown) => this.#complain(error))
      .finally(() => this.#compacting.delete(compacting));
    this.#compacting.add(compacting);
  }

  /** Starts a round of settling unless one is under way. */
  settleSoon(): void {
    this.#settling ??= this.#settle()
      .catch((error: unknown) => this.#complain(error))
      .finally(() => {
        this.#settling = undefined;
      });
  }

  /** The job has ended: settles everything, closes every log. */
  async finish(): Promise<void> {
    await this.#settling;
    await Promise.all(this.#compacting);
    await this.#settle().catch((error: unknown) => this.#complain(error));
    for (const part of this.#open) await part.log?.close().catch((error: unknown) => this.#complain(error));
    this.#open.clear();
  }

  async #compact(part: number, log: PartLog): Promise<void> {
    try {
      await this.#settleFiles();
      await log.sync();
    } finally {
      await log.close();
    }
    await this.#world.journal.compact(part);
  }

  async #settle(): Promise<void> {
    const claims = [...this.#open].flatMap((part) =>
      part.log === undefined ? [] : [{ part, log: part.log, lines: part.log.lines }],
    );
    if (claims.length === 0) return;
    await this.#settleFiles();
    for (const { part, log, lines } of claims) {
      if (part.log !== log) continue;
      if (!this.#trusting) log.append({ record: "settled", upTo: lines });
      await log.sync();
    }
  }

  async #settleFiles(): Promise<void> {
    if (this.#trusting) return;
    for (const writer of this.#writers) await writer.settle();
    await this.#world.destination.settle(new AbortController().signal);
  }

  /** A disk that cannot sync costs the safety of a power cut, not the job. */
  #complain(error: unknown): void {
    this.#world.log("WARNING", `the plan could not be made durable: ${messageOf(error)}`);
  }
}
