import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { MiB } from "../../foundation/units.ts";
import { asPath, type Destination, type Expectation, type Properties, type Target } from "../backend.ts";
import { openLocalDestination } from "./local-destination.ts";

const never = new AbortController().signal;
const jobId = "11111111-2222-4333-8444-555555555555";
const anything: Expectation = { kind: "any" };
const absent: Expectation = { kind: "absent" };

/** A destination folder "root" that does not exist yet, in a folder of its own. */
function makePlace(t: TestContext): { readonly above: string; readonly root: string } {
  const above = fs.mkdtempSync(join(tmpdir(), "local-destination-"));
  t.after(() => {
    fs.rmSync(above, { recursive: true, force: true });
  });
  return { above, root: join(above, "root") };
}

function open(root: string, platform: NodeJS.Platform = "linux"): Destination {
  return openLocalDestination({ root, jobId, platform });
}

function targetOf(path: string, bytes: number, expect = anything, index = 0): Target {
  return { path: asPath(path), bytes, expect, part: 0, index };
}

async function put(
  store: Destination,
  path: string,
  content: string,
  expect = anything,
  rest: Properties = {},
): Promise<void> {
  await store.put(targetOf(path, content.length, expect), Buffer.from(content), rest, never);
}

/** Writes an object in blocks of four bytes. */
async function write(
  store: Destination,
  path: string,
  content: string,
  expect = anything,
  rest: Properties = {},
): Promise<void> {
  const pieces = content.match(/.{1,4}/g) ?? [];
  const blocks = pieces.map((piece, index) => ({
    index,
    range: { offset: 4 * index, length: piece.length },
  }));
  const writer = await store.write(targetOf(path, content.length, expect), blocks, never);
  try {
    for (const block of blocks) await writer.deliver(block, Buffer.from(pieces[block.index] ?? ""), never);
    await writer.commit(rest, never);
  } finally {
    await writer.suspend();
  }
}

const ways = [put, write];

/** Every path below, links not followed. */
function treeOf(folder: string, prefix = ""): string[] {
  const entries = fs.readdirSync(join(folder, prefix), { withFileTypes: true });
  const below = entries.flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    return entry.isDirectory() ? [path, ...treeOf(folder, `${path}/`)] : [path];
  });
  return below.sort();
}

test("unsafe names are refused, and nothing is written anywhere", async (t) => {
  const { above, root } = makePlace(t);
  const linux = [
    "../evil",
    "a/../../evil",
    "..",
    ".",
    "",
    "/",
    "folder/",
    "nul\0",
    "../root-2/x",
    "n".repeat(300),
  ];
  const windows = ["CON", "a/NUL.txt", "dot.", "..\\..\\x:y/..", "a/.. /b"];
  for (const [platform, names] of [
    ["linux", linux],
    ["win32", [...linux, ...windows]],
  ] as const) {
    const store = open(root, platform);
    for (const name of names) {
      for (const make of ways)
        await assert.rejects(() => make(store, name, "evil"), { code: "UnsafeName" }, name);
      if (name !== "") await assert.rejects(() => store.stat(asPath(name), never), { code: "UnsafeName" });
    }
    await store.close();
  }
  assert.deepEqual(treeOf(above), []);
});

test("doubled and leading slashes collapse, and stat looks where put writes", async (t) => {
  const { above, root } = makePlace(t);
  const store = open(root);
  await put(store, "/a//b.txt", "1234");
  assert.equal((await store.stat(asPath("/a//b.txt"), never))?.bytes, 4);
  await store.close();
  assert.deepEqual(treeOf(above), ["root", "root/a", "root/a/b.txt"]);
});

test("a link that leads out of the folder is not followed, one that stays inside is", async (t) => {
  const { above, root } = makePlace(t);
  fs.mkdirSync(join(root, "real/deeper"), { recursive: true });
  fs.mkdirSync(join(above, "root-2"));
  fs.symlinkSync("real", join(root, "inside"));
  fs.symlinkSync("../root-2", join(root, "outside"));
  fs.symlinkSync("nowhere", join(root, "dangling"));
  fs.symlinkSync(join(root, "inside", "..", ".."), join(root, "real/up"));
  const store = open(root);
  for (const make of ways) {
    for (const path of ["outside/x", "outside/a/b", "dangling/x", "real/up/x", "inside/up/x", "outside/x"]) {
      await assert.rejects(
        () => make(store, path, "evil"),
        { code: "UnsafeName", message: /symbolic link/ },
        path,
      );
    }
    await make(store, `inside/deeper/${make.name}`, "good");
    assert.equal(fs.readFileSync(join(root, "real/deeper", make.name), "utf8"), "good");
  }
  await store.close();
  assert.deepEqual(treeOf(join(above, "root-2")), []);
  assert.deepEqual(
    treeOf(above).filter((path) => !path.startsWith("root")),
    [],
  );
});

test("a root that is itself a link is the folder that it leads to", async (t) => {
  const { above, root } = makePlace(t);
  fs.mkdirSync(join(above, "elsewhere"));
  fs.symlinkSync("elsewhere", root);
  await put(open(root), "a/b", "1234");
  assert.equal(fs.readFileSync(join(above, "elsewhere/a/b"), "utf8"), "1234");
});

test("a link at the final name is replaced and its target left alone; so are other names of a file", async (t) => {
  const { above, root } = makePlace(t);
  fs.mkdirSync(root);
  const precious = join(above, "precious");
  for (const make of ways) {
    fs.writeFileSync(precious, "precious");
    fs.symlinkSync("../precious", join(root, "link"));
    fs.linkSync(precious, join(root, "hard"));
    for (const name of ["link", "hard"]) {
      await make(open(root), name, "new content");
      assert(fs.lstatSync(join(root, name)).isFile());
      assert.equal(fs.readFileSync(join(root, name), "utf8"), "new content");
      fs.rmSync(join(root, name));
    }
    assert.equal(fs.readFileSync(precious, "utf8"), "precious");
    fs.symlinkSync("nowhere", join(root, "dangling"));
    await assert.rejects(() => make(open(root), "dangling", "new", absent), { code: "AlreadyExists" });
    fs.rmSync(join(root, "dangling"));
  }
});

test("a file in the way of a folder, and a folder in the way of a file, are told and left alone", async (t) => {
  const { root } = makePlace(t);
  fs.mkdirSync(join(root, "folder"), { recursive: true });
  fs.writeFileSync(join(root, "file"), "precious");
  fs.writeFileSync(join(root, "folder/inside"), "precious");
  for (const make of ways) {
    const store = open(root);
    for (const path of ["file/below", "file/far/below"]) {
      await assert.rejects(() => make(store, path, "new content"), {
        code: "NameCollision",
        message: /"[^"]*file"/,
      });
    }
    for (const expect of [anything, absent]) {
      const made = make(store, "folder", "new content", expect);
      await assert.rejects(made, { code: "AlreadyExists" });
    }
    await assert.rejects(() => make(open(join(root, "file")), "x", "new content"), { code: "NameCollision" });
    await assert.rejects(() => make(open(join(root, "file/below")), "x", "new content"), {
      code: "NameCollision",
    });
  }
  assert.equal(fs.readFileSync(join(root, "file"), "utf8"), "precious");
  assert.equal(fs.readFileSync(join(root, "folder/inside"), "utf8"), "precious");
});

test("files are made with AzCopy's rights, and with the time that the properties give", async (t) => {
  const { root } = makePlace(t);
  const modifiedMs = Date.UTC(2020, 1, 3, 4, 5, 6);
  for (const make of ways) {
    await make(open(root), "timed", "new content", anything, { modifiedMs });
    const stats = fs.statSync(join(root, "timed"));
    assert.equal(stats.mtimeMs, modifiedMs);
    assert.equal(stats.mode & 0o777, 0o644 & ~process.umask());
    const ignoring = openLocalDestination({ root, jobId, platform: "linux", preserveModified: false });
    await make(ignoring, "now", "new content", anything, { modifiedMs });
    assert.notEqual(fs.statSync(join(root, "now")).mtimeMs, modifiedMs);
  }
});

test("unfinished files lie in one hidden folder, which goes when the job is over", async (t) => {
  const { root } = makePlace(t);
  const store = open(root);
  const block = { index: 0, range: { offset: 0, length: 4 } };
  const blocks = [block, { index: 1, range: { offset: 4, length: 1 } }];
  await put(store, "a/b/c", "1234");
  const writer = await store.write(targetOf("a/x/y", 5, anything, 7), blocks, never);
  await writer.deliver(block, Buffer.from("1234"), never);
  assert.deepEqual(treeOf(root), [
    `.azDownload-${jobId}`,
    `.azDownload-${jobId}/0-7`,
    "a",
    "a/b",
    "a/b/c",
    "a/x",
  ]);
  const listed: string[] = [];
  for await (const page of store.list({ prefix: asPath(""), recursive: true }, never)) {
    listed.push(...page.items.map((item) => item.path));
  }
  assert.deepEqual(listed, ["a", "a/b", "a/b/c", "a/x"]);
  await writer.suspend();
  await store.close();
  assert(fs.existsSync(join(root, `.azDownload-${jobId}`)), "a resume needs what is in it");
  await writer.abandon();
  await store.close();
  assert.deepEqual(treeOf(root), ["a", "a/b", "a/b/c", "a/x"]);
});

test("an object with the name of the staging folder, and a staging folder that is none, are refused", async (t) => {
  const { above, root } = makePlace(t);
  const staging = `.azDownload-${jobId}`;
  for (const path of [`${staging}/0-0`, staging, `${staging.toUpperCase()}/x`, `/${staging}/x`]) {
    await assert.rejects(() => put(open(root), path, "evil"), { code: "UnsafeName" });
  }
  fs.mkdirSync(root);
  fs.mkdirSync(join(above, "elsewhere"));
  fs.symlinkSync("../elsewhere", join(root, staging));
  for (const make of ways) await assert.rejects(() => make(open(root), "x", "evil"), { code: "UnsafeName" });
  assert.deepEqual(treeOf(join(above, "elsewhere")), []);
});

test("folders that somebody removes meanwhile are made again", async (t) => {
  const { root } = makePlace(t);
  const store = open(root);
  for (const make of ways) {
    await make(store, "a/b/c", "first content");
    fs.rmSync(join(root, "a"), { recursive: true });
    await make(store, "a/b/c", "second content");
    assert.equal(fs.readFileSync(join(root, "a/b/c"), "utf8"), "second content");
    fs.rmSync(join(root, `.azDownload-${jobId}`), { recursive: true });
    await make(store, "a/b/c", "third content");
    fs.rmSync(root, { recursive: true });
    await make(store, "a/b/c", "fourth content");
    assert.equal(fs.readFileSync(join(root, "a/b/c"), "utf8"), "fourth content");
  }
});

test("content of many sizes arrives whole, however it is written", async (t) => {
  const { root } = makePlace(t);
  const store = open(root);
  for (const bytes of [0, 1, MiB - 1, MiB, MiB + 1, 5 * MiB]) {
    const content = Buffer.alloc(bytes, "azcopy");
    await store.put(targetOf("sized", bytes), content, {}, never);
    assert(fs.readFileSync(join(root, "sized")).equals(content), `${bytes} bytes`);
  }
});

test("nothing is left open", { skip: !fs.existsSync("/proc/self/fd") && "needs /proc" }, async (t) => {
  const { root } = makePlace(t);
  const store = open(root);
  const openBefore = fs.readdirSync("/proc/self/fd").length;
  for (const make of ways) {
    await make(store, "x", "some content");
    await assert.rejects(() => make(store, "x", "some content", absent));
    await assert.rejects(() => make(store, "x/y", "some content"));
  }
  await store.settle(never);
  await store.close();
  assert.equal(fs.readdirSync("/proc/self/fd").length, openBefore);
});
