import { strict as assert } from "node:assert";
import { after, before, beforeEach, test } from "node:test";
import { asPath, type Entry, type RemovalRules } from "../../src/backends/backend.ts";
import { openBlobChanges } from "../../src/backends/blob/blob-changes.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import { ChangingStage, codesOf, instead, isBatch, losingReply, remove, status } from "./changing.ts";
import { neverAborted, objectsOf, rejectsWith } from "./samples.ts";

const refuse: RemovalRules = { snapshots: "refuse" };

// What becomes of blobs that are removed or changed. The official SDK is the judge.

let lab: ChangingStage;
before(async () => {
  lab = await ChangingStage.start();
});
after(async () => {
  await lab.close();
});
beforeEach(async () => {
  await lab.clear();
});

test("snapshots keep a blob, go with it, or go alone, as the rules say; one can be removed by itself", async () => {
  const entries = await lab.plant("a", "b");
  for (const { path } of entries) await lab.container.getBlobClient(path).createSnapshot();
  for (const some of [entries, entries.slice(0, 1)]) {
    for (const outcome of await remove(lab.open(), some)) {
      assert.equal(outcome?.code, "PreconditionFailed");
      assert.equal(outcome.serviceCode, "SnapshotsPresent");
    }
  }
  const { snapshot = "" } = await lab.container.getBlobClient("a").createSnapshot();
  assert.deepEqual(await lab.left(), ["a", "a@snapshot", "a@snapshot", "b", "b@snapshot"]);
  const [a, b] = entries as [Entry, Entry];
  for (const snapshots of ["refuse", "include", "only"] as const) {
    const gone = await remove(lab.open(), [{ ...a, snapshot, version: "0xANY" }], snapshots);
    assert.deepEqual(gone, [undefined]);
  }
  assert.deepEqual(await lab.left(), ["a", "a@snapshot", "b", "b@snapshot"]);
  assert.deepEqual(await remove(lab.open(), entries, "only"), [undefined, undefined]);
  assert.deepEqual(await lab.left(), ["a", "b"]);
  await lab.container.getBlobClient("a").createSnapshot();
  assert.deepEqual(await remove(lab.open(), [a, b], "include"), [undefined, undefined]);
  assert.deepEqual(await lab.left(), []);
});

test("a virtual folder is nothing, and whatever has no known version stays", async () => {
  await lab.plant("folder", "folder/below");
  const folder: Entry = {
    kind: "folder",
    path: asPath("folder"),
    bytes: 0,
    modifiedMs: undefined,
    version: undefined,
  };
  const unknown: Entry = { ...folder, kind: "file", path: asPath("folder/below") };
  const outcomes: (string | undefined)[] = [];
  const sent = await lab.sentBy(async () => {
    for (const outcome of await remove(lab.open(), [folder, unknown])) outcomes.push(outcome?.code);
    await lab.open().change([folder], { metadata: { a: "b" }, tags: {}, tier: "Cool" }, neverAborted);
  });
  assert.deepEqual(sent, []);
  assert.deepEqual(outcomes, [undefined, "PreconditionFailed"]);
  assert.deepEqual(await lab.left(), ["folder", "folder/below"]);
});

test("a leased blob stays, and the others in its batch go", async () => {
  const entries = await lab.plant("a", "leased");
  const lease = lab.container.getBlobClient("leased").getBlobLeaseClient();
  await lease.acquireLease(-1);
  const outcomes = await remove(lab.open(), entries);
  assert.deepEqual(codesOf(outcomes), [undefined, "AccessDenied"]);
  assert.deepEqual(await lab.left(), ["leased"]);
});

test("without the permission, nothing goes, and each blob tells why", async () => {
  const entries = await lab.plant("a", "b");
  const changes = lab.open({ sas: lab.stage.azurite.sas({ permissions: "rl" }) });
  for (const outcome of await remove(changes, entries)) {
    assert.equal(outcome?.code, "AccessDenied");
    assert.match(outcome.message, /Delete \(d\)/);
  }
  assert.deepEqual(await lab.left(), ["a", "b"]);
});

test("a 404 that is not the service's own does not count as removed", async () => {
  const entries = await lab.plant("a");
  const transport = lab.stage.with(instead(() => status(404)));
  const [outcome] = await remove(lab.open({ transport }), entries);
  assert.equal(outcome?.code, "NotFound");
});

test("cancelled on the way, each object tells so, and nothing is thrown", async () => {
  const entries = await lab.plant("a", "b", "c");
  const cancel = new AbortController();
  const transport = lab.stage.with(
    instead((request) => {
      if (isBatch(request)) cancel.abort();
      return undefined;
    }),
  );
  const outcomes = await lab.open({ transport }).remove(entries, refuse, cancel.signal);
  assert.deepEqual(codesOf(outcomes), ["Cancelled", "Cancelled", "Cancelled"]);
});

test("tiers are set in a batch, metadata and tags one by one, and the version that was listed counts", async () => {
  const entries = await lab.plant("a", "b");
  const change = {
    metadata: { first: "ünï", second: "2" },
    tags: { "a:b": "c/d + e=f", g: "1" },
    tier: "Cool",
  };
  const sent = await lab.sentBy(async () => {
    assert.deepEqual(await lab.open().change(entries, change, neverAborted), [undefined, undefined]);
  });
  assert.deepEqual(sent, ["PUT", "PUT", "PUT", "PUT", "batch of the account"]);
  for (const { path } of entries) {
    const blob = lab.container.getBlobClient(path);
    const { metadata, accessTier, contentLength } = await blob.getProperties();
    assert.deepEqual(Object.keys(metadata ?? {}).sort(), ["first", "second"]);
    assert.equal(accessTier, "Cool");
    assert.equal(contentLength, 7);
    assert.deepEqual((await blob.getTags()).tags, change.tags);
  }
  assert.deepEqual(await lab.open().change(entries, { tags: {} }, neverAborted), [undefined, undefined]);
  assert.deepEqual((await lab.container.getBlobClient("a").getTags()).tags, {});
  const stale = await lab.open().change(entries, { metadata: {} }, neverAborted);
  assert.deepEqual(codesOf(stale), ["PreconditionFailed", "PreconditionFailed"]);
});

test("an archived blob is called back once, and asking again is no error", async () => {
  const entries = await lab.plant("a");
  const change = { tier: "Hot", rehydratePriority: "High" } as const;
  await lab.open().change(entries, { tier: "Archive" }, neverAborted);
  assert.deepEqual(await lab.open().change(entries, change, neverAborted), [undefined]);
  const pending = lab.stage.with(
    instead(({ method, path }) => {
      if (path.includes("comp=tier")) return status(409, { "x-ms-error-code": "BlobBeingRehydrated" });
      if (method !== "HEAD") return undefined;
      return status(200, { "x-ms-archive-status": "rehydrate-pending-to-hot" });
    }),
  );
  assert.deepEqual(await lab.open({ transport: pending }).change(entries, change, neverAborted), [undefined]);
  const [other] = await lab.open({ transport: pending }).change(entries, { tier: "Cool" }, neverAborted);
  assert.equal(other?.code, "Unsupported");
});

test("a reply that was lost is recognised as the success that it was", async () => {
  const entries = await lab.plant("a");
  const deleted = lab.stage.with(losingReply(({ method }) => method === "DELETE"));
  assert.deepEqual(await remove(lab.open({ transport: deleted }), entries), [undefined]);
  const again = await lab.plant("a");
  const changed = lab.stage.with(losingReply(({ path }) => path.includes("comp=metadata")));
  const outcomes = await lab
    .open({ transport: changed })
    .change(again, { metadata: { Key: "v" } }, neverAborted);
  assert.deepEqual(outcomes, [undefined]);
  const endpoint = lab.stage.endpoint("a-new-one");
  const created = lab.stage.with(losingReply(({ path }) => path.includes("restype=container")));
  assert.equal(await openBlobChanges({ endpoint, transport: created }).createRoot(neverAborted), "created");
});

test("a container is not created without permission, and not where no name is given", async () => {
  const sas = lab.stage.azurite.sas({ permissions: "rl" });
  const refused = openBlobChanges({
    endpoint: lab.stage.endpoint("forbidden", "", sas),
    transport: lab.stage.transport,
  });
  await rejectsWith(["AccessDenied"], () => refused.createRoot(neverAborted));
  const account = openBlobChanges({ endpoint: lab.stage.endpoint(""), transport: lab.stage.transport });
  await rejectsWith(["InvalidArgument"], () => account.createRoot(neverAborted));
});

test("below an account, blobs of several containers go in one batch", async () => {
  const other = await lab.stage.newContainer();
  await lab.container.getBlockBlobClient("a").upload("content", 7);
  await other.getBlockBlobClient("deep/b").upload("content", 7);
  const endpoint = lab.stage.endpoint("");
  const entries: Entry[] = [];
  for (const name of [lab.container.containerName, other.containerName]) {
    const source = openBlobSource({ endpoint, transport: lab.stage.transport });
    entries.push(...(await objectsOf(source, { prefix: asPath(`${name}/`) })));
  }
  assert.equal(entries.length, 2);
  const changes = openBlobChanges({ endpoint, transport: lab.stage.transport });
  assert.deepEqual(await lab.sentBy(() => remove(changes, entries)), ["batch of the account"]);
  for (const each of [lab.container, other]) {
    for await (const blob of each.listBlobsFlat()) assert.fail(blob.name);
  }
});
