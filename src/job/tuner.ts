/** What was measured since the last look. */
export interface Observation {
  readonly bytesPerSecond: number;
  readonly blocksPerSecond: number;
  /** Answers that asked to slow down (429, 503). */
  readonly busy: number;
  /** Places were short: more of them might have helped. */
  readonly saturated: boolean;
}

export interface TunerState {
  readonly concurrency: number;
  readonly best: { readonly concurrency: number; readonly score: number } | undefined;
  readonly direction: 1 | -1;
}

export interface TunerLimits {
  readonly least: number;
  readonly most: number;
}

/** A request costs about as much as this many bytes: what makes small files and large blocks comparable. */
const bytesPerBlockEquivalent = 64 * 1024;
const step = 1.5;
/** A gain below this is noise. */
const gainLeast = 1.08;

export function startTuner(concurrency: number): TunerState {
  return { concurrency, best: undefined, direction: 1 };
}

/**
 * The next concurrency, from the last observation: climb while throughput climbs, step back where it does not,
 * halve when the service asks to slow down. Pure, so that tests need no clock.
 */
export function tune(state: TunerState, seen: Observation, limits: TunerLimits): TunerState {
  const clamp = (value: number): number => Math.max(limits.least, Math.min(limits.most, Math.round(value)));
  if (seen.busy > 0) return { concurrency: clamp(state.concurrency / 2), best: undefined, direction: 1 };
  if (!seen.saturated) return state;
  const score = seen.bytesPerSecond + seen.blocksPerSecond * bytesPerBlockEquivalent;
  const best = state.best;
  if (best === undefined || score > best.score * gainLeast) {
    const next = clamp(state.concurrency * (state.direction === 1 ? step : 1 / step));
    return { concurrency: next, best: { concurrency: state.concurrency, score }, direction: state.direction };
  }
  // No gain: go back to the best known place, remember a little less of it (conditions change), stay there a while.
  const faded = { concurrency: best.concurrency, score: best.score * 0.95 };
  return { concurrency: clamp(best.concurrency), best: faded, direction: 1 };
}
