import type { Clock } from "../foundation/clock.ts";
import type { PerformanceResponse } from "./reporters/command-output.ts";
import { type LocalTime, offsetText, rfc3339Seconds } from "./reporters/timestamps.ts";

/** A JSON line from a program that drives AzCopy (surface spec 4.8). */
export interface StdinRequest {
  readonly type: string;
  readonly value: string;
  /** RFC 3339; undefined when the sender gave none. */
  readonly timestamp: string | undefined;
}

const timestampForm = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:(Z)|([+-])(\d{2}):(\d{2}))$/;

/** Reads a request; its keys may be in any case. undefined for what is none. */
export function parseRequest(line: string): StdinRequest | undefined {
  const fields = objectOf(line);
  if (fields === undefined) return undefined;
  const type = fields.get("requesttype") ?? "";
  const value = fields.get("value") ?? "";
  const timestamp = fields.get("timestamp") ?? undefined;
  if (typeof type !== "string" || typeof value !== "string") return undefined;
  if (timestamp === undefined) return { type, value, timestamp };
  if (typeof timestamp !== "string" || !timestampForm.test(timestamp)) return undefined;
  return { type, value, timestamp };
}

/** The fields of a JSON object by their names in lower case. */
function objectOf(text: string): Map<string, unknown> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  return new Map(Object.entries(parsed).map(([key, value]) => [key.toLowerCase(), value]));
}

/** The INFO text about a request, its time as Go prints times. */
export function receivedText({ type, timestamp }: StdinRequest, zone: LocalTime): string {
  return `Received request for ${type} with timeStamp ${goTime(timestamp ?? "0001-01-01T00:00:00Z", zone)}`;
}

function goTime(timestamp: string, zone: LocalTime): string {
  const [, day, time = "", utc, sign = "", hours = "", minutes = ""] = timestampForm.exec(timestamp) ?? [];
  const shown = `${day} ${time.replace(/\.?0+$/, (zeros) => (time.includes(".") ? "" : zeros))}`;
  if (utc !== undefined) return `${shown} +0000 UTC`;
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const text = offsetText(offset, "");
  const instant = Date.parse(timestamp);
  return `${shown} ${text} ${zone.offsetMinutes(instant) === offset ? zone.zoneName(instant) : text}`;
}

/** How long an adjustment of the cap stands before the next may come, ms. */
const adjustmentIntervalMs = 60_000;

/** Judges PerformanceAdjustment requests: one a minute, counted from the last that succeeded. */
export class PerformanceAdjuster {
  readonly #clock: Clock;
  readonly #zone: LocalTime;
  #nextMs: number;
  #nextElapsed = 0;

  constructor(clock: Clock, zone: LocalTime) {
    this.#clock = clock;
    this.#zone = zone;
    this.#nextMs = clock.now();
  }

  /** `value` is the text of a JSON object {"cap-mbps": "20"}. A success is to be carried out by the caller. */
  decide(value: string): PerformanceResponse {
    const cap = capOf(value);
    if (typeof cap === "string") return this.#refuse(cap);
    if (this.#clock.elapsed() < this.#nextElapsed) {
      const next = rfc3339Seconds(this.#nextMs, this.#zone);
      return this.#refuse(`Performance Adjustment already in progress. Please try after ${next}`);
    }
    this.#nextElapsed = this.#clock.elapsed() + adjustmentIntervalMs;
    this.#nextMs = this.#clock.now() + adjustmentIntervalMs;
    return { succeeded: true, capMbps: cap, nextAdjustmentMs: this.#nextMs, error: "" };
  }

  #refuse(error: string): PerformanceResponse {
    return { succeeded: false, capMbps: -1, nextAdjustmentMs: this.#nextMs, error };
  }
}

/** The cap that is asked for, or what is wrong with the request. */
function capOf(value: string): number | string {
  const fields = objectOf(value);
  if (fields === undefined) return `parsing ${value} failed with invalid JSON: an object is expected`;
  const given = fields.get("cap-mbps") ?? 0;
  const cap = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  if (typeof cap !== "number" || !Number.isFinite(cap))
    return `parsing ${value} failed with cap-mbps not a number`;
  return cap < 0 ? `invalid value ${cap} for cap-mbps. cap-mbps should be greater than 0` : cap;
}
