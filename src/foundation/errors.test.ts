import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { errnoOf, messageOf, StorageError } from "./errors.ts";

test("a storage error carries what is known, and defaults for what is not", () => {
  const bare = new StorageError("NotFound", "nothing is there");
  assert(bare instanceof Error);
  assert.equal(bare.name, "StorageError");
  assert.equal(bare.code, "NotFound");
  assert.equal(bare.message, "nothing is there");
  assert.equal(bare.retryable, false, "what nobody called passing is not tried again");
  assert.equal(bare.received, 0);
  assert.equal(bare.status, undefined);
  assert.equal(bare.retryAfterMs, undefined);
  const cause = new Error("ECONNRESET");
  const full = new StorageError("Throttled", "slow down", {
    retryable: true,
    status: 503,
    serviceCode: "ServerBusy",
    requestId: "r-1",
    retryAfterMs: 2_000,
    received: 17,
    cause,
  });
  const { retryable, status, serviceCode, requestId, retryAfterMs, received } = full;
  assert.deepEqual([retryable, status, serviceCode, requestId], [true, 503, "ServerBusy", "r-1"]);
  assert.deepEqual([retryAfterMs, received], [2_000, 17]);
  assert.equal(full.cause, cause);
});

test("anything thrown has a text", () => {
  assert.equal(messageOf(new StorageError("Corrupt", "the bytes differ")), "the bytes differ");
  assert.equal(messageOf("plain"), "plain");
  assert.equal(messageOf(undefined), "undefined");
});

test("errnoOf() gives the system's word, and nothing where there is none", async () => {
  const error: unknown = await readFile("/there/is/no/such/file").catch((thrown: unknown) => thrown);
  assert.equal(errnoOf(error), "ENOENT");
  for (const other of [undefined, null, "ENOENT", 7, {}, { code: 5 }, new Error("ENOENT")]) {
    assert.equal(errnoOf(other), undefined);
  }
});
