import type { Clock } from "../foundation/clock.ts";

/** Bytes per second between one reading and the next. */
export class Speedometer {
  readonly #clock: Clock;
  readonly #total: () => number;
  #lastMs: number;
  #lastBytes: number;

  constructor(clock: Clock, total: () => number) {
    this.#clock = clock;
    this.#total = total;
    this.#lastMs = clock.elapsed();
    this.#lastBytes = total();
  }

  read(): number {
    const nowMs = this.#clock.elapsed();
    // What moved since then belongs to the next reading.
    if (nowMs <= this.#lastMs) return 0;
    const bytes = this.#total();
    const rate = ((bytes - this.#lastBytes) * 1_000) / (nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#lastBytes = bytes;
    return rate;
  }
}
