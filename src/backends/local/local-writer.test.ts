import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { MiB } from "../../foundation/units.ts";
import {
  asPath,
  type Block,
  type Destination,
  type Expectation,
  type Target,
  type Writer,
} from "../backend.ts";
import { openLocalDestination } from "./local-destination.ts";

// What a process that is killed between any two steps leaves behind, and what the next one makes of it.

const never = new AbortController().signal;
const jobId = "11111111-2222-4333-8444-555555555555";
const content = Buffer.from("0123456789");
const blocks: Block[] = [
  { index: 0, range: { offset: 0, length: 4 } },
  { index: 1, range: { offset: 4, length: 4 } },
  { index: 2, range: { offset: 8, length: 2 } },
];

interface Place {
  readonly root: string;
  readonly final: string;
  readonly staged: string;
  readonly store: Destination;
}

function makePlace(t: TestContext): Place {
  const root = fs.mkdtempSync(join(tmpdir(), "local-writer-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  const store = openLocalDestination({ root, jobId, platform: "linux" });
  return { root, final: join(root, "object"), staged: join(root, `.azDownload-${jobId}`, "0-0"), store };
}

function targetOf(kind: "any" | "absent"): Target {
  const expect: Expectation = { kind };
  return { path: asPath("object"), bytes: content.length, expect, part: 0, index: 0 };
}

const open = ({ store }: Place, kind: "any" | "absent" = "any"): Promise<Writer> =>
  store.write(targetOf(kind), blocks, never);

async function deliver(writer: Writer, ...indexes: number[]): Promise<void> {
  for (const index of indexes) {
    const block = blocks[index] as Block;
    const { offset, length } = block.range;
    await writer.deliver(block, content.subarray(offset, offset + length), never);
  }
}

async function heldBy(writer: Writer): Promise<number[] | "committed"> {
  const held = await writer.delivered(never);
  return held === "committed" ? held : [...held];
}

/** Leaves a staged file, as a run that was killed does. */
function leave({ staged }: Place, bytes: Uint8Array): void {
  fs.mkdirSync(join(staged, ".."), { recursive: true });
  fs.writeFileSync(staged, bytes);
}

test("held are the blocks within the size that the unfinished file has", async (t) => {
  for (const [size, held] of [
    [0, []],
    [3, []],
    [4, [0]],
    [9, [0, 1]],
    [10, [0, 1, 2]],
  ] as const) {
    const place = makePlace(t);
    leave(place, content.subarray(0, size));
    assert.deepEqual(await heldBy(await open(place)), held);
  }
});

test("an unfinished file that is no such thing is not trusted, nor written into", async (t) => {
  const place = makePlace(t);
  const precious = join(place.root, "precious");
  fs.writeFileSync(precious, "precious");
  fs.mkdirSync(join(place.staged, ".."));
  for (const foreign of [
    () => fs.writeFileSync(place.staged, "longer than the object"),
    () => fs.linkSync(precious, place.staged),
    () => fs.symlinkSync(precious, place.staged),
  ]) {
    foreign();
    const writer = await open(place);
    assert.deepEqual(await heldBy(writer), []);
    await deliver(writer, 0, 1, 2);
    await writer.commit({}, never);
    assert(fs.readFileSync(place.final).equals(content));
    assert.equal(fs.readFileSync(precious, "utf8"), "precious");
  }
});

test("killed between giving the new name and taking away the old one: the object was committed", async (t) => {
  const place = makePlace(t);
  leave(place, content);
  fs.linkSync(place.staged, place.final);
  const writer = await open(place, "absent");
  assert.equal(await heldBy(writer), "committed");
  await deliver(writer, 0, 1, 2);
  await writer.commit({}, never);
  await writer.suspend();
  await place.store.close();
  assert.deepEqual(fs.readdirSync(place.root), ["object"]);
  assert(fs.readFileSync(place.final).equals(content));
});

test("killed in put: the next put starts anew, or finds that it was done", async (t) => {
  const place = makePlace(t);
  leave(place, Buffer.from("half"));
  await place.store.put(targetOf("any"), content, {}, never);
  assert(fs.readFileSync(place.final).equals(content));
  leave(place, content);
  fs.rmSync(place.final);
  fs.linkSync(place.staged, place.final);
  const inode = fs.statSync(place.final).ino;
  await place.store.put(targetOf("absent"), content, {}, never);
  assert.equal(fs.statSync(place.final).ino, inode, "what had appeared was left alone");
  await place.store.close();
  assert.deepEqual(fs.readdirSync(place.root), ["object"]);
});

test("an unfinished file that was cut meanwhile is Corrupt at commit, and nothing appears", async (t) => {
  const place = makePlace(t);
  const writer = await open(place);
  await deliver(writer, 0, 1, 2);
  fs.truncateSync(place.staged, 9);
  await assert.rejects(() => writer.commit({}, never), {
    code: "Corrupt",
    message: /9 bytes and should have 10/,
  });
  assert(!fs.existsSync(place.final));
  const into = new Uint8Array(2);
  await assert.rejects(() => writer.readBack(blocks[2] as Block, into, never), { code: "Corrupt" });
  await writer.abandon();
});

test("after a failed commit the blocks are still there, and a later one succeeds", async (t) => {
  const place = makePlace(t);
  fs.writeFileSync(place.final, "what stood before");
  const writer = await open(place, "absent");
  await deliver(writer, 0, 1, 2);
  await assert.rejects(() => writer.commit({}, never), { code: "AlreadyExists" });
  assert.equal(fs.readFileSync(place.final, "utf8"), "what stood before");
  fs.rmSync(place.final);
  await writer.commit({}, never);
  assert(fs.readFileSync(place.final).equals(content));
});

test("suspend and abandon wait for the writes that are under way", async (t) => {
  const place = makePlace(t);
  const size = 4 * MiB;
  const large: Block[] = [0, 1].map((index) => ({ index, range: { offset: index * size, length: size } }));
  for (const end of ["suspend", "abandon"] as const) {
    const target = { ...targetOf("any"), bytes: 2 * size };
    const writer = await place.store.write(target, large, never);
    const bytes = Buffer.alloc(size, 7);
    let written = 0;
    const writes = large.map((block) => writer.deliver(block, bytes, never).then(() => written++));
    await writer[end]();
    assert.equal(written, 2);
    await Promise.all(writes);
    assert.equal(fs.existsSync(place.staged), end === "suspend");
  }
});

test("after abandon the writer is as new", async (t) => {
  const place = makePlace(t);
  const writer = await open(place);
  await deliver(writer, 0, 1);
  await writer.abandon();
  assert.deepEqual(await heldBy(writer), []);
  await deliver(writer, 2);
  await assert.rejects(() => writer.commit({}, never), { code: "Corrupt", message: /block 0/ });
  await deliver(writer, 0, 1);
  await writer.commit({}, never);
  assert(fs.readFileSync(place.final).equals(content));
});
