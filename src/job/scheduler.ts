import { Budget } from "../foundation/budget.ts";
import { BufferPool, sizeClass } from "./buffer-pool.ts";

export interface SchedulerLimits {
  /** Most memory that block buffers may take together, bytes. */
  readonly memoryBytes: number;
  /** Most blocks under way at once. */
  readonly blocks: number;
  /** Most bytes under way at once, within `memoryBytes`. */
  readonly windowBytes: number;
}

/**
 * Lets a block start when memory and a place are free, always asked for in that order: a block that waits for
 * memory must not keep another from a connection. One fixed order of asking cannot deadlock.
 */
export class Scheduler {
  readonly #memory: Budget;
  readonly #places: Budget;
  readonly #memoryBytesMax: number;
  readonly #pool: BufferPool;
  #peakBytes = 0;

  constructor(limits: SchedulerLimits) {
    this.#memoryBytesMax = limits.memoryBytes;
    this.#memory = new Budget(Math.min(limits.memoryBytes, limits.windowBytes));
    this.#places = new Budget(limits.blocks);
    this.#pool = new BufferPool(this.#memory.limit);
  }

  /** Runs `work` with a buffer of exactly `bytes`, which is taken back however it ends. */
  async run<T>(bytes: number, work: (buffer: Uint8Array) => Promise<T>): Promise<T> {
    const size = sizeClass(bytes);
    const freeMemory = this.#memory.tryAcquire(size) ?? (await this.#memory.acquire(size));
    let freePlace: (() => void) | undefined;
    try {
      freePlace = this.#places.tryAcquire(1) ?? (await this.#places.acquire(1));
      this.#peakBytes = Math.max(this.#peakBytes, this.#memory.used);
      const buffer = this.#pool.take(bytes);
      try {
        return await work(buffer.length === bytes ? buffer : buffer.subarray(0, bytes));
      } finally {
        this.#pool.give(buffer);
      }
    } finally {
      freePlace?.();
      freeMemory();
    }
  }

  /** Moves the limits while work goes on (the tuner's lever). The memory limit itself stays. */
  resize(limits: { blocks: number; windowBytes: number }): void {
    this.#places.limit = limits.blocks;
    this.#memory.limit = Math.min(this.#memoryBytesMax, limits.windowBytes);
    this.#pool.bytesMax = this.#memory.limit;
  }

  get blocks(): number {
    return this.#places.limit;
  }

  /** Whether somebody waits for memory or a place. */
  get saturated(): boolean {
    return this.#memory.waiting > 0 || this.#places.waiting > 0;
  }

  /** Blocks under way now. */
  get active(): number {
    return this.#places.used;
  }

  get memoryInUseBytes(): number {
    return this.#memory.used;
  }

  get memoryPeakBytes(): number {
    return this.#peakBytes;
  }

  /** Refuses all who wait and all who come. What is under way ends by the job's signal. */
  cancel(reason: Error): void {
    this.#memory.close(reason);
    this.#places.close(reason);
  }
}
