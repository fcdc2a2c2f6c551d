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
    const bytes = this.#total();
    const rate = nowMs > this.#lastMs ? ((bytes - this.#lastBytes) * 1_000) / (nowMs - this.#lastMs) : 0;
    this.#lastMs = nowMs;
    this.#lastBytes = bytes;
    return rate;
  }
}
