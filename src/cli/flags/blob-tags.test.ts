import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { parseBlobTags } from "./blob-tags.ts";

test("keys and values are decoded, and the last of a repeated key counts", () => {
  const cases: [string, Record<string, string>][] = [
    ["a=b", { a: "b" }],
    ["a=b&c=d=e&a=f", { a: "f", c: "d=e" }],
    ["a%20b=c%2F&d=2+3&e=", { "a b": "c/", d: "2 3", e: "" }],
    ["__proto__=x", { ["__proto__"]: "x" }],
  ];
  for (const [text, value] of cases) assert.deepEqual(parseBlobTags(text), { value }, text);
});

test("what is wrong is told in AzCopy's words", () => {
  const lengths =
    "tag keys must be between 1 and 128 characters, and tag values must be between 0 and 256 characters";
  const eleven = Array.from({ length: 11 }, (_, i) => `k${i}=v`).join("&");
  const cases: [string, string][] = [
    [eleven, "at-most 10 tags can be associated with a blob"],
    ["=c", lengths],
    [`${"k".repeat(129)}=v`, lengths],
    [`k=${"v".repeat(257)}`, lengths],
    ["a*=b", "incorrect character set used in key: a*"],
    ["a=é", "incorrect character set used in value: é"],
    ["a=%C3", "incorrect character set used in value: %C3"],
    ["a%zz=b", 'invalid URL escape "%zz"'],
    ["a=%2", 'invalid URL escape "%2"'],
  ];
  for (const [text, problem] of cases) assert.deepEqual(parseBlobTags(text), { problem }, text);
});

test("an item without = is an error, not a crash", () => {
  for (const text of ["a", "a=b&", "&", "a=b&c"]) {
    const parsed = parseBlobTags(text);
    assert("problem" in parsed && parsed.problem.includes("key=value"), text);
  }
});

test("tags that the service takes survive being written as an address and read again", () => {
  const part = (max: number) =>
    fc.string({ unit: fc.constantFrom(..."azAZ09 +-./:=_"), minLength: 1, maxLength: max });
  fc.assert(
    fc.property(fc.dictionary(part(128), part(256), { maxKeys: 10, minKeys: 1 }), (tags) => {
      const text = Object.entries(tags).map(
        ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
      );
      const parsed = parseBlobTags(text.join("&"));
      assert("value" in parsed);
      assert.deepEqual({ ...parsed.value }, { ...tags });
    }),
  );
});
