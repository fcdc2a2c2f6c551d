import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { compareUtf8 } from "./utf8-order.ts";

/** Characters around every border that the two orders treat differently, and the names' usual separators. */
const character = fc.oneof(
  fc.constantFrom("a", "b", "-", ".", "/", "0", "é", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "Ａ"),
  fc.constantFrom("\u{10000}", "\u{1f600}", "\u{10ffff}"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { maxLength: 6 }).map((characters) => characters.join(""));

test("compareUtf8 orders as the UTF-8 bytes do", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 5_000 },
  );
});

test("compareUtf8 puts U+FF21 before U+1F600, as UTF-16 order does not", () => {
  assert(compareUtf8("\uff21", "\u{1f600}") < 0);
  assert("\uff21" > "\u{1f600}");
});
