import { strict as assert } from "node:assert";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { ErrorCode } from "../../foundation/errors.ts";
import { asPath, type Entry, type RemovalRules } from "../backend.ts";
import { openLocalChanges } from "./local-changes.ts";
import { LocalTree } from "./local-tree.ts";

const { platform } = process;
const rules: RemovalRules = { snapshots: "include" };
const never = new AbortController().signal;
let folder: string;
let root: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-changes-"));
  root = join(folder, "root");
  mkdirSync(root);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function plant(path: string, content = "content"): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function listed(path: string, versions = false): Entry {
  const entry = new LocalTree({ root, platform, versions }).entry(asPath(path));
  assert(entry, path);
  return entry;
}

async function remove(...entries: readonly Entry[]): Promise<(ErrorCode | undefined)[]> {
  const outcomes = await openLocalChanges({ root, platform }).remove(entries, rules, never);
  return outcomes.map((outcome) => outcome?.code);
}

test("a link goes by itself, and never what it leads to", async () => {
  const outside = plant("outside/file");
  symlinkSync(outside, join(root, "to-file"));
  symlinkSync(dirname(outside), join(root, "to-folder"));
  symlinkSync("nowhere", join(root, "to-nothing"));
  const entries = ["to-file", "to-folder", "to-nothing"].map((path) => listed(path));
  assert.deepEqual(await remove(...entries), [undefined, undefined, undefined]);
  assert(existsSync(outside));
  for (const { path } of entries)
    assert.equal(lstatSync(join(root, path), { throwIfNoEntry: false }), undefined);
});

test("nothing is removed through a link that leads out of the root", async () => {
  plant("root/sub/deep/file");
  const entry = listed("sub/deep/file");
  const inner = listed("sub/deep");
  renameSync(join(root, "sub"), join(folder, "moved"));
  symlinkSync("../moved", join(root, "sub"));
  assert.deepEqual(await remove(entry, inner), ["UnsafeName", "UnsafeName"]);
  assert(existsSync(join(folder, "moved/deep/file")));
});

test("a folder whose name begins as the root's does is not in the root", async () => {
  plant("root-2/file");
  symlinkSync("../root-2", join(root, "sub"));
  assert.deepEqual(await remove(listed("sub/file")), ["UnsafeName"]);
  assert(existsSync(join(folder, "root-2/file")));
});

test("a link that stays within the root is as good as a folder, and so is a root that is a link", async () => {
  plant("root/real/a");
  symlinkSync("real", join(root, "alias"));
  symlinkSync("root", join(folder, "root-alias"));
  assert.deepEqual(await remove(listed("alias/a")), [undefined]);
  assert(!existsSync(join(root, "real/a")));
  plant("root/real/b");
  const entry = listed("real/b");
  const outcomes = await openLocalChanges({ root: join(folder, "root-alias"), platform }).remove(
    [entry],
    rules,
    never,
  );
  assert.deepEqual(outcomes, [undefined]);
  assert(!existsSync(join(root, "real/b")));
});

test("what is of another kind by now stays", async () => {
  plant("root/file");
  mkdirSync(join(root, "empty"));
  const file = listed("file");
  const empty = listed("empty");
  rmSync(join(root, "file"));
  rmSync(join(root, "empty"), { recursive: true });
  mkdirSync(join(root, "file"));
  const full = plant("root/empty");
  assert.deepEqual(await remove(file, empty), ["PreconditionFailed", "PreconditionFailed"]);
  assert(existsSync(join(root, "file")) && existsSync(full));
});

test("size, time and, where the listing knew it, the file itself must be the same", async () => {
  for (const [versions, code] of [
    [false, undefined],
    [true, "PreconditionFailed"],
  ] as const) {
    const full = plant("root/file");
    utimesSync(full, 1_700_000_000, 1_700_000_000);
    const entry = listed("file", versions);
    const other = plant("root/other", "CONTENT");
    utimesSync(other, 1_700_000_000, 1_700_000_000);
    renameSync(other, full);
    assert.deepEqual(await remove(entry), [code]);
    assert.equal(existsSync(full), versions);
  }
  const full = plant("root/file", "1");
  const entry = listed("file");
  const { mtimeMs } = lstatSync(full);
  writeFileSync(full, "12");
  utimesSync(full, mtimeMs / 1_000, mtimeMs / 1_000);
  assert.deepEqual(await remove(entry), ["PreconditionFailed"]);
  assert.equal(readFileSync(full, "utf8"), "12");
});

test("a single file that is the root can be removed; what stands beside it is not looked at", async () => {
  const full = plant("single");
  const beside = plant("beside");
  root = full;
  assert.deepEqual(await remove(listed("")), [undefined]);
  assert(!existsSync(full) && existsSync(beside));
});

test("the root cannot be made where a file stands", async () => {
  root = plant("in-the-way");
  await assert.rejects(() => openLocalChanges({ root, platform }).createRoot(never), {
    code: "AlreadyExists",
  });
});
