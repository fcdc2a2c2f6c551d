import { strict as assert } from "node:assert";
import test from "node:test";
import {
  dayAndTime,
  type LocalTime,
  offsetText,
  rfc850,
  rfc3339,
  rfc3339Seconds,
  systemTime,
  utcTime,
} from "./timestamps.ts";

const berlin: LocalTime = { offsetMinutes: () => 60, zoneName: () => "CET" };
const newfoundland: LocalTime = { offsetMinutes: () => -210, zoneName: () => "NST" };
const moment = Date.UTC(2026, 10, 22, 23, 57, 9, 120);

test("times are told in the user's zone, without zeros at the end of a fraction", () => {
  assert.equal(rfc3339(moment, utcTime), "2026-11-22T23:57:09.12Z");
  assert.equal(rfc3339(moment, berlin), "2026-11-23T00:57:09.12+01:00");
  assert.equal(rfc3339(moment, newfoundland), "2026-11-22T20:27:09.12-03:30");
  assert.equal(rfc3339(moment + 880, utcTime), "2026-11-22T23:57:10Z");
  assert.equal(rfc3339Seconds(moment + 879, berlin), "2026-11-23T00:57:09+01:00");
  assert.equal(rfc850(moment, utcTime), "Sunday, 22-Nov-26 23:57:09 UTC");
  assert.equal(rfc850(moment, berlin), "Monday, 23-Nov-26 00:57:09 CET");
  assert.equal(dayAndTime(moment, berlin), "23 Nov 2026 00:57:09");
});

test("offsets have two digits each, with a colon or without", () => {
  assert.equal(offsetText(0, ":"), "+00:00");
  assert.equal(offsetText(345, ""), "+0545");
  assert.equal(offsetText(-210, ":"), "-03:30");
});

test("the system's zone has a name and an offset that agree with Date", () => {
  const zone = systemTime();
  const local = new Date(moment);
  assert.equal(zone.offsetMinutes(moment), 0 - local.getTimezoneOffset());
  assert.match(zone.zoneName(moment), /^([A-Z]{2,5}|[+-]\d{2}(\d{2})?)$/);
});
