import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import type { ContainerClient } from "@azure/storage-blob";
import type { Destination, Expectation, Properties } from "../../src/backends/backend.ts";
import { openBlobDestination } from "../../src/backends/blob/blob-destination.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import { MiB } from "../../src/foundation/units.ts";
import type { HttpRequest, Layer, Transport } from "../../src/transport/transport.ts";
import { type BlobStage, startBlobStage } from "../fakes/blob-stage.ts";
import { absent, blocksOf, neverAborted, rejectsWith, sample, sliceOf, targetOf, text } from "./samples.ts";

// Block blobs as the service holds them afterwards: the official SDK is the judge.

const jobId = "0a1b2c3d-0000-4000-8000-00000000abcd";
const none: Properties = {};
const anything: Expectation = { kind: "any" };
let stage: BlobStage;
let container: ContainerClient;

before(async () => {
  stage = await startBlobStage();
  container = await stage.newContainer();
});
after(async () => {
  await stage.close();
});

function open(transport: Transport = stage.transport, sas?: string): Destination {
  return openBlobDestination({
    endpoint: stage.endpoint(container.containerName, "", sas),
    transport,
    jobId,
  });
}

/** The requests that `work` sends. */
async function sentBy(work: () => Promise<unknown>): Promise<HttpRequest[]> {
  const before = stage.sent.length;
  await work();
  return stage.sent.slice(before);
}

const contentOf = (name: string): Promise<Buffer> => container.getBlockBlobClient(name).downloadToBuffer();
const md5Of = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("base64");
const placedVersion = async (name: string, bytes: Uint8Array): Promise<string> =>
  (await container.getBlockBlobClient(name).upload(Buffer.from(bytes), bytes.length)).etag?.replaceAll(
    '"',
    "",
  ) ?? "";

/** The service does its work, and the answer to the first request that matches is lost. */
function losingReply(matches: (request: HttpRequest) => boolean): Layer {
  let lost = false;
  return (next) => async (request, signal) => {
    const response = await next(request, signal);
    if (lost || !matches(request)) return response;
    lost = true;
    throw new StorageError("Unreachable", "the reply was lost", { retryable: true });
  };
}

const blockBytes = 1_000;
const content = sample(2 * blockBytes + 17);
const blocks = blocksOf(content.length, blockBytes);

async function write(
  store: Destination,
  name: string,
  expect: Expectation = anything,
  properties = none,
): Promise<void> {
  const writer = await store.write(targetOf(name, content.length, expect), blocks, neverAborted);
  for (const block of blocks) await writer.deliver(block, sliceOf(content, block), neverAborted);
  await writer.commit(properties, neverAborted);
}

const properties: Properties = {
  contentType: "text/x-thing; charset=utf-8",
  contentEncoding: "gzip",
  contentLanguage: "de",
  contentDisposition: 'attachment; filename="a.txt"',
  cacheControl: "no-cache",
  tier: "Cool",
  metadata: { one: "1", two_b: "x y" },
};

async function judgeProperties(name: string, contentMd5: string | undefined): Promise<void> {
  const found = await container.getBlockBlobClient(name).getProperties();
  assert.equal(found.contentType, properties.contentType);
  assert.equal(found.contentEncoding, properties.contentEncoding);
  assert.equal(found.contentLanguage, properties.contentLanguage);
  assert.equal(found.contentDisposition, properties.contentDisposition);
  assert.equal(found.cacheControl, properties.cacheControl);
  assert.equal(found.accessTier, properties.tier);
  assert.deepEqual(found.metadata, properties.metadata);
  assert.equal(found.blobType, "BlockBlob");
  const md5 = found.contentMD5 === undefined ? undefined : Buffer.from(found.contentMD5).toString("base64");
  assert.equal(md5, contentMd5);
}

test("put: one request, whose body is the caller's buffer and whose MD5 the service checks", async () => {
  const bytes = text("some content");
  const sent = await sentBy(() => open().put(targetOf("put", bytes.length), bytes, properties, neverAborted));
  assert.equal(sent.length, 1);
  assert.equal(sent[0]?.body, bytes);
  assert.equal(sent[0]?.headers["content-md5"], md5Of(bytes));
  assert.equal(sent[0]?.headers["x-ms-blob-content-md5"], undefined);
  assert.equal(sent[0]?.headers["if-match"] ?? sent[0]?.headers["if-none-match"], undefined);
  assert.deepEqual(await contentOf("put"), bytes);
  await judgeProperties("put", md5Of(bytes));
});

test("put: a content MD5 that is given is stored, and large bodies are not hashed for the way alone", async () => {
  const large = sample(4 * MiB + 1);
  const store = open();
  const [plain] = await sentBy(() => store.put(targetOf("large", large.length), large, none, neverAborted));
  assert.equal(plain?.headers["content-md5"], undefined);
  const contentMd5 = md5Of(large);
  const [given] = await sentBy(() =>
    store.put(targetOf("large", large.length), large, { contentMd5 }, neverAborted),
  );
  assert.equal(given?.headers["content-md5"], contentMd5);
  assert.equal(given?.headers["x-ms-blob-content-md5"], contentMd5);
  assert(large.length === (await contentOf("large")).length);
});

test("put: content that arrives altered is sent again, and given up with the truth", async () => {
  const bytes = text("some content");
  const altering = (times: number): Layer => {
    let left = times;
    return (next) => (request, signal) => {
      if (left-- <= 0) return next(request, signal);
      return next({ ...request, body: text("sOme content") }, signal);
    };
  };
  await open(stage.with(altering(2))).put(targetOf("altered", bytes.length), bytes, none, neverAborted);
  assert.deepEqual(await contentOf("altered"), bytes);
  const store = open(stage.with(altering(100)));
  await rejectsWith(["Corrupt"], () =>
    store.put(targetOf("altered", bytes.length), bytes, none, neverAborted),
  );
});

test("put: a lost reply is recognised as the success that it was", async () => {
  const bytes = text("mine");
  for (const expect of [
    absent,
    { kind: "version", version: await placedVersion("lost-1", text("old")) } as const,
  ]) {
    const name = expect.kind === "absent" ? "lost-0" : "lost-1";
    const store = open(stage.with(losingReply(({ method }) => method === "PUT")));
    await store.put(targetOf(name, bytes.length, expect), bytes, none, neverAborted);
    assert.deepEqual(await contentOf(name), bytes);
  }
});

test("put: somebody else's content is no success of ours, were it of the same length", async () => {
  const bytes = text("mine");
  const name = "raced";
  const racing: Layer = (next) => async (request, signal) => {
    if (request.method === "PUT" && (await container.getBlockBlobClient(name).exists()) === false) {
      await placedVersion(name, text("thei"));
      throw new StorageError("Unreachable", "the request was lost", { retryable: true });
    }
    return next(request, signal);
  };
  const store = open(stage.with(racing));
  await rejectsWith(["AlreadyExists"], () =>
    store.put(targetOf(name, bytes.length, absent), bytes, none, neverAborted),
  );
  assert.deepEqual(await contentOf(name), text("thei"));
});

test("write: blocks and one commit, nothing else; AzCopy's block ids; properties at the commit", async () => {
  const contentMd5 = md5Of(content);
  const sent = await sentBy(() => write(open(), "written", anything, { ...properties, contentMd5 }));
  assert.equal(sent.length, blocks.length + 1);
  assert.deepEqual(await contentOf("written"), Buffer.from(content));
  await judgeProperties("written", contentMd5);
  const listed = await container.getBlockBlobClient("written").getBlockList("all");
  assert.deepEqual(
    listed.committedBlocks?.map(({ name, size }) => [Buffer.from(name, "base64").toString("latin1"), size]),
    blocks.map(({ index, range }) => [
      `00000${Buffer.from(jobId.replaceAll("-", ""), "hex").toString("latin1")}0000300000${String(index).padStart(5, "0")}`,
      range.length,
    ]),
  );
});

test("write: a lost reply to the commit is recognised as the success that it was", async () => {
  const version = await placedVersion("commit-1", text("old"));
  for (const [name, expect] of [
    ["commit-0", absent],
    ["commit-1", { kind: "version", version }],
    ["commit-2", anything],
  ] as const) {
    await write(open(stage.with(losingReply(({ path }) => path.includes("comp=blocklist")))), name, expect);
    assert.deepEqual(await contentOf(name), Buffer.from(content));
  }
});

test("write: what appears meanwhile makes the commit fail, and stays", async () => {
  const writer = await open().write(targetOf("meanwhile", content.length, absent), blocks, neverAborted);
  for (const block of blocks) await writer.deliver(block, sliceOf(content, block), neverAborted);
  await placedVersion("meanwhile", text("theirs"));
  await rejectsWith(["AlreadyExists"], () => writer.commit(none, neverAborted));
  assert.deepEqual(await contentOf("meanwhile"), text("theirs"));
});

test("delivered: a block of another size does not count", async () => {
  const writer = await open().write(targetOf("sizes", content.length), blocks, neverAborted);
  for (const block of blocks) await writer.deliver(block, sliceOf(content, block), neverAborted);
  const listed = await container.getBlockBlobClient("sizes").getBlockList("uncommitted");
  const [first] = listed.uncommittedBlocks ?? [];
  await container.getBlockBlobClient("sizes").stageBlock(first?.name ?? "", "short", 5);
  assert.deepEqual(await writer.delivered(neverAborted), new Set([1, 2]));
});

test("delivered: a SAS that may only write learns nothing, and the upload succeeds all the same", async () => {
  const store = open(
    stage.transport,
    stage.azurite.containerSas(container.containerName, { permissions: "w" }),
  );
  const writer = await store.write(targetOf("write-only", content.length), blocks, neverAborted);
  assert.deepEqual(await writer.delivered(neverAborted), new Set());
  for (const block of blocks) await writer.deliver(block, sliceOf(content, block), neverAborted);
  await writer.commit(none, neverAborted);
  assert.deepEqual(await contentOf("write-only"), Buffer.from(content));
});

test("deliver: blocks of another program are named as the reason", async () => {
  await container.getBlockBlobClient("foreign").stageBlock(btoa("short"), "x", 1);
  const writer = await open().write(targetOf("foreign", content.length), blocks, neverAborted);
  const [block] = blocks;
  assert(block);
  const error = await rejectsWith(["InvalidArgument"], () =>
    writer.deliver(block, sliceOf(content, block), neverAborted),
  );
  assert.match(error.message, /uncommitted blocks of another program/);
});

test("names that a URL may fold are written as they are", async () => {
  const store = open();
  const names = ["odd/a//b", "odd//", "odd/x/../y", "odd/./z", "odd/back%5Cslash", "odd/?#%+ &"];
  for (const name of names) await store.put(targetOf(name, name.length), text(name), none, neverAborted);
  const found: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: "odd/" })) found.push(name);
  assert.deepEqual(found.sort(), [...names].sort());
});

test("a missing container, and a SAS that may not write, say so and what to do, without a secret", async () => {
  const bytes = text("x");
  const put = (store: Destination): Promise<void> => store.put(targetOf("x", 1), bytes, none, neverAborted);
  const nowhere = openBlobDestination({
    endpoint: stage.endpoint("nowhere"),
    transport: stage.transport,
    jobId,
  });
  const missing = await rejectsWith(["ContainerNotFound"], () => put(nowhere));
  assert.match(
    missing.message,
    /^cannot write http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1\/nowhere\/x: 404 ContainerNotFound: .*azcopy make/,
  );
  const readOnly = stage.azurite.containerSas(container.containerName, { permissions: "r" });
  const denied = await rejectsWith(["AccessDenied"], () => put(open(stage.transport, readOnly)));
  assert.match(denied.message, /Write \(w\)/);
  for (const error of [missing, denied]) assert(!error.message.includes("sig="));
});

test("a snapshot is no destination", () => {
  const endpoint = {
    ...stage.endpoint(container.containerName, "x"),
    snapshot: "2026-11-22T22:14:49.0000000Z",
  };
  assert.throws(
    () => openBlobDestination({ endpoint, transport: stage.transport, jobId }),
    (error) => error instanceof StorageError && error.code === "InvalidArgument",
  );
});
