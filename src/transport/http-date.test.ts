import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { parseHttpDate } from "./http-date.ts";

test("reads what Date writes, to the second", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
      (date) => {
        assert.equal(parseHttpDate(date.toUTCString()), Math.floor(date.getTime() / 1_000) * 1_000);
      },
    ),
  );
});

test("anything else is undefined", () => {
  for (const text of [
    "",
    "soon",
    "2026-11-22T22:14:49.0000000Z",
    "Sun, 22 Foo 2026 22:14:49 GMT",
    "Sun, xx Nov 2026 22:14:49 GMT",
    "Sun, 22 ovD 2026 22:14:49 GMT",
    "Sunday, 22-Nov-26 22:14:49 GM",
  ]) {
    assert.equal(parseHttpDate(text), undefined, text);
  }
});
