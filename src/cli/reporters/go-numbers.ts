/**
 * A percentage as AzCopy computes it, in 32-bit arithmetic; at most 100, and 100 of nothing.
 * Surface spec 4.9.4 (PercentComplete).
 */
export function percentOf(part: number, whole: number): number {
  if (whole === 0) return 100;
  const { fround } = Math;
  return Math.min(100, fround(fround(100 * fround(part)) / fround(whole)));
}

/**
 * A 32-bit float as Go's encoding/json writes it: the fewest digits that tell it from its neighbours. Where
 * exponents begin, JavaScript and Go agree.
 */
export function float32Text(value: number): string {
  return String(shortestDigits(Math.fround(value)));
}

const float32DigitsMax = 9;

function shortestDigits(value: number): number {
  for (let digits = 1; digits < float32DigitsMax; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(float32DigitsMax));
}

/** "%.1f" of Go: exact halves go to the even digit (6.25 is "6.2"), where toFixed() goes up. */
export function oneDecimal(value: number): string {
  const tenths = value * 10;
  const isHalf = Number.isInteger(tenths * 2) && !Number.isInteger(tenths);
  if (!isHalf) return value.toFixed(1);
  const below = Math.floor(tenths);
  return ((below % 2 === 0 ? below : below + 1) / 10).toFixed(1);
}

/** "%.2f" of Go, for numbers that are not negative: exact halves go to the even digit, as in oneDecimal(). */
export function twoDecimals(value: number): string {
  const hundredths = value * 100;
  const below = Math.floor(hundredths);
  const rest = hundredths - below;
  // Clear of a half, the product's own error decides nothing; toFixed() takes ten times as long, on every line of list.
  if (value < plainMost && Math.abs(rest - 0.5) > 0.001) {
    const rounded = rest < 0.5 ? below : below + 1;
    const fraction = rounded % 100;
    return `${(rounded - fraction) / 100}.${fraction < 10 ? "0" : ""}${fraction}`;
  }
  // Of all numbers that a computer holds exactly, only odd eighths lie halfway between two hundredths.
  const whole = Math.floor(value);
  const half = halves[(value - whole) * 8];
  return half === undefined ? value.toFixed(2) : `${whole}.${half}`;
}

/** Up to here, a hundred times a number is off by less than a ten-thousandth. */
const plainMost = 1e9;

/** By the number of eighths: which of the two hundredths is even. */
const halves: Readonly<Record<number, string>> = { 1: "12", 3: "38", 5: "62", 7: "88" };

/** At most four decimals, none that are zero at the end. */
export function fourDecimals(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}
