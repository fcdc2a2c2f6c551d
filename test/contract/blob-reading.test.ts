import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import type { ContainerClient } from "@azure/storage-blob";
import { asPath, type Entry, type Source } from "../../src/backends/backend.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import type { BlobEndpoint } from "../../src/backends/endpoint.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import type { HttpRequest, Layer, Transport } from "../../src/transport/transport.ts";
import { type BlobStage, startBlobStage } from "../fakes/blob-stage.ts";
import { itemsOf, neverAborted, objectsOf, pagesOf, pathsOf, rejectsWith, sample, text } from "./samples.ts";

// Blobs that the official SDK wrote, as our source sees them.

let stage: BlobStage;
let container: ContainerClient;

before(async () => {
  stage = await startBlobStage();
  container = await stage.newContainer();
});
after(async () => {
  await stage.close();
});

const open = (
  endpoint: Partial<BlobEndpoint> = {},
  transport: Transport = stage.transport,
  pageItemsMax = 3,
): Source =>
  openBlobSource({
    endpoint: { ...stage.endpoint(container.containerName), ...endpoint },
    transport,
    pageItemsMax,
  });

async function place(name: string, bytes: Uint8Array, options = {}, into = container): Promise<void> {
  await into.getBlockBlobClient(name).upload(Buffer.from(bytes), bytes.length, options);
}

async function sentBy(work: () => Promise<unknown>): Promise<HttpRequest[]> {
  const before = stage.sent.length;
  await work();
  return stage.sent.slice(before);
}

async function entryOf(source: Source, path: string): Promise<Entry> {
  const entry = await source.stat(asPath(path), neverAborted);
  assert(entry);
  return entry;
}

test("list: folder stubs, symlinks, MD5s and versions, without a request for each", async () => {
  await place("kinds/folder", text(""), { metadata: { hdi_isfolder: "true" } });
  await place("kinds/link", text("../target"), { metadata: { is_symlink: "true" } });
  await place("kinds/file", text("hello"), { metadata: { name: "Name", blob: "</Blob>" } });
  const source = open({ path: "kinds" }, stage.transport, 100);
  let entries: Entry[] = [];
  const sent = await sentBy(async () => {
    entries = itemsOf(await pagesOf(source)) as Entry[];
  });
  assert.equal(sent.length, 1);
  assert.deepEqual(
    entries.map(({ path, kind, bytes }) => [path, kind, bytes]),
    [
      ["file", "file", 5],
      ["folder", "folder", 0],
      ["link", "symlink", 9],
    ],
  );
  for (const entry of entries) {
    const found = await container.getBlockBlobClient(`kinds/${entry.path}`).getProperties();
    assert.equal(entry.version, found.etag?.replaceAll('"', ""));
    assert.equal(entry.modifiedMs, found.lastModified?.getTime());
    assert.equal(entry.contentMd5, Buffer.from(found.contentMD5 ?? []).toString("base64"));
    const { contentMd5, ...rest } = await entryOf(source, entry.path);
    assert.deepEqual({ ...rest, contentMd5 }, entry);
  }
});

test("list: virtual folders show where it is not recursive", async () => {
  await place("level/a", text("1"));
  await place("level/b/c", text("1"));
  await place("level/b/d", text("1"));
  const items = itemsOf(await pagesOf(open({ path: "level" }, stage.transport, 100), { recursive: false }));
  assert.deepEqual(items.map(({ path, kind }) => `${kind} ${path}`).sort(), ["file a", "folder b"]);
});

test("list: the stub of the root itself is passed over; with content it is a gap, since it has no path", async () => {
  await place("stub/", text(""), { metadata: { hdi_isfolder: "true" } });
  await place("stub/a", text("1"));
  assert.deepEqual(await pathsOf(open({ path: "stub" })), ["a"]);
  assert.equal(await open({ path: "stub" }).hasChildren(asPath(""), neverAborted), true);
  await place("stub/", text("content"));
  const [gap, file] = itemsOf(await pagesOf(open({ path: "stub" })));
  assert.equal(gap?.kind, "gap");
  assert.equal(file?.path, "a");
});

test("list: a SAS without List is AccessDenied and names the letter; an absent container is ContainerNotFound", async () => {
  const sas = stage.azurite.containerSas(container.containerName, { permissions: "r" });
  const denied = await rejectsWith(["AccessDenied"], () =>
    pagesOf(open(stage.endpoint(container.containerName, "", sas))),
  );
  assert.match(denied.message, /List \(l\)/);
  assert(!denied.message.includes("sig="));
  const missing = await rejectsWith(["ContainerNotFound"], () => pagesOf(open(stage.endpoint("nowhere"))));
  assert(!missing.message.includes("sig="));
});

test("list, read: a public container needs no SAS", async () => {
  const open_ = await stage.newContainer();
  await open_.setAccessPolicy("container");
  await place("a", text("public"), {}, open_);
  const source = open(stage.endpoint(open_.containerName, "", ""));
  const [entry] = await objectsOf(source);
  assert(entry);
  const into = new Uint8Array(6);
  await source.read(entry, { offset: 0, length: 6 }, into, neverAborted);
  assert.equal(Buffer.from(into).toString(), "public");
});

test("list: a service that answers in circles, or from elsewhere, is Corrupt", async () => {
  const page = (names: string, marker: string): string =>
    `<EnumerationResults><Blobs>${names}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`;
  const answering =
    (body: string): Transport =>
    async () => ({ status: 200, headers: {}, body: text(body), tries: 1 });
  const blob = (name: string): string => `<Blob><Name>${name}</Name><Properties/></Blob>`;
  await rejectsWith(["Corrupt"], () => pagesOf(open({}, answering(page(blob("a"), "same")))));
  await rejectsWith(["Corrupt"], () => pagesOf(open({ path: "d" }, answering(page(blob("e/a"), "")))));
  await rejectsWith(["Corrupt"], () => pagesOf(open({}, answering("<html>Welcome</html>"))));
});

test("read: each part is asked for by range and version, and an empty one not at all", async () => {
  await place("ranges", sample(1_000));
  const source = open();
  const entry = await entryOf(source, "ranges");
  const [request, ...more] = await sentBy(() =>
    source.read(entry, { offset: 100, length: 50 }, new Uint8Array(50), neverAborted),
  );
  assert.equal(more.length, 0);
  assert.equal(request?.headers["x-ms-range"], "bytes=100-149");
  assert.equal(request?.headers["if-match"], `"${entry.version}"`);
  const none = await sentBy(() =>
    source.read(entry, { offset: 0, length: 0 }, new Uint8Array(0), neverAborted),
  );
  assert.equal(none.length, 0);
});

/** Breaks answers with content off after `bytes`, `times` times. */
function breakingOff(bytes: number, times: number): Layer {
  let left = times;
  return (next) => async (request, signal) => {
    const { into } = request;
    const response = await next(request, signal);
    if (into === undefined || left-- <= 0) return response;
    into.fill(0xee, bytes);
    throw new StorageError("Unreachable", "the connection was cut", { retryable: true, received: bytes });
  };
}

test("read: goes on where an answer broke off", async () => {
  const content = sample(300_000);
  await place("broken", content);
  const source = open({}, stage.with(breakingOff(70_000, 3)));
  const entry = await entryOf(source, "broken");
  const into = new Uint8Array(content.length);
  const sent = await sentBy(() => source.read(entry, { offset: 0, length: into.length }, into, neverAborted));
  assert(Buffer.from(into).equals(content));
  assert.deepEqual(
    sent.map(({ headers }) => headers["x-ms-range"]),
    ["bytes=0-299999", "bytes=70000-299999", "bytes=140000-299999", "bytes=210000-299999"],
  );
  assert(sent.every(({ headers }) => headers["if-match"] === `"${entry.version}"`));
});

test("read: gives up where answers break off again and again without progress", async () => {
  await place("hopeless", sample(1_000));
  const source = open({}, stage.with(breakingOff(1, 1_000)));
  const entry = await entryOf(source, "hopeless");
  let error: unknown;
  const sent = await sentBy(async () => {
    error = await source
      .read(entry, { offset: 0, length: 1_000 }, new Uint8Array(1_000), neverAborted)
      .catch((thrown: unknown) => thrown);
  });
  assert(error instanceof StorageError && error.code === "Unreachable");
  assert.equal(sent.length, 6);
});

test("read: a blob that changes while it is read is never mixed", async () => {
  await place("changing", sample(100_000, 1));
  const entry = await entryOf(open(), "changing");
  const replacing: Layer = (next) => async (request, signal) => {
    if (request.headers["x-ms-range"]?.startsWith("bytes=70000-"))
      await place("changing", sample(100_000, 2));
    return next(request, signal);
  };
  const racing = open({}, replacing(stage.with(breakingOff(70_000, 1))));
  await rejectsWith(["SourceChanged"], () =>
    racing.read(entry, { offset: 0, length: 100_000 }, new Uint8Array(100_000), neverAborted),
  );
});

test("read: an answer of another range is Corrupt", async () => {
  await place("shifted", sample(1_000));
  const shifting: Layer = (next) => (request, signal) =>
    next({ ...request, headers: { ...request.headers, "x-ms-range": "bytes=1-10" } }, signal);
  const entry = await entryOf(open(), "shifted");
  await rejectsWith(["Corrupt"], () =>
    open({}, stage.with(shifting)).read(entry, { offset: 0, length: 10 }, new Uint8Array(10), neverAborted),
  );
});

test("a snapshot is read as it was", async () => {
  await place("snapped", text("before"));
  const { snapshot } = await container.getBlockBlobClient("snapped").createSnapshot();
  await place("snapped", text("afterwards"));
  assert(snapshot);
  const source = open({ path: "snapped", snapshot });
  const entry = await entryOf(source, "");
  assert.equal(entry.bytes, 6);
  const into = new Uint8Array(6);
  await source.read(entry, { offset: 0, length: 6 }, into, neverAborted);
  assert.equal(Buffer.from(into).toString(), "before");
  await source.verify(entry, neverAborted);
});

test("describe tells what the SDK had set", async () => {
  const contentDisposition = 'attachment; filename="a.txt"';
  await place("described", text("x"), {
    blobHTTPHeaders: {
      blobContentType: "text/x-thing",
      blobContentLanguage: "de",
      blobContentDisposition: contentDisposition,
    },
    metadata: { one: "1" },
    tier: "Cool",
  });
  const source = open();
  const found = await source.describe(await entryOf(source, "described"), undefined, neverAborted);
  const { contentMd5, ...rest } = found;
  assert.equal(contentMd5?.length, 24);
  assert.deepEqual(rest, {
    contentType: "text/x-thing",
    contentLanguage: "de",
    contentDisposition,
    tier: "Cool",
    metadata: { one: "1" },
  });
});

test("an account lists its containers one after the other, and a token begins again in the right one", async () => {
  const [first, second] = [await stage.newContainer(), await stage.newContainer()];
  for (const name of ["a", "b/c", "b/d", "e"]) {
    await place(name, text(`${name} of first`), {}, first);
    await place(name, text(`${name} of second`), {}, second);
  }
  const source = open(stage.endpoint(""));
  const wanted = [first, second].flatMap(({ containerName }) =>
    ["a", "b/c", "b/d", "e"].map((name) => `${containerName}/${name}`),
  );
  const ours = (paths: readonly string[]): string[] =>
    paths.filter((path) => path.startsWith(first.containerName) || path.startsWith(second.containerName));
  const pages = await pagesOf(source);
  assert.deepEqual(ours(itemsOf(pages).map((item) => item.path)), wanted);
  assert.equal(pages[0]?.token, undefined);
  for (const [number, { token }] of pages.entries()) {
    assert.deepEqual(itemsOf(await pagesOf(source, { from: token })), itemsOf(pages.slice(number)));
  }
  const below = await pathsOf(source, { prefix: asPath(`${second.containerName}/b/`) });
  assert.deepEqual(below, [`${second.containerName}/b/c`, `${second.containerName}/b/d`]);
  const containers = itemsOf(await pagesOf(source, { recursive: false }));
  assert(containers.some(({ path, kind }) => path === first.containerName && kind === "folder"));

  const entry = await entryOf(source, `${second.containerName}/b/d`);
  const into = new Uint8Array(entry.bytes);
  await source.read(entry, { offset: 0, length: entry.bytes }, into, neverAborted);
  assert.equal(Buffer.from(into).toString(), "b/d of second");

  const failing: Layer = (next) => async (request, signal) =>
    request.path.includes(`/${first.containerName}?`)
      ? { status: 403, headers: {}, body: text(""), tries: 1 }
      : next(request, signal);
  const items = itemsOf(await pagesOf(open(stage.endpoint(""), stage.with(failing))));
  const gaps = items.filter((item) => item.kind === "gap");
  assert.deepEqual(
    gaps.map(({ path }) => path),
    [`${first.containerName}/`],
  );
  assert.equal(items.filter(({ path }) => path.startsWith(`${second.containerName}/`)).length, 4);
});
