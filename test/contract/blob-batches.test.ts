import { strict as assert } from "node:assert";
import { after, before, beforeEach, test } from "node:test";
import type { Entry } from "../../src/backends/backend.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import type { HttpRequest, Layer } from "../../src/transport/transport.ts";
import {
  altering,
  ChangingStage,
  codesOf,
  instead,
  isBatch,
  losingReply,
  remove,
  status,
} from "./changing.ts";
import { neverAborted, objectsOf, text } from "./samples.ts";

// Several blobs travel in one Blob Batch; what becomes of them when the service is not at its best.

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

test("several blobs go in one batch: of the account by a SAS for that, of the container by one for the container", async () => {
  for (const [sas, expected] of [
    [lab.stage.azurite.sas(), "batch of the account"],
    [lab.stage.azurite.containerSas(lab.container.containerName), "batch"],
  ] as const) {
    const entries = await lab.plant("a", "b/c", "d");
    const changes = lab.open({ sas });
    assert.deepEqual(await lab.sentBy(() => remove(changes, entries)), [expected]);
    assert.deepEqual(await lab.left(), []);
    const [alone] = await lab.plant("alone");
    assert.deepEqual(await lab.sentBy(() => remove(changes, [alone as Entry])), ["DELETE"]);
    assert.deepEqual(await lab.left(), []);
  }
});

test("names that a URL parser would fold go in a batch as they are", async () => {
  const names = ["..", "../x", "a/./b", "a/../b", "a//b", "/a", "a/", "%2e%2e"];
  for (const name of [...names, "x", "a/b", "b", "a"]) await putRaw(name);
  const endpoint = lab.stage.endpoint(lab.container.containerName);
  const entries = await objectsOf(openBlobSource({ endpoint, transport: lab.stage.transport }));
  const meant = entries.filter((entry) => names.includes(entry.path));
  assert.equal(meant.length, names.length);
  assert.deepEqual(await lab.sentBy(() => remove(lab.open(), meant)), ["batch of the account"]);
  assert.deepEqual(await lab.left(), ["a", "a/b", "b", "x"]);
});

async function putRaw(name: string): Promise<void> {
  const path = `/${lab.container.accountName}/${lab.container.containerName}/${encodeURIComponent(name).replaceAll(".", "%2E")}`;
  const request: HttpRequest = {
    method: "PUT",
    origin: new URL(lab.stage.azurite.accountUrl).origin,
    path: `${path}?${lab.stage.azurite.sas()}`,
    headers: { "x-ms-blob-type": "BlockBlob" },
    body: text("content"),
    idempotent: true,
  };
  assert.equal((await lab.stage.transport(request, neverAborted)).status, 201);
}

test("where batches are refused, blobs go one by one, and no other batch is tried", async () => {
  for (const code of [400, 403, 404, 405, 501]) {
    const transport = lab.stage.with(instead((request) => (isBatch(request) ? status(code) : undefined)));
    const changes = lab.open({ transport });
    const first = await lab.plant("a", "b", "c");
    assert.deepEqual((await lab.sentBy(() => remove(changes, first))).sort(), [
      "DELETE",
      "DELETE",
      "DELETE",
      "batch of the account",
    ]);
    const second = await lab.plant("d", "e");
    assert.deepEqual(await lab.sentBy(() => remove(changes, second)), ["DELETE", "DELETE"]);
    assert.deepEqual(await lab.left(), []);
  }
  assert(
    lab.logged.length > 0 &&
      !lab.logged.join().includes(new URLSearchParams(lab.stage.azurite.sas()).get("sig") ?? "?"),
  );
});

test("a batch that fails for the moment, or is lost, is made up for one by one, and the next one is tried again", async () => {
  const lost = new StorageError("Unreachable", "the network is down", { retryable: true });
  for (const failure of [status(500), status(503), lost]) {
    let failures = 0;
    const transport = lab.stage.with(
      instead((request) => (isBatch(request) && failures++ === 0 ? failure : undefined)),
    );
    const changes = lab.open({ transport });
    const first = await lab.plant("a", "b");
    const sent = await lab.sentBy(() => remove(changes, first));
    assert.deepEqual(sent, ["batch of the account", "DELETE", "DELETE"]);
    const second = await lab.plant("c", "d");
    assert.deepEqual(await lab.sentBy(() => remove(changes, second)), ["batch of the account"]);
    assert.deepEqual(await lab.left(), []);
  }
});

test("a batch that was carried out, and whose answer was lost or cannot be read, has removed what it removed", async () => {
  const cut = altering((body) => body.slice(0, body.length / 2));
  const page = altering(() => "<html>welcome to the hotel</html>");
  const numbered = altering((body) => body.replace("Content-ID: 1", "Content-ID: 7"));
  for (const layer of [losingReply(isBatch), cut, page, numbered]) {
    const entries = await lab.plant("a", "b", "c", "changed");
    await lab.container.getBlockBlobClient("changed").upload("another", 7);
    const outcomes = await remove(lab.with(layer), entries);
    assert.deepEqual(codesOf(outcomes), [undefined, undefined, undefined, "PreconditionFailed"]);
    assert.deepEqual(await lab.left(), ["changed"]);
  }
});

test("what a batch answers with busy, or not at all, is asked for again by itself", async () => {
  const busy = altering((body) =>
    body.replace(/(Content-ID: 1\r\n\r\nHTTP\/1\.1) \d+ [^\r]*/, "$1 503 Busy"),
  );
  const silent = altering((body) =>
    body.replace(/--[^\r]*\r\nContent-Type: [^\r]*\r\nContent-ID: 1[\s\S]*?\r\n(?=--)/, ""),
  );
  for (const layer of [busy, silent]) {
    const entries = await lab.plant("a", "b", "c");
    const changes = lab.with(layer);
    const outcomes: unknown[] = [];
    const sent = await lab.sentBy(async () => outcomes.push(...(await remove(changes, entries))));
    assert.deepEqual(sent.slice(0, 2), ["batch of the account", "DELETE"]);
    assert(!sent.slice(2).includes("DELETE"));
    assert.deepEqual(outcomes, [undefined, undefined, undefined]);
  }
});

test("one by one, never more than sixteen requests are under way", async () => {
  let underWay = 0;
  let most = 0;
  const counting: Layer = (next) => async (request, signal) => {
    if (isBatch(request)) return status(501);
    most = Math.max(most, ++underWay);
    try {
      return await next(request, signal);
    } finally {
      underWay--;
    }
  };
  const entries = await lab.plant(...Array.from({ length: 60 }, (_, n) => `${n}`));
  await remove(lab.with(counting), entries);
  assert.deepEqual(await lab.left(), []);
  assert(most > 4 && most <= 16, `${most}`);
});
