import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { NamedWorld } from "../../test/fakes/named-world.ts";
import {
  blobs,
  disk,
  sampleFiles as files,
  filesOf,
  gapsOf,
  glob,
  pagesOf,
  paths,
  sum,
  tree,
  sampleWorld as world,
} from "../../test/fakes/scan.ts";
import { asPath, type Entry, type Listing, type Source } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { compileFilter, type FilterFlags, parseFilter } from "./filter.ts";
import { type Selection, select } from "./select.ts";

const { signal } = new AbortController();

test("trees and globs give the same files from a disk and from a flat store", async () => {
  const rows: [selection: Selection, flags: FilterFlags, expected: string[]][] = [
    [tree(true), {}, files],
    [tree(false), {}, ["a.txt", "s.txt"]],
    [glob("s*", true), {}, files.filter((file) => file.startsWith("s"))],
    [glob("s*", false), {}, ["s.txt"]],
    [glob("*/b.txt", false), {}, ["s2/b.txt", "sub/b.txt"]],
    [tree(true), { includePattern: "b.*" }, ["s2/b.txt", "sub/b.txt"]],
    [tree(true), { excludePath: "sub" }, ["a.txt", "s.txt", "s2/b.txt", "😀/Ａ.txt"]],
    [glob("s*", true), { excludePath: "sub/" }, ["s.txt", "s2/b.txt", "sub-x/d.txt"]],
  ];
  for (const [selection, flags, expected] of rows) {
    for (const endpoint of [disk, blobs]) {
      const pages = await pagesOf(world().open(endpoint), selection, flags);
      assert.deepEqual(filesOf(pages).sort(), [...expected].sort(), JSON.stringify([selection, flags]));
      assert.deepEqual(gapsOf(pages), []);
    }
  }
});

test("links and special files are counted where the selection reaches them, and never taken", async () => {
  const rows: [selection: Selection, symlinks: number, specials: number][] = [
    [tree(true), 2, 1],
    [tree(false), 1, 1],
    [glob("l*", false), 1, 0],
    [glob("*/b.txt", false), 1, 0],
    [glob("s*", true), 1, 0],
    [paths(["link", "pipe", "sub"]), 2, 1],
  ];
  for (const [selection, symlinks, specials] of rows) {
    const pages = await pagesOf(world().open(disk), selection);
    assert.deepEqual(
      [sum(pages, "symlinks"), sum(pages, "specials")],
      [symlinks, specials],
      JSON.stringify(selection),
    );
  }
});

async function* pagesOfNothing(): Listing {
  yield { items: [], token: undefined };
}

test("a folder that is excluded, or that a glob cannot reach, is not read", async () => {
  const entered: string[] = [];
  const source: Source = {
    ...world().open(disk),
    list: (options) => {
      const folders = ["s2", "sub", "sub/deep", "t"].map(asPath);
      entered.push(...folders.filter((folder) => options.enters?.(folder)));
      return pagesOfNothing();
    },
  };
  await pagesOf(source, tree(true), { excludePath: "sub/d;t" });
  assert.deepEqual(entered.splice(0), ["s2", "sub"]);
  await pagesOf(source, glob("s*", true), { excludePath: "s2" });
  assert.deepEqual(entered, ["sub", "sub/deep"]);
});

test("a sole object is asked for once, or not at all where it is known", async () => {
  const here = world();
  const pages = await pagesOf(here.open(blobs), { kind: "object", path: asPath("a.txt") });
  assert.deepEqual(filesOf(pages), ["a.txt"]);
  assert.deepEqual(here.asked.splice(0), ["stat blob c a.txt"]);
  const found = pages[0]?.files[0];
  const selection: Selection = { kind: "object", path: asPath("a.txt") };
  const all = compileFilter(parseFilter({}, "linux"));
  for await (const page of select(here.open(blobs), selection, all, { found }, signal)) {
    assert.deepEqual(filesOf([page]), ["a.txt"]);
  }
  assert.deepEqual(here.asked, []);
  assert.deepEqual(filesOf(await pagesOf(here.open(disk), selection, { excludePath: "a" })), ["a.txt"]);
  assert.deepEqual(filesOf(await pagesOf(here.open(disk), selection, { excludePattern: "a*" })), []);
});

test("a sole object that is no file says what it is", async () => {
  const sole = (path: string) => pagesOf(world().open(disk), { kind: "object", path: asPath(path) });
  await assert.rejects(sole("nope"), { code: "NotFound" });
  await assert.rejects(sole("link"), {
    code: "InvalidArgument",
    message: /the sole file target is a symlink/,
  });
  await assert.rejects(sole("sub"), { code: "InvalidArgument", message: /is a folder/ });
  assert.equal(sum(await sole("pipe"), "specials"), 1);
});

test("starting again with any page's token gives that page and all after it, and nothing before", async () => {
  const segment = fc.constantFrom("a", "a-", "b", "sub", "Ａ", "😀");
  const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { maxLength: 30 }),
      fc.array(
        fc.oneof(
          name,
          name.map((each) => `${each}/`),
        ),
        { minLength: 1, maxLength: 8 },
      ),
      fc.integer({ min: 1, max: 3 }),
      async (names, list, pageItemsMax) => {
        const source = new NamedWorld({ containers: { c: names }, pageItemsMax }).open(blobs);
        for (const selection of [
          tree(true),
          tree(false),
          glob("a*", true),
          paths(list),
          paths(list, false),
        ]) {
          const pages = await pagesOf(source, selection);
          assert.equal(pages[0]?.token, undefined);
          assert.equal(new Set(filesOf(pages)).size, filesOf(pages).length, "each file once");
          for (const [index, page] of pages.entries()) {
            const again = await pagesOf(source, selection, {}, page.token);
            const rest = pages.slice(index);
            assert.deepEqual([filesOf(again), gapsOf(again)], [filesOf(rest), gapsOf(rest)]);
          }
        }
        const expected = names.filter((each) =>
          list.some(
            (path) =>
              path === each ||
              each.startsWith(path.endsWith("/") ? path : names.includes(path) ? `${path}\0` : `${path}/`),
          ),
        );
        assert.deepEqual(filesOf(await pagesOf(source, paths(list))).sort(), expected.sort());
      },
    ),
    { numRuns: 200 },
  );
});

test("a listing out of its order ends the scan, unless no order is promised", async () => {
  const file = (path: string): Entry => ({
    kind: "file",
    path: asPath(path),
    bytes: 1,
    modifiedMs: 0,
    version: "1",
  });
  const listing = (order: "utf8" | "none", pages: readonly string[][]): Source => {
    const inner = world().open(blobs);
    return {
      ...inner,
      traits: { ...inner.traits, order },
      async *list() {
        for (const page of pages) yield { items: page.map(file), token: undefined };
      },
    };
  };
  for (const pages of [[["b", "a"]], [["a"], ["b"], ["a"]], [["a", "a"]], [["😀", "Ａ"]]]) {
    await assert.rejects(pagesOf(listing("utf8", pages), tree(true)), { code: "Corrupt" });
    assert.deepEqual(filesOf(await pagesOf(listing("none", pages), tree(true))), pages.flat());
  }
  assert.deepEqual(
    filesOf(await pagesOf(listing("utf8", [["a-b"], ["a/b", "Ａ", "😀"]]), tree(true))).length,
    4,
  );
});

test("folders are passed over wherever a store lists them, and gaps are passed on", async () => {
  const inner = world().open(blobs);
  const error = new StorageError("AccessDenied", "may not be read");
  const source: Source = {
    ...inner,
    async *list() {
      const stub: Entry = { kind: "folder", path: asPath("d"), bytes: 0, modifiedMs: 0, version: undefined };
      const after: Entry = { ...stub, kind: "file", path: asPath("d-x") };
      yield { items: [after, stub, { kind: "gap", path: asPath("e/"), error }], token: undefined };
    },
  };
  const pages = await pagesOf(source, tree(true));
  assert.deepEqual(filesOf(pages), ["d-x"]);
  assert.deepEqual(gapsOf(pages), ["AccessDenied e/"]);
});
