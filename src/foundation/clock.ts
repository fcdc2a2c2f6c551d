/** Time as the engine sees it. The real one is made in cli/; tests pass a simulated one. */
export interface Clock {
  /** Wall-clock time, ms since 1970-01-01 UTC. May jump: only for timestamps a person reads. */
  now(): number;
  /** Ms since an arbitrary origin, never going back: for every duration and deadline. */
  elapsed(): number;
  /** Resolves after `ms`. Rejects with the signal's reason once aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance as the engine sees it: retry jitter, job ids. Seeded in tests. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  bytes(count: number): Uint8Array;
}
