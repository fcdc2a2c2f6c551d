import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { asPath, type Block, type Destination, type Target } from "../backend.ts";
import type { FileSync } from "./file-sync.ts";
import { openLocalDestination } from "./local-destination.ts";

// Which files and folders are synced, and before what: a power cut cannot be had in a test, the calls can be seen.

const never = new AbortController().signal;
const jobId = "11111111-2222-4333-8444-555555555555";
const staging = `.azDownload-${jobId}`;
const skip = !fs.existsSync("/proc/self/fd") && "needs /proc to tell a file's name by its number";
const blocks: Block[] = [0, 1].map((index) => ({ index, range: { offset: 2 * index, length: 2 } }));

interface Place {
  readonly root: string;
  /** Names below the root in the order in which they were synced. */
  readonly synced: string[];
  open(): Destination;
}

function makePlace(t: TestContext): Place {
  const root = fs.mkdtempSync(join(tmpdir(), "durability-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  const synced: string[] = [];
  const note = (what: string) => async (file: number) => {
    synced.push(what + fs.readlinkSync(`/proc/self/fd/${file}`).slice(root.length + 1));
  };
  const sync: FileSync = { content: note(""), everything: note("everything of ") };
  return { root, synced, open: () => openLocalDestination({ root, jobId, platform: "linux", sync }) };
}

function targetOf(path: string, kind: "any" | "absent" = "any", index = 0): Target {
  return { path: asPath(path), bytes: 4, expect: { kind }, part: 0, index };
}

const bytes = Buffer.from("1234");

test("settle makes all that was put durable, the new folders on the way included", { skip }, async (t) => {
  const { synced, open } = makePlace(t);
  const store = open();
  await store.put(targetOf("a/b/one"), bytes, {}, never);
  await store.put(targetOf("a/two", "absent"), bytes, {}, never);
  assert.deepEqual(synced, []);
  await store.settle(never);
  assert.deepEqual(synced.slice(0, 2).sort(), ["a/b/one", "a/two"]);
  assert.deepEqual(synced.slice(2).sort(), ["", "a", "a/b"]);
});

test("a commit syncs the content before the object appears, and settle its name", { skip }, async (t) => {
  const { root, synced, open } = makePlace(t);
  const store = open();
  for (const [index, modifiedMs] of [undefined, 1_600_000_000_000].entries()) {
    const writer = await store.write(targetOf("a/object", "any", index), blocks, never);
    for (const block of blocks) await writer.deliver(block, bytes.subarray(0, 2), never);
    await writer.commit(modifiedMs === undefined ? {} : { modifiedMs }, never);
    // The file had its staging name when it was synced.
    assert.deepEqual(synced, [`${index === 0 ? "" : "everything of "}${staging}/0-${index}`]);
    assert(fs.existsSync(join(root, "a/object")));
    synced.length = 0;
    await store.settle(never);
    assert(synced.includes("a") && !synced.includes("a/object"), `${synced}`);
    synced.length = 0;
  }
});

test("a writer's settle syncs what was delivered since, and only then", { skip }, async (t) => {
  const { synced, open } = makePlace(t);
  const writer = await open().write(targetOf("object"), blocks, never);
  await writer.settle();
  assert.deepEqual(synced, []);
  for (const block of blocks) {
    await writer.deliver(block, bytes.subarray(0, 2), never);
    await writer.settle();
    await writer.settle();
  }
  assert.deepEqual(synced, [`${staging}/0-0`, `${staging}/0-0`]);
  await writer.suspend();
});

test("what a suspended writer delivered is settled with the store", { skip }, async (t) => {
  const { synced, open } = makePlace(t);
  const store = open();
  await store.put(targetOf("put"), bytes, {}, never);
  await store.settle(never);
  synced.length = 0;
  const writer = await store.write(targetOf("object"), blocks, never);
  await writer.deliver(blocks[0] as Block, bytes.subarray(0, 2), never);
  await writer.suspend();
  await store.settle(never);
  assert.equal(synced[0], `${staging}/0-0`, "content before names");
  assert.deepEqual(synced.slice(1).sort(), ["", staging], "the folders, in any order");
});

test("what an earlier run delivered is settled with the writer that goes on with it", { skip }, async (t) => {
  const { synced, open } = makePlace(t);
  const before = await open().write(targetOf("object"), blocks, never);
  await before.deliver(blocks[0] as Block, bytes.subarray(0, 2), never);
  const after = await open().write(targetOf("object"), blocks, never);
  await after.settle();
  assert.deepEqual(synced, [`${staging}/0-0`]);
  await before.suspend();
  await after.suspend();
});

test("what an earlier run left and adopt() names is settled, whoever touches it or not", {
  skip,
}, async (t) => {
  const { root, synced, open } = makePlace(t);
  const before = open();
  await before.put(targetOf("a/put"), bytes, {}, never);
  const writer = await before.write(targetOf("object", "any", 5), blocks, never);
  await writer.deliver(blocks[0] as Block, bytes.subarray(0, 2), never);
  const after = open();
  after.adopt([asPath("a//put"), asPath("gone")]);
  await after.settle(never);
  assert.deepEqual(synced.slice(0, 2).sort(), [`${staging}/0-5`, "a/put"]);
  assert.deepEqual(synced.slice(2).sort(), ["", "a"]);
  await writer.suspend();
  assert.deepEqual(fs.readdirSync(join(root, staging)), ["0-5"]);
});

test("the staging folder holds no second name of what has appeared", async (t) => {
  const { root, open } = makePlace(t);
  const store = open();
  await store.put(targetOf("put", "absent"), bytes, {}, never);
  assert.equal(fs.statSync(join(root, "put")).nlink, 1);
  await assert.rejects(() => store.put(targetOf("put", "absent"), bytes, {}, never), {
    code: "AlreadyExists",
  });
  await store.close();
  assert.deepEqual(fs.readdirSync(root), ["put"]);
});
