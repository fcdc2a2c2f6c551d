import { strict as assert } from "node:assert";
import type { Clock } from "../../src/foundation/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that stands still until a test moves it: for code that meets real connections, whose pace is their own. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #sleepers: Sleeper[] = [];

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      };
      const onAbort = (): void => {
        forget();
        reject(signal?.reason);
      };
      const wake = (): void => {
        forget();
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, ms), wake };
      signal?.addEventListener("abort", onAbort);
      this.#sleepers.push(sleeper);
    });
  }

  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Lets `ms` pass, waking sleepers in their order, and lets what they do happen in between. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await turn();
      const [next] = this.#sleepers.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#nowMs = untilMs;
    await turn();
  }
}

/** Lets things happen, without time passing, until `condition` holds; fails if it never does. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert(turns < 100_000, "what was waited for never happened");
    await turn();
  }
}

/** What is ready to run has run. */
async function turn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
