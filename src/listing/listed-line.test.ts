import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { asPath, type Entry, type Listed } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { decodeListed, encodeListed } from "./listed-line.ts";

const text = fc.string({
  unit: fc.constantFrom("a", "/", "é", "😀", "\ud83d", "\n", "\t", '"', "\\", "\u2028"),
});
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const entry: fc.Arbitrary<Entry> = fc
  .record(
    {
      kind: fc.constantFrom("file", "folder", "symlink", "special"),
      path: text.map(asPath),
      bytes: fc.maxSafeNat(),
      modifiedMs: optional(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((ms) => !Object.is(ms, -0)),
      ),
      version: optional(text),
      contentMd5: text,
      snapshot: text,
      versionId: text,
      metadata: fc.dictionary(fc.constantFrom("a", "b"), text, { noNullPrototype: true }),
    },
    { requiredKeys: ["kind", "path", "bytes", "modifiedMs", "version"] },
  )
  .map((fields) => ({ ...fields }) as Entry);

const backAndForth = (item: Listed): Listed => {
  const line = encodeListed(item);
  assert.equal(line.indexOf("\n"), line.length - 1);
  return decodeListed(Buffer.from(line).toString().slice(0, -1));
};

test("an entry comes back whole, fields of the store's own included", () => {
  fc.assert(
    fc.property(entry, (item) => {
      assert.deepEqual(backAndForth(item), item);
    }),
    { numRuns: 3_000 },
  );
});

test("a gap comes back with all of its error but the cause", () => {
  const details = {
    retryable: true,
    status: 403,
    serviceCode: "No",
    requestId: "r",
    retryAfterMs: 5,
    received: 7,
  };
  for (const error of [
    new StorageError("AccessDenied", "cannot list\n\ud83d", { ...details, cause: new Error("EACCES") }),
    new StorageError("Unreachable", ""),
  ]) {
    const back = backAndForth({ kind: "gap", path: asPath("a/\n"), error });
    assert(back.kind === "gap" && back.error instanceof StorageError);
    assert.equal(back.path, "a/\n");
    assert.equal(back.error.message, error.message);
    for (const key of ["code", ...Object.keys(details)] as const) {
      assert.equal(back.error[key as keyof StorageError], error[key as keyof StorageError], key);
    }
  }
});

test("a line that is damaged is not taken for an entry", () => {
  for (const line of [
    "",
    "{}",
    "[]",
    '["file"]',
    '["file","a"]',
    '["file","a",null,1,"v"]',
    '["file","a",1',
    "7",
  ]) {
    assert.throws(() => decodeListed(line), line);
  }
});
