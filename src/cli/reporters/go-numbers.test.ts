import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { float32Text, fourDecimals, oneDecimal, percentOf, twoDecimals } from "./go-numbers.ts";

test("percentages have the digits that AzCopy gives them", () => {
  // The left side as AzCopy counted, the right side as it printed.
  const seen: [number, number, string][] = [
    [3_222_792, 20_000_008, "16.113953"],
    [8, 20_000_008, "0.000039999984"],
    [3, 7, "42.857143"],
    [1, 3, "33.333332"],
    [20_000_008, 20_000_008, "100"],
    [0, 20_000_008, "0"],
    [0, 0, "100"],
  ];
  for (const [part, whole, text] of seen) assert.equal(float32Text(percentOf(part, whole)), text);
  assert.equal(percentOf(120, 100), 100);
});

test("a 32-bit float's text is the shortest that gives it back, with exponents only where Go has them", () => {
  assert.equal(float32Text(0.1), "0.1");
  assert.equal(float32Text(1e-6), "0.000001");
  assert.equal(float32Text(9e-7), "9e-7");
  assert.equal(float32Text(16_777_216), "16777216");
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = float32Text(value);
      assert.equal(Math.fround(Number(text)), value === 0 ? 0 : value);
    }),
  );
});

test("one decimal is rounded as Go rounds, halves to even", () => {
  const cases: [number, string][] = [
    [6.25, "6.2"],
    [6.75, "6.8"],
    [0.25, "0.2"],
    [99.95, "99.9"],
    [99.96, "100.0"],
    [58.123, "58.1"],
    [0, "0.0"],
    [100, "100.0"],
  ];
  for (const [value, text] of cases) assert.equal(oneDecimal(Math.fround(value)), text);
});

test("two decimals are rounded as Go rounds: by the exact value, halves to even", () => {
  const cases: [number, string][] = [
    [1.125, "1.12"],
    [1.375, "1.38"],
    [0.625, "0.62"],
    [1.005, "1.00"],
    [2.675, "2.67"],
    [1023.996, "1024.00"],
    [0, "0.00"],
  ];
  for (const [value, text] of cases) assert.equal(twoDecimals(value), text);
  const scale = 2n ** 60n;
  const quotient = (bytes: number, step: number, times: number): number =>
    times === 0 ? bytes : quotient(bytes, step, times - 1) / step;
  fc.assert(
    fc.property(
      fc.nat(Number.MAX_SAFE_INTEGER),
      fc.constantFrom(8, 1_000, 1_024),
      fc.nat(4),
      (bytes, step, times) => {
        const value = quotient(bytes, step, times);
        fc.pre(value >= 1);
        const exact = BigInt(value * 2 ** 60) * 100n;
        const below = exact / scale;
        const rest = (exact % scale) * 2n;
        const up = rest > scale || (rest === scale && below % 2n === 1n);
        const digits = String(up ? below + 1n : below).padStart(3, "0");
        assert.equal(twoDecimals(value), `${digits.slice(0, -2)}.${digits.slice(-2)}`);
      },
    ),
    { numRuns: 3_000 },
  );
});

test("four decimals at most, and no zeros behind them", () => {
  assert.equal(fourDecimals(43.22164), "43.2216");
  assert.equal(fourDecimals(0.1), "0.1");
  assert.equal(fourDecimals(79.99996), "80");
  assert.equal(fourDecimals(0.00001), "0");
});
