import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { MiB } from "../../foundation/units.ts";
import { asPath, type Entry, type Listed, type Source } from "../backend.ts";
import { openLocalSource } from "./local-source.ts";

const never = new AbortController().signal;
const platform = "linux";
const nobody = 65_534;

function makeRoot(t: TestContext): string {
  const root = fs.mkdtempSync(join(tmpdir(), "local-source-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  return root;
}

async function listedBy(source: Source, prefix = ""): Promise<Listed[]> {
  const items: Listed[] = [];
  for await (const page of source.list({ prefix: asPath(prefix), recursive: true }, never))
    items.push(...page.items);
  return items;
}

async function entryAt(source: Source, path: string): Promise<Entry> {
  const entry = await source.stat(asPath(path), never);
  assert(entry);
  return entry;
}

async function readAll(source: Source, entry: Entry): Promise<string> {
  const into = new Uint8Array(entry.bytes);
  await source.read(entry, { offset: 0, length: into.length }, into, never);
  return Buffer.from(into).toString();
}

/** Rights do not bind root: such a test runs as somebody else for a while. */
async function withoutRoot(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test("links and special files are listed as what they are, and links are not followed", async (t) => {
  const root = makeRoot(t);
  fs.mkdirSync(join(root, "folder"));
  fs.writeFileSync(join(root, "folder/file"), "1234");
  fs.symlinkSync("folder", join(root, "to-folder"));
  fs.symlinkSync("nowhere", join(root, "to-nothing"));
  fs.symlinkSync("..", join(root, "folder/up"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  const items = await listedBy(openLocalSource({ root, platform }));
  assert.deepEqual(
    items.map(({ kind, path }) => `${kind} ${path}`),
    [
      "folder folder",
      "file folder/file",
      "symlink folder/up",
      "special pipe",
      "symlink to-folder",
      "symlink to-nothing",
    ],
  );
});

test("the root may be a link to a folder, and may be a single file", async (t) => {
  const root = makeRoot(t);
  fs.mkdirSync(join(root, "folder"));
  fs.writeFileSync(join(root, "folder/page.html"), "text");
  fs.symlinkSync("folder", join(root, "link"));
  const [first] = await listedBy(openLocalSource({ root: join(root, "link"), platform }));
  assert.equal(first?.path, "page.html");
  const file = openLocalSource({ root: join(root, "folder/page.html"), platform });
  const entry = await entryAt(file, "");
  assert.equal(entry.bytes, 4);
  assert.equal(await readAll(file, entry), "text");
  assert.deepEqual(await file.describe(entry, undefined, never), { contentType: "text/html" });
});

test("names that are no UTF-8 are gaps of their own, and no other name is lost", async (t) => {
  const root = makeRoot(t);
  const raw = (...bytes: (string | number)[]): Buffer =>
    Buffer.concat([
      Buffer.from(`${root}/`),
      ...bytes.map((b) => Buffer.from(typeof b === "string" ? b : [b])),
    ]);
  fs.writeFileSync(raw("a", 0xff), "");
  fs.writeFileSync(raw("a", 0xfe), "");
  fs.mkdirSync(raw("z", 0xe4, "folder"));
  fs.writeFileSync(join(root, "valid-\ufffd"), "1");
  fs.writeFileSync(join(root, "valid"), "1");
  const items = await listedBy(openLocalSource({ root, platform }));
  assert.deepEqual(
    items.map((item) => [item.kind, item.path, item.kind === "gap" ? item.error.code : undefined]),
    [
      ["gap", "a\ufffdfe", "UnsafeName"],
      ["gap", "a\ufffdff", "UnsafeName"],
      ["file", "valid", undefined],
      ["file", "valid-\ufffd", undefined],
      ["gap", "z\ufffde4folder", "UnsafeName"],
    ],
  );
});

test("a folder that may not be read is a gap, one that may not be entered has a gap for every name", async (t) => {
  const root = makeRoot(t);
  fs.chmodSync(root, 0o755);
  for (const name of ["closed", "listed", "open"]) {
    fs.mkdirSync(join(root, name));
    fs.writeFileSync(join(root, name, "file"), "1");
  }
  fs.chmodSync(join(root, "closed"), 0o000);
  fs.chmodSync(join(root, "listed"), 0o444);
  await withoutRoot(async () => {
    const source = openLocalSource({ root, platform });
    const items = await listedBy(source);
    assert.deepEqual(
      items.map((item) => [item.kind, item.path, item.kind === "gap" ? item.error.code : undefined]),
      [
        ["folder", "closed", undefined],
        ["gap", "closed/", "AccessDenied"],
        ["folder", "listed", undefined],
        ["gap", "listed/file", "AccessDenied"],
        ["folder", "open", undefined],
        ["file", "open/file", undefined],
      ],
    );
    const closed = openLocalSource({ root: join(root, "closed"), platform });
    const [gap] = await listedBy(closed);
    assert(gap?.kind === "gap" && gap.path === "" && gap.error.code === "AccessDenied");
    await assert.rejects(() => closed.hasChildren(asPath(""), never), { code: "AccessDenied" });
  });
  for (const name of ["closed", "listed"]) fs.chmodSync(join(root, name), 0o755);
});

test("a file that may not be read fails with AccessDenied, and says so", async (t) => {
  const root = makeRoot(t);
  fs.chmodSync(root, 0o755);
  fs.writeFileSync(join(root, "secret"), "1234", { mode: 0o000 });
  await withoutRoot(async () => {
    const source = openLocalSource({ root, platform });
    const entry = await entryAt(source, "secret");
    await assert.rejects(() => readAll(source, entry), {
      code: "AccessDenied",
      message: /secret.*permission denied/,
    });
  });
});

test("what took a file's place is not read: a link, a folder, a pipe", async (t) => {
  const root = makeRoot(t);
  const path = join(root, "file");
  const source = openLocalSource({ root, platform });
  fs.writeFileSync(join(root, "other"), "1234");
  for (const replace of [
    () => fs.symlinkSync("other", path),
    () => fs.mkdirSync(path),
    () => execFileSync("mkfifo", [path]),
  ]) {
    fs.writeFileSync(path, "1234");
    const entry = await entryAt(source, "file");
    fs.rmSync(path);
    replace();
    await assert.rejects(() => readAll(source, entry), { code: "SourceChanged" });
    await assert.rejects(() => source.verify(entry, never), { code: "SourceChanged" });
    fs.rmSync(path, { recursive: true });
  }
});

test("a file that shrank, grew or was touched is SourceChanged, whatever the size of the read", async (t) => {
  const root = makeRoot(t);
  const path = join(root, "file");
  const source = openLocalSource({ root, platform });
  for (const bytes of [1_000, 3 * MiB]) {
    for (const change of [
      () => fs.truncateSync(path, 10),
      () => fs.appendFileSync(path, "more"),
      () => fs.utimesSync(path, 1, 1),
    ]) {
      fs.writeFileSync(path, Buffer.alloc(bytes));
      const entry = await entryAt(source, "file");
      change();
      const into = new Uint8Array(bytes);
      const read = source.read(entry, { offset: 0, length: bytes }, into, never);
      await assert.rejects(read, { code: "SourceChanged", message: /changed since it was listed/ });
    }
  }
});

test("the content type follows from the name, then from the content", async (t) => {
  const root = makeRoot(t);
  const source = openLocalSource({ root, platform, contentTypes: new Map([[".own", "application/x-own"]]) });
  for (const [name, content, contentType] of [
    ["page.html", "", "text/html"],
    ["a.own", "<html>", "application/x-own"],
    ["README", "text", "text/plain"],
    ["empty", "", "text/plain"],
    ["x.bin", "\x01\x02", "application/octet-stream"],
    ["x.dll", "text", "text/plain"],
    ["image", "GIF89a", "image/gif"],
  ] as const) {
    fs.writeFileSync(join(root, name), content, "latin1");
    assert.deepEqual(
      await source.describe(await entryAt(source, name), undefined, never),
      { contentType },
      name,
    );
  }
});

test("reading leaves no file open", { skip: !fs.existsSync("/proc/self/fd") && "needs /proc" }, async (t) => {
  const root = makeRoot(t);
  const source = openLocalSource({ root, platform });
  fs.writeFileSync(join(root, "file"), Buffer.alloc(MiB));
  const entry = await entryAt(source, "file");
  const openBefore = fs.readdirSync("/proc/self/fd").length;
  await readAll(source, entry);
  await source.hasChildren(asPath(""), never);
  await listedBy(source);
  fs.appendFileSync(join(root, "file"), "more");
  await assert.rejects(() => readAll(source, entry));
  for await (const page of source.list({ prefix: asPath(""), recursive: true }, never)) if (page) break;
  assert.equal(fs.readdirSync("/proc/self/fd").length, openBefore);
});

test("on Windows names are listed decoded, and read by their names on disk", async (t) => {
  const root = makeRoot(t);
  fs.mkdirSync(join(root, "a%3Ab"));
  fs.writeFileSync(join(root, "a%3Ab", "what%3F 100%25.txt"), "1234");
  const source = openLocalSource({ root, platform: "win32" });
  const [folder, file] = await listedBy(source);
  assert.equal(folder?.path, "a:b");
  assert.equal(file?.path, "a:b/what? 100%25.txt");
  assert.equal(await readAll(source, file as Entry), "1234");
});
