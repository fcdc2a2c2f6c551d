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
    const bookedMs = this.#freeAtMs - this.#clock.elapsed();
    // Those who wait pass at their time. What they booked counts at the new rate for those who come behind them, so
    // that moving the rate gives away no bytes.
    if (bookedMs > 0) this.#freeAtMs += bookedMs * ((this.#bytesPerMs * 1_000) / rate - 1);
    this.#bytesPerMs = rate / 1_000;
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
    const passesAtMs = this.#freeAtMs;
    if (passesAtMs <= now) return undefined;
    const turn = this.#clock.sleep(passesAtMs - now, signal);
    if (signal === undefined) return turn;
    return turn.catch((reason: unknown) => {
      this.#giveBack(bytes, passesAtMs);
      throw reason;
    });
  }

  /** The bytes of a caller that gave up never pass: its stretch is free for those to come, but for what is long past. */
  #giveBack(bytes: number, passesAtMs: number): void {
    const leftMs = Math.max(0, passesAtMs - this.#clock.elapsed());
    this.#freeAtMs -= Math.min(bytes / this.#bytesPerMs, leftMs + this.#burstMs);
  }
}
