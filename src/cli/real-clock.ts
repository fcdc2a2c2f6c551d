import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../foundation/clock.ts";

/** The longest that a timer of Node can wait, ms; it fires at once when asked for more. */
const timerMsMax = 2 ** 31 - 1;

interface Waiter {
  readonly refuse: (reason: unknown) => void;
  timer: NodeJS.Timeout | undefined;
}

/** The time of this machine. */
export function realClock(): Clock {
  /** One listener a signal, however many wait under it: thousands of transfers share a job's signal. */
  const waiting = new WeakMap<AbortSignal, Set<Waiter>>();
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, refuse) => {
        const waiter: Waiter = { refuse, timer: undefined };
        const waiters = signal && waitersOf(waiting, signal);
        waiters?.add(waiter);
        startTimer(waiter, ms, () => {
          waiters?.delete(waiter);
          resolve();
        });
      });
    },
  };
}

/** Goes on until all of `ms` has passed, in as many timers as that takes. */
function startTimer(waiter: Waiter, ms: number, done: () => void): void {
  const first = Math.min(ms, timerMsMax);
  waiter.timer = setTimeout(() => {
    if (ms > first) startTimer(waiter, ms - first, done);
    else done();
  }, first);
}

function waitersOf(waiting: WeakMap<AbortSignal, Set<Waiter>>, signal: AbortSignal): Set<Waiter> {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  const waiters = new Set<Waiter>();
  waiting.set(signal, waiters);
  const refuseAll = (): void => {
    for (const { refuse, timer } of waiters) {
      clearTimeout(timer);
      refuse(signal.reason);
    }
    waiters.clear();
  };
  signal.addEventListener("abort", refuseAll, { once: true });
  return waiters;
}

/** The chance of this machine: good enough for ids that must never meet. */
export function realRandom(): Random {
  return { next: () => Math.random(), bytes: (count) => randomBytes(count) };
}
