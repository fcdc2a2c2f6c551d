import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "./nearest.ts";

test("the distance counts what was left out, put in, replaced and swapped", () => {
  assert.equal(editDistance("copy", "copy"), 0);
  assert.equal(editDistance("cpoy", "copy"), 1);
  assert.equal(editDistance("coppy", "copy"), 1);
  assert.equal(editDistance("cpy", "COPY"), 1);
  assert.equal(editDistance("jobz", "jobs"), 1);
  assert.equal(editDistance("", "copy"), 4);
});

test("the distance is the same both ways, and never more than the longer word", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert(distance <= Math.max(a.toLowerCase().length, b.toLowerCase().length));
      assert.equal(distance === 0, a.toLowerCase() === b.toLowerCase());
    }),
  );
});

test("only what is near is meant, the nearest first", () => {
  assert.deepEqual(nearest("overwite", ["recursive", "overwrite"]), ["overwrite"]);
  assert.deepEqual(nearest("put-md", ["put-md5", "check-md5"]), ["put-md5"]);
  assert.deepEqual(nearest("nosuch", ["recursive", "overwrite"]), []);
  assert.deepEqual(nearest("x".repeat(100_000), ["recursive"]), []);
});
