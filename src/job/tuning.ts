import type { Scheduler } from "./scheduler.ts";
import { startTuner, type TunerLimits, tune } from "./tuner.ts";
import type { World } from "./world.ts";

export interface Tuning {
  readonly limits: TunerLimits;
  /** How many bytes may be under way at a concurrency. */
  readonly windowBytesFor: (concurrency: number) => number;
}

const observationMs = 2_000;

/** Looks at the throughput now and then and moves the scheduler's limits, until the signal is aborted. */
export async function keepTuned(
  world: Pick<World, "clock" | "network" | "log">,
  scheduler: Scheduler,
  tuning: Tuning | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (tuning === undefined) return;
  let state = startTuner(scheduler.blocks);
  let before = world.network();
  for (;;) {
    try {
      await world.clock.sleep(observationMs, signal);
    } catch {
      return;
    }
    const now = world.network();
    const perSecond = (delta: number): number => (delta * 1_000) / observationMs;
    const observation = {
      bytesPerSecond: perSecond(now.bytesOverWire - before.bytesOverWire),
      blocksPerSecond: perSecond(now.requests - before.requests),
      busy: now.serverBusy - before.serverBusy,
      saturated: scheduler.saturated,
    };
    before = now;
    const next = tune(state, observation, tuning.limits);
    if (next.concurrency !== state.concurrency) {
      world.log("INFO", `concurrency is now ${next.concurrency} (it was ${state.concurrency})`);
      scheduler.resize({ blocks: next.concurrency, windowBytes: tuning.windowBytesFor(next.concurrency) });
    }
    state = next;
  }
}
