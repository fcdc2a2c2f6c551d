const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/**
 * Ms since 1970-01-01 UTC of the fixed form that every listing and header carries ("Tue, 22 Nov 2026 22:14:49 GMT");
 * undefined for anything else. Date.parse() would cost ten times as much, on every listed object.
 */
export function parseHttpDate(text: string): number | undefined {
  if (text.length !== 29) return undefined;
  const month = months.indexOf(text.slice(8, 11)) / 3;
  const year = digits(text, 12, 16);
  const day = digits(text, 5, 7);
  const hour = digits(text, 17, 19);
  const minute = digits(text, 20, 22);
  const second = digits(text, 23, 25);
  if (!Number.isInteger(month) || month < 0) return undefined;
  const time = Date.UTC(year, month, day, hour, minute, second);
  return Number.isNaN(time) ? undefined : time;
}

/** The number in text[from, to); NaN when any of it is not a digit. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
