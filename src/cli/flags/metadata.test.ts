import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { parseMetadata } from "./metadata.ts";

test("pairs are split at semicolons, and at the first =", () => {
  const cases: [string, Record<string, string>][] = [
    ["a=b", { a: "b" }],
    ["a=b;c=d", { a: "b", c: "d" }],
    ["a=b;", { a: "b" }],
    ["a=b=c", { a: "b=c" }],
    ["a=", { a: "" }],
    ["a", { a: "" }],
    ["a=b;c", { a: "b", c: "" }],
    ["a=b\\;c;d=e\\=f", { a: "b;c", d: "e=f" }],
    ["a=b\\\\", { a: "b\\" }],
    ["a=1;a=2", { a: "2" }],
  ];
  for (const [text, metadata] of cases) assert.deepEqual(parseMetadata(text), { metadata }, text);
});

test("an item without =, but the last, and a name that is empty are wrong", () => {
  for (const text of ["a;b", "a=b;;c=d", "=x", ";"]) {
    assert.deepEqual(parseMetadata(text), { problem: "format" }, text);
  }
  assert.deepEqual(parseMetadata("a b=c"), { problem: "key", key: "a b" });
  assert.deepEqual(parseMetadata("a\\=b=c"), { metadata: { "a=b": "c" } });
});

test("whatever is escaped comes back", () => {
  const key = fc.string({ minLength: 1, unit: fc.constantFrom("a", "b", "é", "_") });
  const escaped = (text: string): string => text.replace(/[\\;=]/g, "\\$&");
  fc.assert(
    fc.property(fc.dictionary(key, fc.string()), (metadata) => {
      const text = Object.entries(metadata)
        .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
        .join(";");
      assert.deepEqual(parseMetadata(text), { metadata: { ...metadata } });
    }),
  );
});
