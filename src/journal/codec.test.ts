import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { asPath } from "../backends/backend.ts";
import { decodeLine, encodeLine } from "./codec.ts";
import type { JournalRecord, Transfer } from "./records.ts";

const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.toWellFormed());
const count = fc.nat({ max: 1e12 });
const transfer: fc.Arbitrary<Transfer> = fc.record(
  {
    index: fc.nat({ max: 9_999 }),
    action: fc.constantFrom("remove" as const, "change" as const),
    path: text.map(asPath),
    renamedTo: text.map(asPath),
    bytes: count,
    blockBytes: count,
    modifiedMs: fc.option(
      fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((v) => v + 0),
      { nil: undefined },
    ),
    version: fc.option(text, { nil: undefined }),
    contentMd5: text,
  },
  { requiredKeys: ["index", "path", "bytes", "blockBytes", "modifiedMs", "version"] },
);
const skips = fc.record({ symlinks: fc.nat(), specials: fc.nat() });
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({ record: fc.constant("run" as const), boot: text }),
  fc.record({ record: fc.constant("cursor" as const), token: fc.option(text, { nil: undefined }), skips }),
  fc.record({ record: fc.constant("planned" as const), transfer }),
  fc.record({ record: fc.constant("delivered" as const), index: fc.nat(), block: fc.nat() }),
  fc.record({ record: fc.constant("settled" as const), upTo: fc.nat() }),
  fc.record({ record: fc.constant("forgotten" as const), index: fc.nat() }),
  fc.record({
    record: fc.constant("ended" as const),
    index: fc.nat(),
    outcome: fc.oneof(
      fc.constant({ state: "done" as const }),
      fc.constant({ state: "cancelled" as const }),
      fc.constant({ state: "skipped" as const, reason: "exists" as const }),
      fc.record({
        state: fc.constant("failed" as const),
        code: fc.constant("Timeout" as const),
        status: fc.nat({ max: 599 }),
        message: text,
      }),
    ),
  }),
  fc.record({
    record: fc.constant("gap" as const),
    path: text.map(asPath),
    code: fc.constant("AccessDenied" as const),
    message: text,
  }),
  fc.record({ record: fc.constant("scanned" as const), skips }),
  fc.record({ record: fc.constant("void" as const) }),
);

test("every record comes back from its line as it was", () => {
  fc.assert(
    fc.property(record, (one) => {
      const line = encodeLine(one);
      assert.equal(line.at(-1), "\n");
      assert.equal(line.indexOf("\n"), line.length - 1, "a record is one line");
      assert.deepEqual(
        decodeLine(Buffer.from(line, "utf8").toString("utf8").slice(0, -1)),
        structuredClone(one),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("a line with any one byte changed is not taken for a record", () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, flip) => {
      const bytes = Buffer.from(encodeLine(one).slice(0, -1), "utf8");
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const hexCaseOnly = bytes.toString("utf8").toLowerCase() === encodeLine(one).slice(0, -1).toLowerCase();
      if (!hexCaseOnly) assert.equal(decodeLine(bytes.toString("utf8")), undefined);
    }),
    { numRuns: 2_000 },
  );
});
