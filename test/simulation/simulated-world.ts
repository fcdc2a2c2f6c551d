import { strict as assert } from "node:assert";
import { asPath, type RelativePath } from "../../src/backends/backend.ts";
import { MemoryChanges } from "../../src/backends/memory/memory-changes.ts";
import {
  type MemoryFault,
  type MemoryObject,
  MemoryState,
  MemoryStore,
} from "../../src/backends/memory/memory-store.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import type { Snapshot } from "../../src/job/events.ts";
import type { JobPlan } from "../../src/job/job-plan.ts";
import { noChanges } from "../../src/job/order.ts";
import { planSync, SyncTally } from "../../src/job/plan-sync.ts";
import { readEarlierRun, withoutPending } from "../../src/job/resume.ts";
import { runJob } from "../../src/job/run-job.ts";
import { Scheduler } from "../../src/job/scheduler.ts";
import type { World } from "../../src/job/world.ts";
import { type JobHeader, planFormat } from "../../src/journal/job-folder.ts";
import { JobJournal } from "../../src/journal/job-journal.ts";
import type { Dice } from "./dice.ts";
import { copyOf, scan, withGaps } from "./listings.ts";
import { retrying } from "./retrying.ts";
import { type Ending, idleTicksMax, noNetwork, type Settings, scanFailure } from "./settings.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

export const jobId = "0f8fad5b-d9cb-469f-a165-70867728950e";

/**
 * One machine, one service and one job, over any number of processes. The service outlives them all; what is on
 * the machine's disk survives a kill, and a power cut as far as it was synced. On downloads the destination is
 * the machine's own disk as well: what was not settled there may be lost with the power.
 */
export class SimulatedWorld {
  readonly dice: Dice;
  readonly settings: Settings;
  readonly source: MemoryState;
  destination = new MemoryState();
  disk = new SimulatedDisk();
  /** Content bytes that reached the destination's put() or deliver(), repeats included. */
  bytesSent = 0;
  memoryPeakBytes = 0;
  /** Paths that a removal was asked for. */
  readonly removed = new Set<string>();
  steps = 0;
  #durable: { objects: Map<RelativePath, MemoryObject>; staged: Map<string, Map<number, Uint8Array>> };

  constructor(dice: Dice, settings: Settings, source: MemoryState) {
    this.dice = dice;
    this.settings = settings;
    this.source = source;
    this.#durable = copyOf(this.destination);
  }

  /** What stands at the destination before the job. */
  prepare(path: string, bytes: Uint8Array): void {
    this.destination.place(asPath(path), bytes);
    this.#durable = copyOf(this.destination);
  }

  /** Runs the process until the job ends, or dies after `stepsMax` operations; `cancelAt`: Ctrl-C at that step. */
  async run(
    first: boolean,
    stepsMax: number,
    death: "kill" | "power cut",
    cancelAt = Infinity,
  ): Promise<Ending> {
    const clock = new SimulatedClock();
    const cancel = new AbortController();
    let die: (ending: Ending) => void = () => {};
    const died = new Promise<Ending>((resolve) => {
      die = resolve;
    });
    let dead = false;
    const lastStep = this.steps + stepsMax;
    const cancelStep = this.steps + cancelAt;
    const step = async (): Promise<void> => {
      if (!dead && ++this.steps === cancelStep) cancel.abort();
      if (!dead && this.steps >= lastStep) {
        dead = true;
        this.#die(death);
        die({ kind: death === "kill" ? "killed" : "power cut" });
      }
      // A dead process does nothing more: what it waits for never comes.
      if (dead) await new Promise(() => {});
      if (this.dice.chance(0.01)) clock.jump((this.dice.next() - 0.5) * 1e7);
      await clock.sleep(1 + this.dice.below(this.settings.weather.slowMsMax));
    };
    this.disk.onFault(step);
    const main = this.#job(clock, cancel.signal, first, step).then(
      (snapshot): Ending => ({ kind: "ended", snapshot }),
      (error: unknown): Ending => {
        if (error instanceof StorageError && error.message === scanFailure) return { kind: "scan failed" };
        throw error;
      },
    );
    return clock.run(Promise.race([main, died]));
  }

  async #job(
    clock: SimulatedClock,
    cancel: AbortSignal,
    first: boolean,
    step: () => Promise<void>,
  ): Promise<Snapshot> {
    const { settings, disk } = this;
    const header: JobHeader = {
      format: planFormat,
      jobId,
      startedMs: clock.now(),
      command: "copy",
      order: {},
    };
    const exists = await disk.exists(`/plans/${jobId}/job.json`);
    const journal =
      first || !exists
        ? await JobJournal.create(disk, "/plans", header)
        : await JobJournal.open(disk, "/plans", jobId);
    const rules = { trusting: settings.direction === "upload", removalsApart: settings.sync !== undefined };
    let earlier = first || !exists ? undefined : await readEarlierRun(journal, rules);
    const source = this.#store(this.source, clock, step);
    const destination = this.#store(this.destination, clock, step);
    const scheduler = new Scheduler({
      memoryBytes: settings.memoryBytes,
      blocks: settings.blocks,
      windowBytes: settings.memoryBytes,
    });
    let stuck: (error: Error) => void = () => {};
    const stalled = new Promise<never>((_, reject) => {
      stuck = reject;
    });
    let idleTicks = 0;
    let lastSteps = 0;
    const world: World = {
      clock,
      random: this.dice,
      report: () => {
        if (this.steps !== lastSteps) idleTicks = 0;
        lastSteps = this.steps;
        if (++idleTicks > idleTicksMax) stuck(new Error("deadlock: the job waits, and nothing is under way"));
        this.memoryPeakBytes = Math.max(this.memoryPeakBytes, scheduler.memoryPeakBytes);
      },
      log: () => {},
      journal,
      source,
      destination,
      changes:
        settings.sync &&
        new MemoryChanges({
          state: this.destination,
          changeBatchMax: 1 + this.dice.below(4),
          fault: async (operation, path, moment) => {
            await step();
            if (operation === "remove" && moment === "before") this.removed.add(path);
          },
        }),
      ask: async () => (this.dice.chance(0.5) ? "yes" : "no"),
      network: () => noNetwork,
      names: { source: (path) => path, destination: (path) => path },
    };
    const plan = this.#plan(source, destination);
    if (settings.sync !== undefined && earlier !== undefined && !earlier.scanned) {
      // As commands/carry-out.ts does: what an unfinished scan had planned first, then a new scan.
      const pending = runJob(world, plan, scheduler, cancel, { ...earlier, scanned: true });
      const unfinished = await Promise.race([pending, stalled]);
      if (unfinished.status !== "Cancelled") earlier = withoutPending(await readEarlierRun(journal, rules));
    }
    const running = runJob(world, plan, scheduler, cancel, earlier);
    const snapshot = await Promise.race([running, stalled]).finally(() => journal.close());
    this.memoryPeakBytes = Math.max(this.memoryPeakBytes, scheduler.memoryPeakBytes);
    assert.equal(scheduler.memoryInUseBytes, 0, "a buffer was never given back");
    assert.equal(scheduler.active, 0, "a place was never given back");
    return snapshot;
  }

  #plan(source: MemoryStore, destination: MemoryStore): JobPlan {
    const { settings } = this;
    const tally = new SyncTally();
    return {
      rules: {
        direction: settings.direction,
        overwrite: settings.overwrite,
        blockBytes: settings.blockBytes,
        putBytes: settings.putBytes,
        putMd5: settings.checksums,
        checkMd5: settings.checksums ? "FailIfDifferent" : "NoCheck",
        preserveModified: false,
        guessContentType: true,
        fixed: {},
      },
      changes: noChanges,
      removalsApart: settings.sync !== undefined,
      mayRemove: (gaps) => ({ approved: gaps === 0 }),
      logWords: { done: "DONE", failed: "FAILED" },
      renamedTo: undefined,
      scan: (from, signal) =>
        settings.sync === undefined
          ? scan(source, from, signal)
          : planSync(
              withGaps(source, settings.sync.gapsAtSource, signal),
              withGaps(destination, settings.sync.gapsAtDestination, signal),
              {
                removeExtra: true,
                differs: (here, there) =>
                  here.bytes !== there.bytes || (here.modifiedMs ?? 0) > (there.modifiedMs ?? 0),
                mayRemove: () => true,
                wants: () => true,
              },
              tally,
            ),
      destinationNames: { keyOf: undefined, caseSensitive: true },
      lanes: settings.lanes,
      memoryBytesMax: settings.memoryBytes,
      progressIntervalMs: 200,
      planLimits: settings,
      tuning: undefined,
    };
  }

  #store(state: MemoryState, clock: SimulatedClock, step: () => Promise<void>): MemoryStore {
    const { dice, disk, settings } = this;
    const { weather } = settings;
    const touched = new Set<string>();
    const fault: MemoryFault = async (operation, path, moment) => {
      await step();
      if (operation === "list") {
        if (dice.chance(weather.scanFails)) throw new StorageError("AccessDenied", scanFailure);
        return;
      }
      if (moment === "before" && (operation === "read" || operation === "put") && weather.refused.has(path)) {
        throw new StorageError("AccessDenied", `${path} is refused`, { status: 403 });
      }
      const writes = moment === "before" && (operation === "put" || operation === "deliver");
      assert(
        !writes || disk.holdsForSure(JSON.stringify(path)),
        "invariant 1: written before its plan was synced",
      );
      if (moment === "after" && (operation === "put" || operation === "commit")) touched.add(path);
      if (moment === "after" && operation === "settle" && state === this.destination)
        this.#settle(path, touched);
      const chance = moment === "before" ? weather.busy : weather.lostReply;
      if (dice.chance(chance)) throw new StorageError("Throttled", "try again", { retryable: true });
    };
    const { pageItemsMax } = settings;
    const adopted = (paths: readonly string[]): void => {
      for (const path of paths) touched.add(path);
    };
    const blocksAtOnce = 1 + dice.below(8);
    const store = new MemoryStore({ state, jobId, clock, fault, adopted, pageItemsMax, blocksAtOnce });
    return retrying(store, clock, (bytes) => {
      this.bytesSent += bytes;
    });
  }

  /** Settling makes durable what this process wrote or adopted, and staged blocks; nothing else. */
  #settle(path: RelativePath, touched: ReadonlySet<string>): void {
    const now = copyOf(this.destination);
    this.#durable.staged = now.staged;
    if (path !== "") return;
    for (const [name, object] of now.objects) {
      if (touched.has(name)) this.#durable.objects.set(name, object);
    }
  }

  #die(death: "kill" | "power cut"): void {
    this.disk = death === "kill" ? this.disk.kill() : this.disk.cutPower(this.dice);
    const next = new MemoryState();
    const now = copyOf(this.destination);
    const lossy = death === "power cut" && this.settings.direction === "download";
    for (const [path, object] of now.objects) {
      const before = this.#durable.objects.get(path);
      const lost = lossy && before !== object && this.dice.chance(0.5);
      const kept = lost ? before : object;
      if (kept !== undefined) next.objects.set(path, kept);
    }
    for (const [origin, blocks] of now.staged) {
      for (const [index, bytes] of blocks) {
        const lost = lossy && !this.#durable.staged.get(origin)?.has(index) && this.dice.chance(0.5);
        // A file that lost a block to the power cut still has its length: the store cannot tell.
        const content = lost ? new Uint8Array(bytes.length) : bytes;
        next.staged.set(
          origin,
          (next.staged.get(origin) ?? new Map<number, Uint8Array>()).set(index, content),
        );
      }
    }
    this.destination = next;
    this.#durable = copyOf(next);
  }

  /** The service forgets staged blocks, as real ones do after a week. */
  expireStagedBlocks(): void {
    for (const blocks of this.destination.staged.values()) {
      for (const index of [...blocks.keys()]) if (this.dice.chance(0.3)) blocks.delete(index);
    }
    this.#durable = copyOf(this.destination);
  }
}
