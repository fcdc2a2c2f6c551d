import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { FileSync } from "./file-sync.ts";
import { settledAtOnce, Unsettled, unsettledMax } from "./unsettled.ts";

const syncBy = (content: FileSync["content"]): FileSync => ({ content, everything: content });
const never = new AbortController().signal;

/** A folder with `count` files, and an Unsettled that notes which files (by inode) were synced. */
function makePlace(t: TestContext, count: number, fail?: (turn: number) => string | undefined) {
  const root = fs.mkdtempSync(join(tmpdir(), "unsettled-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  const paths = Array.from({ length: count }, (_, index) => join(root, `file-${index}`));
  for (const path of paths) fs.writeFileSync(path, "");
  const synced: number[] = [];
  const width = { now: 0, most: 0 };
  const unsettled = new Unsettled(
    "linux",
    syncBy(async (file) => {
      width.now++;
      width.most = Math.max(width.most, width.now);
      await new Promise((resolve) => setImmediate(resolve));
      width.now--;
      const code = fail?.(synced.length);
      synced.push(fs.fstatSync(file).ino);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
    }),
  );
  const inodesOf = (...of: string[]): number[] => of.map((path) => fs.statSync(path).ino);
  return { root, paths, synced, width, unsettled, inodesOf };
}

test("files are synced before the folders they are in, each once, few at a time", async (t) => {
  const { root, paths, synced, width, unsettled, inodesOf } = makePlace(t, 20);
  for (const path of paths) {
    unsettled.addFile(path);
    unsettled.addFolder(root);
  }
  await unsettled.settle(never);
  assert.deepEqual(synced.slice(0, 20).sort(), inodesOf(...paths).sort());
  assert.deepEqual(synced.slice(20), inodesOf(root));
  assert.equal(width.most, settledAtOnce);
  await unsettled.settle(never);
  assert.equal(synced.length, 21, "what is settled is not synced again");
});

test("what has gone, or became a link, does not matter", async (t) => {
  const { root, paths, synced, unsettled } = makePlace(t, 3);
  fs.rmSync(paths[0] as string);
  fs.rmSync(paths[1] as string);
  fs.symlinkSync("file-2", paths[1] as string);
  for (const path of [...paths.slice(0, 2), join(root, "file-2/below")]) unsettled.addFile(path);
  unsettled.addFolder(join(root, "nowhere"));
  await unsettled.settle(never);
  assert.deepEqual(synced, []);
});

test("settling waits for one that is under way, and covers what that one could not", async (t) => {
  const { paths, synced, unsettled, inodesOf } = makePlace(t, 9);
  for (const path of paths) unsettled.addFile(path);
  const cancel = new AbortController();
  const first = unsettled.settle(cancel.signal);
  const second = unsettled.settle(never);
  await new Promise((resolve) => setImmediate(resolve));
  cancel.abort();
  await assert.rejects(first, { code: "Cancelled" });
  await second;
  assert.deepEqual(new Set(synced), new Set(inodesOf(...paths)));
});

test("what the disk refused stays refused: a second sync would say nothing of the lost data", async (t) => {
  const { paths, unsettled } = makePlace(t, 3, (turn) => (turn === 1 ? "EIO" : undefined));
  for (const path of paths) unsettled.addFile(path);
  await assert.rejects(() => unsettled.settle(never), { code: "Internal", message: /make durable.*EIO/ });
  await assert.rejects(() => unsettled.settle(never), { code: "Internal", message: /EIO/ });
});

test("a full disk is told as that", async (t) => {
  const { paths, unsettled } = makePlace(t, 1, () => "ENOSPC");
  unsettled.addFile(paths[0] as string);
  await assert.rejects(() => unsettled.settle(never), { code: "NoSpace" });
});

test("a file system that knows nothing of syncing is settled as it is", async (t) => {
  const { paths, unsettled } = makePlace(t, 2, () => "EINVAL");
  for (const path of paths) unsettled.addFile(path);
  await unsettled.settle(never);
});

test("it says when it is full, counting each path once", async (t) => {
  const { unsettled } = makePlace(t, 0);
  for (let i = 0; i < unsettledMax; i++) {
    assert.equal(unsettled.full, false);
    unsettled.addFile(`/nowhere/${i}`);
    unsettled.addFile(`/nowhere/${i}`);
  }
  assert.equal(unsettled.full, true);
  await unsettled.settle(never);
  assert.equal(unsettled.full, false);
});

test("Windows syncs no folders", async (t) => {
  const { root, paths, synced } = makePlace(t, 1);
  const unsettled = new Unsettled(
    "win32",
    syncBy(async (file) => {
      synced.push(fs.fstatSync(file).ino);
    }),
  );
  unsettled.addFolder(root);
  unsettled.addFile(paths[0] as string);
  await unsettled.settle(never);
  assert.equal(synced.length, 1);
});
