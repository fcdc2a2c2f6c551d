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
  /** Where throughput was best, and how much it was; undefined: not measured yet. */
  readonly best: { readonly concurrency: number; readonly score: number } | undefined;
  /** Where the next try goes. */
  readonly direction: 1 | -1;
  /** Directions known not to help from where it was best: two of them, and the tuner rests. */
  readonly fruitless: number;
  /** Observations to rest before the next try, and how many the next rest has. */
  readonly rest: number;
  readonly nextRest: number;
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
/** Observations between two tries that help nothing: each rest is twice the one before, up to a limit. */
const restLeast = 2;
const restMost = 64;

/** The state of a tuner that has seen nothing yet. */
export function startTuner(concurrency: number): TunerState {
  return { concurrency, best: undefined, direction: 1, fruitless: 0, rest: 0, nextRest: restLeast };
}

/**
 * The next concurrency, from the last observation: climb while throughput climbs, up or down; where neither helps
 * rest, ever longer, since every try costs throughput; halve when the service asks to slow down. Pure, so that tests
 * need no clock.
 */
export function tune(state: TunerState, seen: Observation, limits: TunerLimits): TunerState {
  const { concurrency, best } = state;
  if (seen.busy > 0) return startTuner(clamp(concurrency / 2, limits));
  if (!seen.saturated) return state;
  const score = seen.bytesPerSecond + seen.blocksPerSecond * bytesPerBlockEquivalent;
  if (best === undefined) return attempt({ ...state, best: { concurrency, score } }, limits);
  if (concurrency === best.concurrency) {
    // Conditions change: what counts is how it goes here lately.
    const lately = { ...state, best: { concurrency, score: (best.score + score) / 2 } };
    return state.rest > 0 ? { ...lately, rest: state.rest - 1 } : attempt(lately, limits);
  }
  // After a gain the way back is known to be worse.
  const climbed = { ...state, best: { concurrency, score }, fruitless: 1, nextRest: restLeast };
  if (score > best.score * gainLeast) return attempt(climbed, limits);
  return turnBack(state, best.concurrency);
}

/** Goes a step from the best known place, or turns where the limits allow none. */
function attempt(state: TunerState, limits: TunerLimits): TunerState {
  const next = clamp(state.direction === 1 ? state.concurrency * step : state.concurrency / step, limits);
  return next === state.concurrency ? turnBack(state, next) : { ...state, concurrency: next };
}

function turnBack(state: TunerState, concurrency: number): TunerState {
  const turned = { ...state, concurrency, fruitless: state.fruitless + 1 };
  if (turned.fruitless < 2) return { ...turned, direction: state.direction === 1 ? -1 : 1 };
  const nextRest = Math.min(restMost, state.nextRest * 2);
  return { ...turned, direction: 1, fruitless: 0, rest: state.nextRest, nextRest };
}

function clamp(concurrency: number, limits: TunerLimits): number {
  return Math.max(limits.least, Math.min(limits.most, Math.round(concurrency)));
}
