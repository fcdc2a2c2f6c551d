import type { Clock } from "../foundation/clock.ts";

/** How far a watched request has come. "answer": all is sent and nothing has come back; "paced": we hold it up. */
export type WatchState = "moving" | "answer" | "paced";

export interface Watched {
  readonly startedMs: number;
  /** Watchdog.nowMs when something last moved. */
  movedMs: number;
  /** Time that does not count against the whole try: we held the request up. Kept by the watchdog, ms. */
  excusedMs: number;
  readonly watchState: WatchState;
  /** Called at most once, when a limit is passed. */
  expire(limit: "stall" | "answer" | "try", limitMs: number): void;
}

export interface WatchdogLimits {
  /** The longest time without any movement, ms. */
  readonly stallMs: number;
  /** The longest wait for an answer to a request that is sent, ms. */
  readonly answerMs: number;
  /** The longest time from the beginning to the end of a request, ms. */
  readonly tryMs: number;
}

/** How often the requests are looked at, at most, ms. A limit is kept to within two looks. */
const sweepMsMax = 5_000;
const sweepsPerLimit = 8;

/**
 * Ends requests that make no progress. One sweep over all of them every few seconds, instead of a timer for each:
 * movement costs its request one assignment. No sweep runs while there is nothing to watch.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #limits: WatchdogLimits;
  readonly #sweepMs: number;
  readonly #watched = new Set<Watched>();
  readonly #stop = new AbortController();
  #running = false;
  #sweptMs = 0;
  /** Ms of Clock.elapsed() at the last sweep or start: time enough for limits of many seconds. */
  nowMs: number;

  constructor(clock: Clock, limits: WatchdogLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#sweepMs = Math.min(
      sweepMsMax,
      Math.min(limits.stallMs, limits.answerMs, limits.tryMs) / sweepsPerLimit,
    );
    this.nowMs = clock.elapsed();
  }

  add(item: Watched): void {
    this.#watched.add(item);
    if (!this.#running) void this.#run();
  }

  remove(item: Watched): void {
    this.#watched.delete(item);
  }

  /** Stops for good. */
  close(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#sweptMs = this.#clock.elapsed();
    try {
      while (this.#watched.size > 0 && !this.#stop.signal.aborted) {
        await this.#clock.sleep(this.#sweepMs, this.#stop.signal);
        this.#sweep();
      }
    } catch {
      // Only close() ends a sleep early.
    } finally {
      this.#running = false;
    }
  }

  #sweep(): void {
    this.nowMs = this.#clock.elapsed();
    const sinceMs = this.nowMs - this.#sweptMs;
    this.#sweptMs = this.nowMs;
    // This process was stopped or too busy to look: what has arrived meanwhile is still to be read.
    const late = sinceMs > 3 * this.#sweepMs;
    const { stallMs, answerMs, tryMs } = this.#limits;
    for (const item of this.#watched) {
      if (late || item.watchState === "paced") {
        item.movedMs = this.nowMs;
        item.excusedMs += sinceMs;
      }
      const stillMs = this.nowMs - item.movedMs;
      if (item.watchState === "answer" && stillMs >= answerMs) item.expire("answer", answerMs);
      else if (item.watchState === "moving" && stillMs >= stallMs) item.expire("stall", stallMs);
      else if (this.nowMs - item.startedMs - item.excusedMs >= tryMs) item.expire("try", tryMs);
    }
  }
}
