/** The user's time zone. */
export interface LocalTime {
  /** Minutes that local time is ahead of UTC at this moment. */
  offsetMinutes(ms: number): number;
  /** The zone's name at this moment, as short as people write it: "CET". */
  zoneName(ms: number): string;
}

export const utcTime: LocalTime = { offsetMinutes: () => 0, zoneName: () => "UTC" };

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");

/** RFC 3339 with the fraction that there is, without trailing zeros, and the local offset ("Z" for UTC). */
export function rfc3339(ms: number, zone: LocalTime): string {
  const whole = Math.floor(ms);
  const offset = zone.offsetMinutes(whole);
  const text = new Date(whole + offset * 60_000).toISOString();
  const seconds = text.slice(0, 19);
  const fraction = text.slice(19, 23).replace(/\.?0+$/, "");
  return `${seconds}${fraction}${offset === 0 ? "Z" : offsetText(offset, ":")}`;
}

/** RFC 3339 in whole seconds. */
export function rfc3339Seconds(ms: number, zone: LocalTime): string {
  return rfc3339(Math.floor(ms / 1_000) * 1_000, zone);
}

/** RFC 850: "Sunday, 22-Nov-26 21:57:09 UTC", in local time. */
export function rfc850(ms: number, zone: LocalTime): string {
  const local = new Date(ms + zone.offsetMinutes(ms) * 60_000);
  const day = `${two(local.getUTCDate())}-${months[local.getUTCMonth()]}-${two(local.getUTCFullYear() % 100)}`;
  return `${weekdays[local.getUTCDay()]}, ${day} ${clockText(local)} ${zone.zoneName(ms)}`;
}

/** "22 Nov 2026 22:14:49", in local time. */
export function dayAndTime(ms: number, zone: LocalTime): string {
  const local = new Date(ms + zone.offsetMinutes(ms) * 60_000);
  const day = `${two(local.getUTCDate())} ${months[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  return `${day} ${clockText(local)}`;
}

/** "+01:00" with a colon as separator, "+0100" without. */
export function offsetText(minutes: number, separator: ":" | ""): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`;
}

const clockText = (time: Date): string =>
  `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;

/** Countries whose English writes the names of some zones out, where others would write "GMT+1". */
const locales = ["en-US", "en-GB", "en-AU", "en-IN", "en-NZ", "en-ZA"];

/** The time zone that this process runs in. */
export function systemTime(): LocalTime {
  // Made when first asked for: a format costs milliseconds, and most runs name no zone.
  let made: readonly Intl.DateTimeFormat[] | undefined;
  const formats = (): readonly Intl.DateTimeFormat[] => {
    made ??= locales.map((locale) => new Intl.DateTimeFormat(locale, { timeZoneName: "short" }));
    return made;
  };
  // Date tells whole minutes behind UTC, with a negative zero where there is no difference.
  const offsetMinutes = (ms: number): number => 0 - new Date(ms).getTimezoneOffset();
  const nameBy = (format: Intl.DateTimeFormat, ms: number): string | undefined =>
    format.formatToParts(ms).find((part) => part.type === "timeZoneName")?.value;
  return {
    offsetMinutes,
    zoneName: (ms) => {
      const names = formats().map((format) => nameBy(format, ms));
      const name = names.find((each) => each !== undefined && /^[A-Z]+$/.test(each));
      return name ?? offsetText(offsetMinutes(ms), "").replace(/00$/, "");
    },
  };
}
