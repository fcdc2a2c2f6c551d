import { strict as assert } from "node:assert";
import type { Clock } from "./clock.ts";

/** The longest stretch of the line that one slice may book, ms: what keeps the flow smooth at low rates. */
const sliceMsMax = 20;
const sliceBytesMax = 64 * 1024;

/**
 * Spreads bytes over time. Each caller books the next free stretch of the line, then waits for it; stretches
 * that nobody booked in time are lost but for `burstMs`, so an idle line does not save up a flood.
 */
export class Pacer {
  readonly #clock: Clock;
  #bytesPerMs: number;
  #freeAtMs: number;
  readonly #burstMs: number;

  /** `bytesPerSecond` may be Infinity: then nothing waits. */
  constructor(clock: Clock, bytesPerSecond: number, burstMs = 50) {
    assert(bytesPerSecond > 0);
    this.#clock = clock;
    this.#bytesPerMs = bytesPerSecond / 1_000;
    this.#burstMs = burstMs;
    this.#freeAtMs = clock.elapsed();
  }

  get bytesPerSecond(): number {
    return this.#bytesPerMs * 1_000;
  }

  set bytesPerSecond(rate: number) {
    assert(rate > 0);
    this.#bytesPerMs = rate / 1_000;
    this.#freeAtMs = Math.min(this.#freeAtMs, this.#clock.elapsed());
  }

  get unlimited(): boolean {
    return this.#bytesPerMs === Number.POSITIVE_INFINITY;
  }

  /** How many bytes to move between two calls of pass(). */
  get sliceBytes(): number {
    if (this.unlimited) return sliceBytesMax;
    return Math.max(1, Math.min(sliceBytesMax, Math.floor(this.#bytesPerMs * sliceMsMax)));
  }

  /** Resolves when `bytes` may pass; undefined when they may at once. Rejects with the signal's reason. */
  pass(bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    if (this.unlimited) return undefined;
    const now = this.#clock.elapsed();
    const start = Math.max(now - this.#burstMs, this.#freeAtMs);
    this.#freeAtMs = start + bytes / this.#bytesPerMs;
    // Waiting for the end of the stretch, not its beginning, keeps the first second under the cap as well.
    return this.#freeAtMs > now ? this.#clock.sleep(this.#freeAtMs - now, signal) : undefined;
  }
}
