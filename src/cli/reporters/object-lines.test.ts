import { strict as assert } from "node:assert";
import { test } from "node:test";
import { asPath, type Entry } from "../../backends/backend.ts";
import { listProperties, parseListProperties } from "../flags/list-flags.ts";
import { type ObjectStyle, objectFields, objectText, tallyFields, tallyText } from "./object-lines.ts";

const entry: Entry = {
  kind: "file",
  path: asPath("a.txt"),
  bytes: 1_536,
  modifiedMs: Date.UTC(2026, 10, 22, 21, 16, 24),
  version: "0x1",
  contentMd5: "sZRqySSS0jR8YjW00mERhA==",
  details: {
    blobType: "BlockBlob",
    tier: "Hot",
    contentType: "text/plain",
    leaseState: "leased",
    leaseDuration: "fixed",
    leaseStatus: "locked",
  },
};
const object = { path: "a.txt", entry };
const plain: ObjectStyle = { properties: [], sizes: "binary" };
const full: ObjectStyle = { properties: listProperties, sizes: "binary" };

test("a line has the properties in the order that they were asked for, empty where there is no value", () => {
  assert.equal(objectText(object, plain), "a.txt; Content Length: 1.50 KiB\n");
  assert.equal(
    objectText(object, {
      ...plain,
      properties: parseListProperties("versionid;FOO;LastModifiedTime;VersionId; BlobType"),
    }),
    "a.txt; VersionId: ; LastModifiedTime: 2026-11-22 21:16:24 +0000 GMT; VersionId: ; Content Length: 1.50 KiB\n",
  );
});

test("a JSON object has them in one order, without those that have no value", () => {
  assert.deepEqual(Object.entries(objectFields(object, { ...full, sizes: "bytes" })), [
    ["Path", "a.txt"],
    ["LastModifiedTime", "2026-11-22T21:16:24Z"],
    ["BlobType", "BlockBlob"],
    ["BlobAccessTier", "Hot"],
    ["ContentType", "text/plain"],
    ["ContentMD5", "sZRqySSS0jR8YjW00mERhA=="],
    ["LeaseState", "leased"],
    ["LeaseStatus", "locked"],
    ["LeaseDuration", "fixed"],
    ["ContentLength", "1536"],
  ]);
  assert.deepEqual(objectFields(object, plain), { Path: "a.txt", ContentLength: "1.50 KiB" });
});

test("sizes have two decimals and a unit, as AzCopy writes them", () => {
  const sizes: readonly (readonly [number, string, string])[] = [
    [0, "0.00 B", "0.00 B"],
    [999, "999.00 B", "999.00 B"],
    [1_000, "1000.00 B", "1.00 KB"],
    [1_023, "1023.00 B", "1.02 KB"],
    [1_024, "1.00 KiB", "1.02 KB"],
    // Halves go to the even digit: 1.125 and 1.375.
    [1_152, "1.12 KiB", "1.15 KB"],
    [1_408, "1.38 KiB", "1.41 KB"],
    [10_234, "9.99 KiB", "10.23 KB"],
    [1_048_064, "1023.50 KiB", "1.05 MB"],
    [1_073_741_312, "1024.00 MiB", "1.07 GB"],
    [999_999_998_464, "931.32 GiB", "1000.00 GB"],
    [8 * 2 ** 40, "8.00 TiB", "8.80 TB"],
    [3 * 2 ** 50, "3.00 PiB", "3.38 PB"],
  ];
  for (const [bytes, binary, decimal] of sizes) {
    const sized = { path: "", entry: { ...entry, bytes } };
    assert.equal(objectText(sized, plain), `; Content Length: ${binary}\n`);
    assert.equal(objectText(sized, { ...plain, sizes: "decimal" }), `; Content Length: ${decimal}\n`);
    assert.equal(objectText(sized, { ...plain, sizes: "bytes" }), `; Content Length: ${bytes}\n`);
  }
});

test("the tally stands below an empty line; its bytes are exact", () => {
  const tally = { objects: 2, bytes: 5n * 2n ** 60n + 1n, gaps: 0 };
  assert.equal(tallyText(tally, plain), "\nFile count: 2\nTotal file size: 5.00 EiB\n");
  assert.deepEqual(tallyFields(tally, { ...plain, sizes: "bytes" }), {
    FileCount: "2",
    TotalFileSize: "5764607523034234881",
  });
});
