import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { StorageError } from "../../foundation/errors.ts";
import { encodeBlobName } from "./blob-name.ts";

test("ordinary names stay readable", () => {
  for (const name of ["a", "a/b/c.txt", "~x/-_.y", "a/.hidden", "...", "a/.../b", "..a/b.."]) {
    assert.equal(encodeBlobName(name), name);
  }
  assert.equal(encodeBlobName("a b/ü+%41"), "a%20b/%C3%BC%2B%2541");
});

test("segments that somebody on the way may fold travel with encoded slashes", () => {
  const cases = [
    ["a//b", "a%2F%2Fb"],
    ["/a", "%2Fa"],
    ["a/", "a%2F"],
    ["../x", "..%2Fx"],
    ["a/../b", "a%2F..%2Fb"],
    ["a/./b", "a%2F.%2Fb"],
    ["a/..", "a%2F.."],
    [".", "%2E"],
    ["..", "%2E%2E"],
  ] as const;
  for (const [name, encoded] of cases) assert.equal(encodeBlobName(name), encoded);
});

test("every name decodes to itself, and is safe in a path", () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom(..."./\\%#?+ &"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
  });
  fc.assert(
    fc.property(name, (text) => {
      fc.pre(text.isWellFormed());
      const encoded = encodeBlobName(text);
      assert.equal(decodeURIComponent(encoded), text);
      assert.match(encoded, /^[\x21-\x7e]+$/);
      assert(!/[?#\\]/.test(encoded));
      assert(!/(^|\/)(\.\.?)?(\/|$)/.test(encoded), "a segment that may be folded");
    }),
  );
});

test("a name that is not Unicode is refused", () => {
  assert.throws(
    () => encodeBlobName("a\ud800b"),
    (error) => error instanceof StorageError && error.code === "UnsafeName",
  );
});
