import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import type { Clock } from "./clock.ts";
import { Pacer } from "./pacer.ts";

const burstMs = 50;
/** A line of 10,000 Mb/s moves 195,000 slices in ten seconds. */
const stepsMax = 2_000_000;

/** A clock that notes how long it was asked to sleep, for callers that are simulated without promises. */
class NotingClock implements Clock {
  nowMs = 1_000;
  sleptMs = 0;

  now(): number {
    return this.nowMs;
  }

  elapsed(): number {
    return this.nowMs;
  }

  sleep(ms: number): Promise<void> {
    this.sleptMs = ms;
    return Promise.resolve();
  }
}

/**
 * Callers that move slice after slice through one line, each with the next as soon as one has passed. `lateMs`:
 * how much later than asked a timer may wake a caller. Time is counted from the pacer's making.
 */
class Line {
  readonly clock = new NotingClock();
  readonly pacer: Pacer;
  /** Bytes that passed in each tenth of a second, its end included. */
  readonly #passed: number[] = [];
  readonly #startMs = this.clock.nowMs;
  readonly #wakesAtMs: number[];
  readonly #underway: number[];

  constructor(bytesPerSecond: number, callers: number) {
    this.pacer = new Pacer(this.clock, bytesPerSecond, burstMs);
    this.#wakesAtMs = Array.from({ length: callers }, () => 0);
    this.#underway = Array.from({ length: callers }, () => 0);
  }

  run(untilMs: number, sliceBytes: () => number, lateMs: () => number = () => 0): void {
    const wakesAtMs = this.#wakesAtMs;
    const underway = this.#underway;
    for (let steps = 0; ; steps++) {
      assert(steps < stepsMax, "time stands still, and everything passes");
      let caller = 0;
      let atMs = Number.POSITIVE_INFINITY;
      for (let other = 0; other < wakesAtMs.length; other++) {
        const otherAtMs = wakesAtMs[other]!;
        if (otherAtMs >= atMs) continue;
        atMs = otherAtMs;
        caller = other;
      }
      if (atMs > untilMs) break;
      this.clock.nowMs = this.#startMs + atMs;
      if (underway[caller]! > 0) this.#note(atMs, underway[caller]!);
      const bytes = sliceBytes();
      const waits = this.pacer.pass(bytes) !== undefined;
      underway[caller] = bytes;
      wakesAtMs[caller] = waits ? atMs + this.clock.sleptMs + lateMs() : atMs;
    }
    this.clock.nowMs = this.#startMs + untilMs;
  }

  /** Everybody stops for a while; what is under way passes meanwhile. */
  rest(untilMs: number): void {
    for (const [caller, atMs] of this.#wakesAtMs.entries()) {
      assert(atMs <= untilMs, "the rest must be longer than what is under way");
      this.#note(atMs, this.#underway[caller]!);
      this.#underway[caller] = 0;
      this.#wakesAtMs[caller] = untilMs;
    }
  }

  /** Both are multiples of 100; what passes just then belongs to the time before. */
  bytesBetween(fromMs: number, untilMs: number): number {
    let sum = 0;
    for (let tenth = fromMs / 100 + 1; tenth <= untilMs / 100; tenth++) sum += this.#passed[tenth] ?? 0;
    return sum;
  }

  #note(atMs: number, bytes: number): void {
    const tenth = Math.ceil(atMs / 100);
    this.#passed[tenth] = (this.#passed[tenth] ?? 0) + bytes;
  }
}

/** Mb/s, evenly over the orders of magnitude from 0.1 to 10,000. */
const megabits = fc.double({ min: -1, max: 4, noNaN: true }).map((power) => 10 ** power);
const callers = fc.integer({ min: 1, max: 64 });
const bytesPerSecondOf = (mbps: number): number => mbps * 125_000;
/** Sums of fractions of ms are not exact. */
const rounding = 1 + 1e-9;

test("over ten seconds, the bytes of any callers at any rate stay within 5 % below the cap", () => {
  const lastMs = 10_000;
  fc.assert(
    fc.property(megabits, callers, fc.nat(), fc.boolean(), (mbps, count, seed, late) => {
      const dice = new Dice(seed);
      const rate = bytesPerSecondOf(mbps);
      const line = new Line(rate, count);
      const largest = line.pacer.sliceBytes;
      assert(largest >= 1 && largest <= 65_536 && (largest / rate) * 1_000 <= 20);
      // A timer that is late by less than the burst costs nothing.
      const lateMs = (): number => (late ? dice.next() * (burstMs - 1) : 0);
      const least = mbps > 1_000 ? Math.ceil(largest / 2) : Math.ceil(largest / 16);
      line.run(lastMs, () => least + dice.below(largest - least + 1), lateMs);
      const cap = rate * (lastMs / 1_000);
      const passed = line.bytesBetween(0, lastMs);
      assert(passed <= cap * rounding, `${passed} bytes passed where ${cap} may`);
      assert(passed >= cap * 0.95, `${passed} bytes passed where ${cap} may`);
      for (let fromMs = 0; fromMs < lastMs; fromMs += 900) {
        const within = line.bytesBetween(fromMs, fromMs + 1_000);
        const most = rate * (1 + burstMs / 1_000) + largest;
        assert(within <= most * rounding, `${within} bytes in one second, where ${most} may`);
      }
    }),
    { numRuns: 40 },
  );
});

test("slices larger than advised pass at the cap as well, to the slice", () => {
  const lastMs = 10_000;
  fc.assert(
    fc.property(megabits, callers, fc.nat(), (mbps, count, seed) => {
      const dice = new Dice(seed);
      const rate = bytesPerSecondOf(mbps);
      const line = new Line(rate, count);
      line.run(lastMs, () => 16_384 + dice.below(49_153));
      const cap = rate * (lastMs / 1_000);
      const passed = line.bytesBetween(0, lastMs);
      assert(passed <= cap * rounding, `${passed} bytes passed where ${cap} may`);
      assert(passed >= cap * 0.95 - 65_536, `${passed} bytes passed where ${cap} may`);
    }),
    { numRuns: 15 },
  );
});

test("an idle line saves up no more than its burst", () => {
  fc.assert(
    fc.property(
      megabits,
      callers,
      fc.integer({ min: 20, max: 2_000 }).map((tenths) => tenths * 100),
      (mbps, count, idleMs) => {
        const rate = bytesPerSecondOf(mbps);
        const line = new Line(rate, count);
        const slice = line.pacer.sliceBytes;
        line.run(200, () => slice);
        line.rest(idleMs);
        line.run(idleMs + 300, () => slice);
        const passed = line.bytesBetween(idleMs - 100, idleMs + 300);
        assert(passed <= (rate * (300 + burstMs) * rounding) / 1_000, `${passed} bytes after an idle time`);
        assert(
          passed > (rate * (300 + burstMs)) / 1_000 - slice * 1.01,
          "what the burst gives is there to be used",
        );
      },
    ),
    { numRuns: 30 },
  );
});

test("a rate that is moved holds from then on, and what was booked counts against it", () => {
  fc.assert(
    fc.property(megabits, megabits, callers, (before, after, count) => {
      const line = new Line(bytesPerSecondOf(before), count);
      const { pacer } = line;
      line.run(5_000, () => pacer.sliceBytes);
      pacer.bytesPerSecond = bytesPerSecondOf(after);
      assert.equal(Math.round(pacer.bytesPerSecond), Math.round(bytesPerSecondOf(after)));
      const bookedBytes = count * 65_536;
      const bookedMs = 1_300;
      line.run(15_000, () => pacer.sliceBytes);
      const cap = bytesPerSecondOf(after) * 10;
      const passed = line.bytesBetween(5_000, 15_000);
      assert(passed <= Math.max(cap * 1.01, bookedBytes) + 65_536, `${passed} bytes passed where ${cap} may`);
      const late = line.bytesBetween(5_000 + bookedMs, 15_000);
      // Callers that the old rate keeps waiting come back one by one, and each of them can fill the line alone.
      assert(passed >= cap * 0.94 - bookedBytes, `${passed} bytes passed where ${cap} may`);
      if (bookedBytes < cap * 0.01)
        assert(late <= cap * ((10_000 - bookedMs + 20 + burstMs) / 10_000) * rounding);
    }),
    { numRuns: 40 },
  );
});

test("moving the rate again and again to what it was gives away no bytes", () => {
  const line = new Line(125_000, 64);
  for (let ms = 100; ms <= 10_000; ms += 100) {
    line.run(ms, () => line.pacer.sliceBytes);
    line.pacer.bytesPerSecond = 125_000;
  }
  const passed = line.bytesBetween(0, 10_000);
  assert(passed <= 1_250_000 && passed >= 1_187_500, `${passed} bytes in ten seconds at one Mb/s`);
});

test("without a limit nothing waits, and a limit may come later", () => {
  const clock = new NotingClock();
  const pacer = new Pacer(clock, Number.POSITIVE_INFINITY, burstMs);
  assert.equal(pacer.unlimited, true);
  assert.equal(pacer.sliceBytes, 65_536);
  for (let n = 0; n < 100; n++) assert.equal(pacer.pass(1e9), undefined);
  pacer.bytesPerSecond = 1_000;
  assert.equal(pacer.unlimited, false);
  assert(pacer.pass(100) !== undefined);
  assert.equal(clock.sleptMs, 100);
  pacer.bytesPerSecond = Number.POSITIVE_INFINITY;
  assert.equal(pacer.pass(1e9), undefined);
  assert.throws(() => new Pacer(clock, 0), assert.AssertionError);
  assert.throws(() => {
    pacer.bytesPerSecond = -1;
  }, assert.AssertionError);
});

test("callers pass in the order in which they came", async () => {
  const clock = new SimulatedClock();
  const pacer = new Pacer(clock, 1_000, burstMs);
  const passed: number[] = [];
  const waits = Array.from({ length: 20 }, async (_, n) => {
    await pacer.pass(1 + ((n * 7) % 20));
    passed.push(n);
  });
  await clock.run(Promise.all(waits));
  assert.deepEqual(passed, [...waits.keys()]);
});

test("a caller that gives up is told so with the signal's reason", async () => {
  const clock = new SimulatedClock();
  const pacer = new Pacer(clock, 1_000, burstMs);
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const waiting = pacer.pass(5_000, controller.signal);
  const refused = assert.rejects(waiting ?? Promise.resolve(), reason);
  controller.abort(reason);
  await clock.run(refused);
  await assert.rejects(pacer.pass(5_000, controller.signal) ?? Promise.resolve(), reason);
});

test("callers that give up take nothing from the others, and nothing above the cap", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 2, max: 32 }),
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      async (seed, count, quits) => {
        const dice = new Dice(seed);
        const clock = new SimulatedClock();
        const rate = 100_000;
        const pacer = new Pacer(clock, rate, burstMs);
        const startMs = clock.elapsed();
        const lastMs = startMs + 10_000;
        let bytes = 0;
        const caller = async (): Promise<void> => {
          while (clock.elapsed() < lastMs) {
            const slice = 1 + dice.below(pacer.sliceBytes);
            const controller = new AbortController();
            const passes = pacer.pass(slice, controller.signal);
            const gaveUp = dice.chance(quits)
              ? clock.sleep(dice.next() * 30).then(() => controller.abort(new Error("gave up")))
              : undefined;
            try {
              await passes;
              if (clock.elapsed() <= lastMs) bytes += slice;
            } catch {
              await gaveUp;
            }
          }
        };
        await clock.run(Promise.all(Array.from({ length: count }, caller)));
        const cap = rate * 10;
        assert(bytes <= cap * rounding, `${bytes} bytes passed where ${cap} may`);
        assert(bytes >= cap * 0.95, `${bytes} bytes passed where ${cap} may`);
      },
    ),
    { numRuns: 12 },
  );
});
