import { strict as assert } from "node:assert";
import type { Clock } from "../../src/foundation/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly turn: number;
  readonly wake: () => void;
}

/** Time that jumps to the next timer as soon as nothing else is left to do. Real time never passes. */
export class SimulatedClock implements Clock {
  #nowMs = 1_000_000;
  #wallOffsetMs = 0;
  #turn = 0;
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  /** Moves the wall clock, as an operator or NTP does. */
  jump(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, ms), turn: this.#turn++, wake };
      signal?.addEventListener("abort", onAbort);
      this.#sleepers.push(sleeper);
    });
  }

  /** Runs until `main` ends. A step in which nobody waits for time and nothing happens is a deadlock. */
  async run<T>(main: Promise<T>): Promise<T> {
    let over = false;
    const mark = (): void => {
      over = true;
    };
    main.then(mark, mark);
    for (;;) {
      // Two rounds: what an immediate schedules runs in the next one.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      if (over) return main;
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (first, each) =>
          first === undefined ||
          each.atMs < first.atMs ||
          (each.atMs === first.atMs && each.turn < first.turn)
            ? each
            : first,
        undefined,
      );
      assert(next !== undefined, "deadlock: somebody waits, and nobody will wake him");
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
  }
}
