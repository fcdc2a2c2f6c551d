import type { LocalTime } from "./reporters/timestamps.ts";

/** The time zone of this machine's user. */
export const localTime: LocalTime = {
  offsetMinutes: (ms) => -new Date(ms).getTimezoneOffset(),
  zoneName: (ms) => {
    const offset = -new Date(ms).getTimezoneOffset();
    if (offset === 0) return "UTC";
    const parts = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(ms);
    return parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC";
  },
};
