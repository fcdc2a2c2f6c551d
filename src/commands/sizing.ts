import { MiB } from "../foundation/units.ts";
import { defaultBlockBytes } from "../job/block-plan.ts";
import type { SchedulerLimits } from "../job/scheduler.ts";
import type { TunerLimits } from "../job/tuner.ts";
import type { Capacity } from "./context.ts";

/** How wide a job begins, and how far measuring may take it. */
export interface Sizing {
  readonly scheduler: SchedulerLimits;
  readonly lanes: number;
  /** undefined: a fixed concurrency was asked for, or a rate. */
  readonly tuning: TunerLimits | undefined;
}

const concurrencyMost = 512;
/** Bytes under way for each place, for objects in blocks of the default size or less. */
const windowBytesPerPlace = 4 * MiB;
/** How much of a capped line's flow may be under way: what is half-sent when the job is cut is lost. */
const cappedWindowSeconds = 0.5;

/** How many bytes may be under way at a concurrency: enough for whole blocks at half the places. */
export function windowBytesFor(concurrency: number, blockBytes = defaultBlockBytes): number {
  return concurrency * Math.max(windowBytesPerPlace, blockBytes / 2);
}

/** Fits the engine to the machine: places, memory, and the few blocks at a time that a cap calls for. */
export function sizeJob(capacity: Capacity, blockBytes: number | undefined): Sizing {
  const start = capacity.concurrency ?? automaticConcurrency(capacity.cpus);
  const { memoryBytesMax, bytesPerSecondMax } = capacity;
  const capped = bytesPerSecondMax !== Number.POSITIVE_INFINITY;
  const cappedWindow = Math.max(blockBytes ?? defaultBlockBytes, bytesPerSecondMax * cappedWindowSeconds);
  const freeWindow = capacity.concurrency === undefined ? windowBytesFor(start, blockBytes) : memoryBytesMax;
  const windowBytes = capped ? cappedWindow : freeWindow;
  const tuned = capacity.concurrency === undefined && !capped;
  const most = Math.min(concurrencyMost, start * 8);
  return {
    scheduler: {
      memoryBytes: memoryBytesMax,
      blocks: start,
      windowBytes: Math.min(windowBytes, memoryBytesMax),
    },
    lanes: tuned ? Math.min(most, start * 4) : start,
    tuning: tuned ? { least: 4, most } : undefined,
  };
}

/** Where measuring begins: by the number of CPUs, as network and storage tend to grow with them. */
export function automaticConcurrency(cpus: number): number {
  return cpus <= 4 ? 16 : Math.min(8 * cpus, 128);
}

/** The most connections that any tuning may come to use. */
export function connectionsMax(capacity: Capacity): number {
  return capacity.concurrency ?? Math.min(concurrencyMost, automaticConcurrency(capacity.cpus) * 8);
}
