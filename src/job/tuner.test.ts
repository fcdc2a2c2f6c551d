import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { MiB } from "../foundation/units.ts";
import { type Observation, startTuner, type TunerLimits, type TunerState, tune } from "./tuner.ts";

const limits: TunerLimits = { least: 4, most: 512 };

/** How throughput depends on concurrency, bytes per second. */
type Curve = (concurrency: number) => number;

const seen = (bytesPerSecond: number, rest: Partial<Observation> = {}): Observation => ({
  bytesPerSecond,
  blocksPerSecond: bytesPerSecond / (8 * MiB),
  busy: 0,
  saturated: true,
  ...rest,
});

/** The concurrencies of a job that looks `looks` times. */
function follow(start: number, curve: Curve, looks: number, within = limits): number[] {
  const visited: number[] = [];
  let state = startTuner(start);
  for (let n = 0; n < looks; n++) {
    visited.push(state.concurrency);
    state = tune(state, seen(curve(state.concurrency)), within);
  }
  return visited;
}

const bestOf = (curve: Curve, { least, most }: TunerLimits): number => {
  let best = 0;
  for (let n = least; n <= most; n++) best = Math.max(best, curve(n));
  return best;
};

const mean = (curve: Curve, visited: readonly number[]): number =>
  visited.reduce((sum, concurrency) => sum + curve(concurrency), 0) / visited.length;

/** A line that grows to its best at `peak`, sharply or slowly, and may suffer from more. */
const curve: fc.Arbitrary<Curve> = fc
  .record({
    peak: fc.integer({ min: 4, max: 512 }),
    shape: fc.constantFrom("straight", "bent"),
    decline: fc.constantFrom(0, 0.3, 1),
    best: fc.double({ min: 1e5, max: 1e10, noNaN: true }),
  })
  .map(({ peak, shape, decline, best }) => (concurrency) => {
    const grown =
      shape === "straight" ? Math.min(1, concurrency / peak) : concurrency / (concurrency + peak / 4);
    return best * grown * (concurrency > peak ? (peak / concurrency) ** decline : 1);
  });

test("it climbs to within 25 % of the best throughput, and stays there", () => {
  fc.assert(
    fc.property(curve, fc.integer({ min: 4, max: 128 }), (line, start) => {
      const best = bestOf(line, limits);
      const visited = follow(start, line, 200);
      // Twelve steps of 1.5 lead from one limit to the other.
      const settled = visited.slice(20);
      assert(
        mean(line, settled) >= 0.75 * best,
        `${mean(line, settled)} of ${best}: ${settled.slice(0, 40)}`,
      );
      const last = settled.at(-1);
      assert(last !== undefined && line(last) >= 0.7 * best);
    }),
    { numRuns: 1_000 },
  );
});

test("it comes down where fewer are better than what it began with", () => {
  const line: Curve = (concurrency) => 1e8 * Math.min(1, 8 / concurrency);
  const visited = follow(64, line, 60);
  assert(visited.slice(30).every((concurrency) => line(concurrency) >= 0.5e8));
  assert(mean(line, visited.slice(30)) >= 0.75e8, String(visited));
});

test("on a flat curve it comes to rest where it began, and tries ever more rarely", () => {
  for (const start of [4, 16, 100, 512]) {
    const visited = follow(start, () => 1e8, 1_000);
    const away = visited.map((concurrency) => concurrency !== start);
    assert(away.slice(0, 100).filter(Boolean).length <= 20, String(visited.slice(0, 100)));
    assert(away.slice(300).filter(Boolean).length <= 700 * 0.05, "less than one look in twenty is a try");
    for (let from = 300; from <= 900; from += 100) {
      assert(away.slice(from, from + 100).some(Boolean), "conditions change: it never stops trying for good");
    }
  }
});

test("noise of 5 % does not drive it away from a flat curve's place", () => {
  const dice = new Dice(5);
  const visited = follow(32, () => 1e8 * (1 + (dice.next() - 0.5) * 0.05), 1_000);
  assert(
    visited.every((concurrency) => concurrency >= 21 && concurrency <= 48),
    String(new Set(visited)),
  );
});

test("what the job does next is found out again: it climbs when the curve moves, also to a slower one", () => {
  const now: Curve = (concurrency) => 1e6 * Math.min(concurrency, 16);
  const faster: Curve = (concurrency) => 1e6 * Math.min(concurrency, 200);
  const slower: Curve = (concurrency) => 1e5 * Math.min(concurrency, 200);
  for (const next of [faster, slower]) {
    let state = startTuner(16);
    const run = (line: Curve, looks: number): number[] =>
      Array.from({ length: looks }, () => {
        state = tune(state, seen(line(state.concurrency)), limits);
        return state.concurrency;
      });
    run(now, 200);
    assert(Math.abs(state.concurrency - 16) <= 8);
    const later = run(next, 200).slice(100);
    assert(mean(next, later) >= 0.75 * next(200), String(later));
  }
});

test("it halves when the service asks to slow down, and forgets what was best before", () => {
  let state = startTuner(64);
  for (let n = 0; n < 3; n++) state = tune(state, seen(1e6 * state.concurrency), limits);
  const before = state.concurrency;
  assert(before > 100);
  state = tune(state, seen(1e9, { busy: 1 }), limits);
  assert.equal(state.concurrency, Math.round(before / 2));
  assert.equal(state.best, undefined);
  const halved = tune(state, seen(0, { busy: 9, saturated: false }), limits);
  assert.equal(halved.concurrency, Math.round(state.concurrency / 2), "whether places are short or not");
  for (let n = 0; n < 20; n++) state = tune(state, seen(0, { busy: 1 }), limits);
  assert.equal(state.concurrency, limits.least);
  state = tune(state, seen(1e6), limits);
  assert(state.concurrency > limits.least, "and tries its way up again");
});

test("an observation without want of places teaches nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 30 }), fc.nat({ max: 1e9 }), (wants, rate) => {
      let state = startTuner(16);
      for (const saturated of wants) {
        const next = tune(state, seen(rate, { saturated }), limits);
        if (!saturated) assert.equal(next, state);
        state = next;
      }
    }),
  );
});

test("many small requests count like large blocks", () => {
  const small = (concurrency: number): Observation => ({
    bytesPerSecond: 1_000,
    blocksPerSecond: 10 * Math.min(concurrency, 200),
    busy: 0,
    saturated: true,
  });
  let state = startTuner(16);
  for (let n = 0; n < 30; n++) state = tune(state, small(state.concurrency), limits);
  assert(state.concurrency >= 150, `${state.concurrency} where 200 are best`);
});

test("it stays within its limits, whatever it sees", () => {
  const observation: fc.Arbitrary<Observation> = fc.record({
    bytesPerSecond: fc.nat({ max: 1e9 }),
    blocksPerSecond: fc.nat({ max: 10_000 }),
    busy: fc.constantFrom(0, 0, 0, 1),
    saturated: fc.boolean(),
  });
  const someLimits = fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.nat({ max: 500 }))
    .map(([least, more]) => ({ least, most: least + more }));
  fc.assert(
    fc.property(
      someLimits,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(observation),
      (within, where, all) => {
        let state: TunerState = startTuner(Math.round(within.least + where * (within.most - within.least)));
        for (const one of all) {
          state = tune(state, one, within);
          assert(Number.isInteger(state.concurrency));
          assert(state.concurrency >= within.least && state.concurrency <= within.most);
        }
      },
    ),
    { numRuns: 500 },
  );
});
