import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import type { ContainerClient } from "@azure/storage-blob";
import { asPath, type Entry } from "../../src/backends/backend.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import { type BlobStage, startBlobStage } from "../fakes/blob-stage.ts";
import { neverAborted, objectsOf, pathsOf } from "./samples.ts";

// What listings tell beyond what copying needs.

let stage: BlobStage;
let container: ContainerClient;

before(async () => {
  stage = await startBlobStage();
  container = await stage.newContainer();
  const blobHTTPHeaders = { blobContentType: "text/x-thing; a=b", blobContentEncoding: "gzip" };
  await container.getBlockBlobClient("block").upload("content", 7, { blobHTTPHeaders, tier: "Cool" });
  await container.getBlobClient("block").getBlobLeaseClient().acquireLease(-1);
  await container.getAppendBlobClient("append").create();
  await container.getPageBlobClient("page").create(512);
  await container.getBlockBlobClient("archived").upload("content", 7);
  await container.getBlobClient("archived").setAccessTier("Archive");
});
after(() => stage.close());

const source = () =>
  openBlobSource({ endpoint: stage.endpoint(container.containerName), transport: stage.transport });

test("details are told where they are asked for, alike by a listing and by a look at the blob", async () => {
  const listed = new Map<string, Entry>();
  for (const entry of await objectsOf(source(), { details: true })) listed.set(entry.path, entry);
  assert.deepEqual(listed.get("block")?.details, {
    blobType: "BlockBlob",
    tier: "Cool",
    contentType: "text/x-thing; a=b",
    contentEncoding: "gzip",
    leaseState: "leased",
    leaseDuration: "infinite",
    leaseStatus: "locked",
  });
  assert.equal(listed.get("append")?.details?.blobType, "AppendBlob");
  assert.equal(listed.get("archived")?.details?.tier, "Archive");
  assert.equal(listed.size, 4);
  for (const [path, entry] of listed) {
    const seen = await source().stat(asPath(path), neverAborted, true);
    assert.deepEqual(seen?.details, entry.details, path);
    assert.equal(seen?.version, entry.version);
  }
});

test("nothing is told that was not asked for", async () => {
  for (const entry of await objectsOf(source())) assert(!("details" in entry), entry.path);
  assert(!("details" in ((await source().stat(asPath("block"), neverAborted)) ?? {})));
});

test("versions are asked of the service, and any beginning of a name can be", async () => {
  const before = stage.sent.length;
  await objectsOf(source(), { versions: true });
  assert.match(stage.sent[before]?.path ?? "", /&include=metadata%2Cversions&/);
  assert.deepEqual(await pathsOf(source(), { prefix: asPath("a") }), ["append", "archived"]);
});
