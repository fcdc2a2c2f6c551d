import { strict as assert } from "node:assert";
import { asPath, type Entry } from "../../src/backends/backend.ts";
import {
  awkwardNames,
  byBytes,
  itemsOf,
  neverAborted,
  objectsOf,
  pagesOf,
  pathsOf,
  rejectsWith,
  sample,
  text,
} from "./samples.ts";
import type { SourceGround } from "./suite.ts";

const tree: Readonly<Record<string, string>> = {
  "a.txt": "1",
  "a/b.txt": "22",
  "a/c/d.txt": "333",
  "a/c/e.txt": "4444",
  "a-b": "55555",
  "a!": "666666",
  "b/x": "7",
  b0: "8",
  "c/d/e/f/g": "9",
  empty: "",
  "z-😀": "10",
  "z-Ａ": "11",
};

async function plant(ground: SourceGround, contents: Readonly<Record<string, string>> = tree): Promise<void> {
  for (const [path, content] of Object.entries(contents)) await ground.place(path, text(content));
}

async function entryAt(ground: SourceGround, path: string): Promise<Entry> {
  const entry = (await objectsOf(ground.source)).find((each) => each.path === path);
  assert(entry, `"${path}" is not listed`);
  return entry;
}

async function readWhole(ground: SourceGround, entry: Entry): Promise<Uint8Array> {
  const into = new Uint8Array(entry.bytes);
  await ground.source.read(entry, { offset: 0, length: entry.bytes }, into, neverAborted);
  return into;
}

/** What every source promises, by title. */
export const sourceTests: Readonly<Record<string, (ground: SourceGround) => Promise<void>>> = {
  async "list: an empty root lists nothing"(ground) {
    assert.deepEqual(itemsOf(await pagesOf(ground.source)), []);
  },

  async "list: every object once, with its size and time"(ground) {
    await plant(ground);
    const entries = await objectsOf(ground.source);
    assert.deepEqual(entries.map((entry) => entry.path).sort(), Object.keys(tree).sort());
    for (const entry of entries) {
      assert.equal(entry.kind, "file");
      assert.equal(entry.bytes, tree[entry.path]?.length);
      assert(entry.modifiedMs === undefined || Number.isFinite(entry.modifiedMs));
    }
  },

  async "list: in the order of the UTF-8 bytes, where the traits promise it"(ground) {
    await plant(ground);
    const paths = itemsOf(await pagesOf(ground.source)).map((item) => item.path as string);
    assert.equal(new Set(paths).size, paths.length, "something is listed twice");
    if (ground.source.traits.order === "utf8") assert.deepEqual(paths, [...paths].sort(byBytes));
  },

  async "list: comes in pages, and every page's token begins again with that page"(ground) {
    await plant(ground);
    const pages = await pagesOf(ground.source);
    assert(pages.length >= Object.keys(tree).length / 3, "the ground was told to make small pages");
    assert.equal(pages[0]?.token, undefined);
    for (const [number, page] of pages.entries()) {
      const again = await pagesOf(ground.source, { from: page.token });
      assert.deepEqual(itemsOf(again), itemsOf(pages.slice(number)), `from page ${number}`);
      assert.equal(again[0]?.token, page.token);
    }
  },

  async "list: a token holds in a new listing even if objects before it are gone"(ground) {
    await plant(ground);
    const pages = await pagesOf(ground.source);
    const [second] = pages.slice(1);
    assert(second);
    for (const { path, kind } of pages[0]?.items ?? []) if (kind === "file") await ground.remove(path);
    assert.deepEqual(itemsOf(await pagesOf(ground.source, { from: second.token })), itemsOf(pages.slice(1)));
  },

  async "list: a prefix limits it to that folder"(ground) {
    await plant(ground);
    const below = (prefix: string): Promise<string[]> => pathsOf(ground.source, { prefix: asPath(prefix) });
    assert.deepEqual((await below("a/")).sort(), ["a/b.txt", "a/c/d.txt", "a/c/e.txt"]);
    assert.deepEqual((await below("a/c/")).sort(), ["a/c/d.txt", "a/c/e.txt"]);
    assert.deepEqual(await below("c/d/e/"), ["c/d/e/f/g"]);
  },

  async "list: pages of a prefix begin again at their tokens"(ground) {
    for (let i = 0; i < 8; i++) await ground.place(`folder/${i % 2 === 0 ? "sub/" : ""}${i}`, text("x"));
    await plant(ground);
    const prefix = asPath("folder/");
    const pages = await pagesOf(ground.source, { prefix });
    for (const [number, { token }] of pages.entries()) {
      const again = await pagesOf(ground.source, { prefix, from: token });
      assert.deepEqual(itemsOf(again), itemsOf(pages.slice(number)));
    }
  },

  async "list: not recursive, only what lies directly there"(ground) {
    await plant(ground);
    const direct = (prefix: string): Promise<string[]> =>
      pathsOf(ground.source, { prefix: asPath(prefix), recursive: false });
    assert.deepEqual((await direct("")).sort(), ["a!", "a-b", "a.txt", "b0", "empty", "z-Ａ", "z-😀"].sort());
    assert.deepEqual(await direct("a/"), ["a/b.txt"]);
    assert.deepEqual(await direct("c/d/"), []);
  },

  async "list: not recursive, pages begin again at their tokens"(ground) {
    await plant(ground);
    const pages = await pagesOf(ground.source, { recursive: false });
    for (const [number, { token }] of pages.entries()) {
      const again = await pagesOf(ground.source, { recursive: false, from: token });
      assert.deepEqual(itemsOf(again), itemsOf(pages.slice(number)));
    }
  },

  async "list: real folders are listed, and entered only where that is wanted"(ground) {
    if (ground.source.traits.folders === "virtual") return;
    await plant(ground);
    const folders = itemsOf(await pagesOf(ground.source)).filter((item) => item.kind === "folder");
    assert.deepEqual(
      folders.map((folder) => folder.path),
      ["a", "a/c", "b", "c", "c/d", "c/d/e", "c/d/e/f"],
    );
    const asked: string[] = [];
    const enters = (folder: string): boolean => {
      asked.push(folder);
      return folder !== "a/c" && folder !== "c";
    };
    const items = itemsOf(await pagesOf(ground.source, { enters }));
    assert.deepEqual(
      items
        .filter((item) => item.path.startsWith("a/") || item.path.startsWith("c"))
        .map((item) => item.path),
      ["a/b.txt", "a/c", "c"],
    );
    assert.deepEqual(asked, ["a", "a/c", "b", "c"]);
  },

  async "list, hasChildren: throw when the root is missing"(ground) {
    const codes = ["NotFound", "ContainerNotFound"] as const;
    await rejectsWith(codes, () => pagesOf(ground.rootless));
    await rejectsWith(codes, () => ground.rootless.hasChildren(asPath(""), neverAborted));
  },

  async "list, read: an aborted signal ends them"(ground) {
    await plant(ground);
    const entry = await entryAt(ground, "a.txt");
    const aborted = AbortSignal.abort();
    const into = new Uint8Array(1);
    await assert.rejects(async () => {
      for await (const page of ground.source.list({ prefix: asPath(""), recursive: true }, aborted))
        assert(page);
    });
    await assert.rejects(() => ground.source.read(entry, { offset: 0, length: 1 }, into, aborted));
  },

  async "hasChildren: tells a folder that holds something from what does not"(ground) {
    const has = (folder: string): Promise<boolean> => ground.source.hasChildren(asPath(folder), neverAborted);
    assert.equal(await has(""), false);
    await plant(ground);
    assert.equal(await has(""), true);
    for (const folder of ["a", "a/", "a/c", "c/d/"]) assert.equal(await has(folder), true, folder);
    const missing = await has("nothing-there").catch((error: unknown) => (error as { code: string }).code);
    assert(missing === false || missing === "NotFound");
  },

  async "stat: agrees with the listing, and says when nothing is there"(ground) {
    await plant(ground);
    for (const listed of await objectsOf(ground.source)) {
      const entry = await ground.source.stat(listed.path, neverAborted);
      assert(entry, listed.path);
      for (const key of ["kind", "path", "bytes", "modifiedMs"] as const)
        assert.equal(entry[key], listed[key]);
      if (listed.version !== undefined) assert.equal(entry.version, listed.version);
    }
    for (const path of ["nothing", "a/nothing", "nothing/at/all", "a.txt/below-a-file"]) {
      assert.equal(await ground.source.stat(asPath(path), neverAborted), undefined, path);
    }
  },

  async "read: any range of an object"(ground) {
    const content = sample(700_001);
    await ground.place("folder/object", content);
    const entry = await entryAt(ground, "folder/object");
    for (const [offset, length] of [
      [0, content.length],
      [0, 1],
      [content.length - 1, 1],
      [1, 300_000],
      [262_143, 2],
      [400_000, 300_001],
    ] as const) {
      const into = new Uint8Array(length);
      await ground.source.read(entry, { offset, length }, into, neverAborted);
      assert(Buffer.from(into).equals(content.subarray(offset, offset + length)), `${length} at ${offset}`);
    }
  },

  async "read: an empty object"(ground) {
    await ground.place("empty", new Uint8Array(0));
    assert.equal((await readWhole(ground, await entryAt(ground, "empty"))).length, 0);
  },

  async "read: an object that stat found is read as one that was listed"(ground) {
    await plant(ground);
    const entry = await ground.source.stat(asPath("a/c/e.txt"), neverAborted);
    assert(entry);
    assert.equal(Buffer.from(await readWhole(ground, entry)).toString(), "4444");
  },

  async "read, verify: SourceChanged once the object was replaced"(ground) {
    for (const [was, is] of [
      ["1234", "12345678"],
      ["1234", "4321"],
      ["1234", "1"],
      ["1234", ""],
    ] as const) {
      await ground.place("object", text(was));
      const entry = await entryAt(ground, "object");
      await ground.source.verify(entry, neverAborted);
      await ground.place("object", text(is));
      await rejectsWith(["SourceChanged"], () => readWhole(ground, entry));
      await rejectsWith(["SourceChanged"], () => ground.source.verify(entry, neverAborted));
    }
  },

  async "read, verify: an object that is gone"(ground) {
    await ground.place("object", text("1234"));
    const entry = await entryAt(ground, "object");
    await ground.remove("object");
    await rejectsWith(["SourceChanged", "NotFound"], () => readWhole(ground, entry));
    await rejectsWith(["SourceChanged", "NotFound"], () => ground.source.verify(entry, neverAborted));
  },

  async "describe: the same with and without the content's beginning"(ground) {
    await plant(ground, { "page.html": "<html>", plain: "some text", empty: "" });
    for (const path of ["page.html", "plain", "empty"]) {
      const entry = await entryAt(ground, path);
      const head = await readWhole(ground, entry);
      assert.deepEqual(
        await ground.source.describe(entry, undefined, neverAborted),
        await ground.source.describe(entry, head, neverAborted),
      );
    }
  },

  async "awkward names are listed, found and read"(ground) {
    for (const [number, name] of awkwardNames.entries()) await ground.place(name, text(`content ${number}`));
    const listed = new Map((await objectsOf(ground.source)).map((entry) => [entry.path as string, entry]));
    assert.deepEqual([...listed.keys()].sort(byBytes), [...awkwardNames].sort(byBytes));
    for (const [number, name] of awkwardNames.entries()) {
      const entry = listed.get(name);
      assert(entry);
      assert.equal(Buffer.from(await readWhole(ground, entry)).toString(), `content ${number}`, name);
      assert.equal((await ground.source.stat(asPath(name), neverAborted))?.path, name);
    }
  },

  async "flat stores keep names that no folder tree can hold"(ground) {
    if (ground.source.traits.folders === "real") return;
    const names = ["a//b", "a/", "/a", "a///c/", "same", "same/below"];
    for (const name of names) await ground.place(name, text(name));
    const entries = await objectsOf(ground.source);
    assert.deepEqual(entries.map((entry) => entry.path).sort(), [...names].sort());
    for (const entry of entries)
      assert.equal(Buffer.from(await readWhole(ground, entry)).toString(), entry.path);
    assert.deepEqual((await pathsOf(ground.source, { prefix: asPath("a/") })).sort(), [
      "a/",
      "a///c/",
      "a//b",
    ]);
  },
};
