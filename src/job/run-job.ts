import { strict as assert } from "node:assert";
import type { Block, Writer } from "../backends/backend.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import type { Outcome, ScanSkips, Transfer } from "../journal/records.ts";
import { CollisionGuard } from "./collision-guard.ts";
import { Counters } from "./counters.ts";
import type { JobStatus, Snapshot } from "./events.ts";
import { Gauge } from "./gauge.ts";
import type { JobPlan } from "./job-plan.ts";
import { Ledger, outcomeOf } from "./ledger.ts";
import { OverwritePrompt } from "./overwrite.ts";
import { type OpenPart, PartQueue, type Work } from "./part-queue.ts";
import { Planner } from "./planner.ts";
import { type EarlierRun, noEarlierRun } from "./resume.ts";
import { type Carrier, entryOf, runTransfer } from "./run-transfer.ts";
import type { Scheduler } from "./scheduler.ts";
import { Settler } from "./settler.ts";
import { keepTuned } from "./tuning.ts";
import type { World } from "./world.ts";

/**
 * Runs a job to its end: scans, plans, carries out, sums up. `earlier` is what former runs of the same job left.
 * Resolves with the last snapshot, also when transfers failed or `cancel` was aborted. Rejects with the scan's
 * error when nothing can be concluded (the source's root cannot be listed); the job can be resumed then, too.
 */
export async function runJob(
  world: World,
  plan: JobPlan,
  scheduler: Scheduler,
  cancel: AbortSignal,
  earlier: EarlierRun = noEarlierRun,
): Promise<Snapshot> {
  return new JobRun(world, plan, scheduler, cancel, earlier).run();
}

/** A run of refusals this long, with no success before it, means that every further request will be refused. */
const refusalsInARowMax = 100;

class JobRun {
  readonly #world: World;
  readonly #plan: JobPlan;
  readonly #scheduler: Scheduler;
  readonly #earlier: EarlierRun;
  readonly #counters: Counters;
  readonly #ledger: Ledger;
  readonly #queue: PartQueue;
  readonly #stop = new AbortController();
  readonly #carrier: Carrier;
  readonly #settler: Settler;
  readonly #gauge: Gauge;
  readonly #cancel: AbortSignal;
  #scanned: boolean;
  #scanError: unknown;
  #refusalsInARow = 0;
  #toldOfSnapshots = false;
  #fault: { readonly error: unknown } | undefined;

  constructor(world: World, plan: JobPlan, scheduler: Scheduler, cancel: AbortSignal, earlier: EarlierRun) {
    this.#world = world;
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#earlier = earlier;
    this.#cancel = cancel;
    this.#counters = earlier.counters ?? new Counters();
    this.#ledger = new Ledger(this.#counters, world, plan.logWords, plan.removalsApart);
    this.#scanned = earlier.scanned;
    this.#gauge = new Gauge(world, this.#counters);
    const trusting = plan.rules.direction === "upload";
    const writers = new Set<Writer>();
    const settler = new Settler(world, writers, trusting);
    this.#settler = settler;
    this.#queue = new PartQueue(world.journal, trusting, plan.planLimits, (part) =>
      settler.partMayBeOver(part),
    );
    this.#carrier = {
      source: world.source,
      destination: world.destination,
      scheduler,
      rules: plan.rules,
      prompt: new OverwritePrompt((path) => world.ask(world.names.destination(path))),
      log: world.log,
      writers,
    };
  }

  async run(): Promise<Snapshot> {
    const onCancel = (): void => this.#abort(new StorageError("Cancelled", "the job was cancelled"));
    if (this.#cancel.aborted) onCancel();
    this.#cancel.addEventListener("abort", onCancel);
    const ticking = new AbortController();
    const ticker = this.#gauge.tick(this.#plan.progressIntervalMs, ticking.signal, () => {
      const snapshot = this.#gauge.read(this.#runningStatus(), this.#scanned);
      this.#world.report({ event: "progress", snapshot });
      this.#settler.settleSoon();
    });
    const tuner = keepTuned(this.#world, this.#scheduler, this.#plan.tuning, ticking.signal);
    try {
      this.#world.destination.adopt(this.#earlier.unsettled);
      for (const part of this.#earlier.parts) this.#queue.spill(part);
      const lanes = Array.from({ length: this.#plan.lanes }, () => this.#lane());
      await this.#scan();
      this.#queue.end();
      await Promise.all(lanes);
      await this.#settler.finish();
    } finally {
      this.#cancel.removeEventListener("abort", onCancel);
      ticking.abort();
      await Promise.all([ticker, tuner]);
      await this.#world.destination.close().catch(() => {});
    }
    if (this.#fault !== undefined) throw this.#fault.error;
    if (this.#scanError !== undefined && !this.#stop.signal.aborted) throw this.#scanError;
    return this.#gauge.read(this.#finalStatus(), this.#scanned);
  }

  async #scan(): Promise<void> {
    if (this.#scanned) return;
    const { journal, source, destination } = this.#world;
    const signal = this.#stop.signal;
    const planner = new Planner({
      journal,
      queue: this.#queue,
      rules: this.#plan.rules,
      traits: destination.traits,
      renamedTo: this.#plan.renamedTo,
      memoryBytesMax: this.#plan.memoryBytesMax,
      transfersPerPart: this.#plan.planLimits.transfersPerPart,
      collisions: new CollisionGuard(this.#plan.destinationNames, source, signal, this.#earlier.takenKeys),
      resumeAt: this.#earlier,
      events: {
        planned: (transfer) => this.#ledger.planned(transfer),
        refused: (_part, transfer, error) => this.#ledger.ended(transfer, outcomeOf(error), 0),
        gap: (gap) => this.#ledger.gap(gap),
        skips: (skips: ScanSkips) => {
          this.#counters.skips = skips;
        },
        partFull: (part) => this.#settler.partMayBeOver(part),
        mayRemove: (gaps) => this.#judgeRemovals(gaps),
      },
    });
    try {
      await planner.run(this.#plan.scan(this.#earlier.token, signal));
      this.#scanned = true;
    } catch (error) {
      if (!signal.aborted) {
        this.#scanError = error;
        this.#world.log("ERROR", `the scan of the source stopped: ${messageOf(error)}`);
      }
    }
  }

  /** A refusal is told and counted: what was to be removed is still there. */
  #judgeRemovals(gaps: number): boolean {
    const { deletions } = this.#counters;
    const verdict = this.#plan.mayRemove(gaps, deletions.planned);
    const text = verdict.approved ? verdict.warning : verdict.error?.message;
    if (text !== undefined) {
      this.#world.report({ event: "info", level: "warning", text });
      this.#world.log("WARNING", text);
    }
    if (!verdict.approved) deletions.failed = deletions.planned;
    return verdict.approved;
  }

  /** A fault of ours ends the job as a whole, after the other lanes have come to rest: the plan stays good. */
  async #lane(): Promise<void> {
    try {
      for (;;) {
        const work = await this.#queue.take(this.#stop.signal);
        if (work === undefined) return;
        await this.#carry(work);
      }
    } catch (error) {
      this.#fault ??= { error };
      this.#abort(new StorageError("Internal", messageOf(error)));
    }
  }

  async #carry(work: Work): Promise<void> {
    if (work.transfer.action === undefined) {
      await this.#copy(work);
      this.#queue.finished();
      return;
    }
    const most = (this.#world.changes?.changeBatchMax ?? 1) - 1;
    const works = [work, ...this.#queue.takeMore(work, most)];
    await this.#change(works);
    for (const _work of works) this.#queue.finished();
  }

  async #copy({ part, transfer, known }: Work): Promise<void> {
    let moved = 0;
    const progress = {
      delivered: (block: Block, noted: boolean): void => {
        moved += block.range.length;
        this.#counters.bytesDone += block.range.length;
        if (!noted) part.log?.append({ record: "delivered", index: transfer.index, block: block.index });
      },
      forgotten: (): void => part.log?.append({ record: "forgotten", index: transfer.index }),
    };
    try {
      const outcome = await runTransfer(
        this.#carrier,
        part.number,
        transfer,
        known,
        progress,
        this.#stop.signal,
      );
      this.#ended(part, transfer, outcome, moved);
    } catch (error) {
      if (this.#isCancelled(error)) return;
      this.#ended(part, transfer, outcomeOf(error), moved);
      if (!(error instanceof StorageError)) throw error;
      this.#stopIfHopeless(error);
    }
  }

  /** Removals, or changes of properties, of one batch. */
  async #change(works: readonly Work[]): Promise<void> {
    const { changes } = this.#world;
    assert(changes !== undefined, "a change in a job that only copies");
    const { removal, change } = this.#plan.changes;
    const entries = works.map(({ transfer }) => entryOf(transfer));
    const removes = works[0]?.transfer.action === "remove";
    try {
      const errors = await this.#scheduler.run(0, () =>
        removes
          ? changes.remove(entries, removal, this.#stop.signal)
          : changes.change(entries, change, this.#stop.signal),
      );
      for (const [at, { part, transfer }] of works.entries()) {
        const error = errors[at];
        if (error === undefined) this.#ended(part, transfer, { state: "done" }, 0);
        else if (error.serviceCode === "SnapshotsPresent" && !this.#plan.removalsApart)
          this.#hasSnapshots(part, transfer);
        else if (!this.#isCancelled(error)) {
          this.#ended(part, transfer, outcomeOf(error), 0);
          this.#stopIfHopeless(error);
        }
      }
    } catch (error) {
      if (this.#isCancelled(error)) return;
      for (const { part, transfer } of works) this.#ended(part, transfer, outcomeOf(error), 0);
      if (!(error instanceof StorageError)) throw error;
      this.#stopIfHopeless(error);
    }
  }

  /** As AzCopy does, `remove` leaves a blob with snapshots alone, and says so once. */
  #hasSnapshots(part: OpenPart, transfer: Transfer): void {
    const text =
      "Blobs with snapshots are skipped. Please specify the --delete-snapshots flag for alternative behaviors.";
    if (!this.#toldOfSnapshots) this.#world.report({ event: "info", level: "info", text });
    this.#toldOfSnapshots = true;
    this.#ended(part, transfer, { state: "skipped", reason: "snapshots" }, 0);
  }

  #isCancelled(error: unknown): boolean {
    return this.#stop.signal.aborted || (error instanceof StorageError && error.code === "Cancelled");
  }

  #ended(part: OpenPart, transfer: Transfer, outcome: Outcome, moved: number): void {
    part.append(transfer.index, outcome);
    this.#ledger.ended(transfer, outcome, moved);
    if (outcome.state !== "failed") this.#refusalsInARow = 0;
    this.#settler.partMayBeOver(part);
  }

  /** Some errors would meet every further transfer as well: then the job stops and stays resumable. */
  #stopIfHopeless(error: StorageError): void {
    const refused = error.code === "AccessDenied";
    this.#refusalsInARow = refused && this.#counters.done === 0 ? this.#refusalsInARow + 1 : 0;
    const hopeless = error.code === "AuthenticationFailed" || error.code === "NoSpace";
    if (!hopeless && this.#refusalsInARow < refusalsInARowMax) return;
    if (this.#stop.signal.aborted) return;
    this.#world.report({ event: "info", level: "info", text: error.message });
    this.#abort(error);
  }

  #abort(reason: StorageError): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(reason);
    this.#scheduler.cancel(reason);
    this.#queue.wake();
  }

  #finalStatus(): JobStatus {
    return this.#stop.signal.aborted ? "Cancelled" : this.#counters.status;
  }

  #runningStatus(): JobStatus {
    return this.#cancel.aborted ? "Cancelling" : "InProgress";
  }
}
