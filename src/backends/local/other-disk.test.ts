import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { MiB } from "../../foundation/units.ts";
import { asPath, type Destination, type Expectation } from "../backend.ts";
import { openLocalDestination } from "./local-destination.ts";

// A disk of one megabyte mounted in the middle of the destination: files cannot be renamed into it, and it fills up.

const never = new AbortController().signal;
const jobId = "11111111-2222-4333-8444-555555555555";
const diskBytes = MiB;

interface Place {
  readonly root: string;
  readonly disk: string;
  readonly store: Destination;
}

/** undefined, and the test skipped, where nothing may be mounted. */
function makePlace(t: TestContext): Place | undefined {
  const root = fs.mkdtempSync(join(tmpdir(), "other-disk-"));
  const disk = join(root, "disk");
  fs.mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${diskBytes}`, "tmpfs", disk]).status === 0;
  t.after(() => {
    if (mounted) spawnSync("umount", [disk]);
    fs.rmSync(root, { recursive: true, force: true });
  });
  if (!mounted) {
    t.skip("mounting a second disk needs root on Linux");
    return undefined;
  }
  return { root, disk, store: openLocalDestination({ root, jobId, platform: "linux" }) };
}

function put(
  store: Destination,
  path: string,
  bytes: Uint8Array,
  expect: Expectation = { kind: "any" },
): Promise<void> {
  const target = { path: asPath(path), bytes: bytes.length, expect, part: 0, index: 0 };
  return store.put(target, bytes, { modifiedMs: 1_600_000_000_000 }, never);
}

async function write(store: Destination, path: string, bytes: Uint8Array): Promise<void> {
  const half = bytes.length / 2;
  const blocks = [0, 1].map((index) => ({ index, range: { offset: index * half, length: half } }));
  const target = {
    path: asPath(path),
    bytes: bytes.length,
    expect: { kind: "any" as const },
    part: 0,
    index: 1,
  };
  const writer = await store.write(target, blocks, never);
  try {
    for (const block of blocks) {
      await writer.deliver(block, bytes.subarray(block.range.offset, block.range.offset + half), never);
    }
    await writer.commit({ modifiedMs: 1_600_000_000_000 }, never);
  } finally {
    await writer.suspend();
  }
}

const content = Buffer.alloc(1_000, "azcopy");

test("files appear on another disk below the destination, and what is expected holds there too", async (t) => {
  const place = makePlace(t);
  if (!place) return;
  const { root, disk, store } = place;
  for (const make of [put, write]) {
    await make(store, "disk/a/b", content);
    assert(fs.readFileSync(join(disk, "a/b")).equals(content));
    assert.equal(fs.statSync(join(disk, "a/b")).mtimeMs, 1_600_000_000_000);
    fs.writeFileSync(join(disk, "a/b"), "what stood before");
  }
  await assert.rejects(() => put(store, "disk/a/b", content, { kind: "absent" }), { code: "AlreadyExists" });
  assert.equal(fs.readFileSync(join(disk, "a/b"), "utf8"), "what stood before");
  await put(store, "disk/new", content, { kind: "absent" });
  await store.settle(never);
  await store.close();
  assert.deepEqual(fs.readdirSync(join(disk, "a")), ["b"]);
  assert.deepEqual(fs.readdirSync(root), ["disk"]);
});

test("a full disk is NoSpace, says where, and leaves what stood there and nothing else", async (t) => {
  const place = makePlace(t);
  if (!place) return;
  const { root, disk } = place;
  const large = Buffer.alloc(2 * diskBytes, "azcopy");
  fs.writeFileSync(join(disk, "object"), "what stood before");
  for (const [store, path] of [
    [place.store, "disk/object"],
    [openLocalDestination({ root: disk, jobId, platform: "linux" }), "object"],
  ] as const) {
    for (const make of [put, write]) {
      await assert.rejects(() => make(store, path, large), {
        code: "NoSpace",
        message: /disk.*full; free space/,
      });
      assert.equal(fs.readFileSync(join(disk, "object"), "utf8"), "what stood before");
    }
  }
  assert.deepEqual(
    fs.readdirSync(disk).sort(),
    [`.azDownload-${jobId}`, "object"],
    "what a resume goes on with",
  );
  assert.deepEqual(fs.readdirSync(join(disk, `.azDownload-${jobId}`)), ["0-1"]);
  assert.deepEqual(fs.readdirSync(join(root, `.azDownload-${jobId}`)), ["0-1"]);
});
