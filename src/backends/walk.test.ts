import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import { asPath, type Listed, type ListOptions, type Page, type RelativePath } from "./backend.ts";
import { type Child, type Tree, walk } from "./walk.ts";

/** A folder by its names; "file", or "unreadable": a folder that cannot be read. */
type Node = { readonly [name: string]: Node } | "file" | "unreadable";

const never = new AbortController().signal;

class FakeTree implements Tree {
  readonly root: Node;
  /** Folders read, in order. */
  readonly read: string[] = [];

  constructor(root: Node) {
    this.root = root;
  }

  at(path: string): Node | undefined {
    return path
      .split("/")
      .filter((name) => name !== "")
      .reduce<Node | undefined>(
        (node, name) => (typeof node === "object" ? node[name] : undefined),
        this.root,
      );
  }

  *children(folder: RelativePath): Iterable<readonly Child[]> {
    this.read.push(folder);
    const node = this.at(folder);
    if (node === "unreadable") throw new StorageError("AccessDenied", `cannot read "${folder}"`);
    if (node === undefined || node === "file") throw new StorageError("NotFound", `no folder "${folder}"`);
    const children = Object.entries(node).map(([name, child]) => ({ name, folder: child !== "file" }));
    for (let start = 0; start < children.length; start += 3) yield children.slice(start, start + 3);
  }

  listed(path: RelativePath): Listed | undefined {
    const node = this.at(path);
    if (node === undefined) return undefined;
    return {
      kind: node === "file" ? "file" : "folder",
      path,
      bytes: 0,
      modifiedMs: undefined,
      version: undefined,
    };
  }
}

const name = fc
  .array(fc.constantFrom("a", "b", "-", ".", "0", "!", "é", "Ａ", "😀", "\ue000"), {
    minLength: 1,
    maxLength: 3,
  })
  .map((characters) => characters.join(""));
const forest: fc.Arbitrary<Node> = fc.letrec<{ node: Node; folder: Node }>((tie) => ({
  folder: fc.dictionary(name, tie("node"), { maxKeys: 6, noNullPrototype: true }),
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant<Node>("file") },
    { weight: 1, arbitrary: fc.constant<Node>("unreadable") },
    { weight: 3, arbitrary: tie("folder") },
  ),
})).folder;
const limitsOf = fc.record({
  pageItemsMax: fc.integer({ min: 1, max: 5 }),
  namesHeldMax: fc.integer({ min: 1, max: 4 }),
});

/** What a walk must yield, by brute force: every path, and every unreadable folder's contents as a gap. */
function expected(node: Node, path = ""): string[] {
  if (node === "unreadable") return [`gap ${path}`];
  if (node === "file") return [];
  return Object.entries(node).flatMap(([child, below]) => [
    `${below === "file" ? "file" : "folder"} ${path}${child}`,
    ...expected(below, `${path}${child}/`),
  ]);
}

async function pagesOf(
  tree: Tree,
  options: Partial<ListOptions> = {},
  limits?: { pageItemsMax: number; namesHeldMax: number },
): Promise<Page[]> {
  const pages: Page[] = [];
  const all = { prefix: asPath(""), recursive: true, ...options };
  for await (const page of walk(tree, all, never, limits)) pages.push(page);
  return pages;
}

const namesOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ kind, path }) => `${kind} ${path}`));
const pathsOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ path }) => path));

test("a walk yields everything, gaps included, once and in UTF-8 order of full paths", async () => {
  await fc.assert(
    fc.asyncProperty(forest, limitsOf, async (root, limits) => {
      const pages = await pagesOf(new FakeTree(root), {}, limits);
      assert.deepEqual(namesOf(pages).sort(), expected(root).sort());
      const paths = pathsOf(pages);
      for (let i = 1; i < paths.length; i++) {
        assert(
          compareUtf8(paths[i - 1] as string, paths[i] as string) < 0,
          `${paths[i - 1]} before ${paths[i]}`,
        );
      }
      for (const page of pages) assert(page.items.length > 0 && page.items.length <= limits.pageItemsMax);
    }),
    { numRuns: 800 },
  );
});

test("a walk from any token yields exactly the rest, whatever the page sizes", async () => {
  await fc.assert(
    fc.asyncProperty(forest, limitsOf, limitsOf, async (root, limits, others) => {
      const pages = await pagesOf(new FakeTree(root), {}, limits);
      for (const [number, { token }] of pages.entries()) {
        const again = await pagesOf(new FakeTree(root), { from: token }, others);
        assert.deepEqual(namesOf(again), namesOf(pages.slice(number)));
        assert.equal(again[0]?.token, token);
      }
    }),
    { numRuns: 250 },
  );
});

test("a walk from a token reads no folder that lies wholly before it", async () => {
  await fc.assert(
    fc.asyncProperty(forest, async (root) => {
      const pages = await pagesOf(new FakeTree(root), {}, { pageItemsMax: 2, namesHeldMax: 100 });
      for (const { token } of pages) {
        const tree = new FakeTree(root);
        await pagesOf(tree, { from: token });
        for (const folder of tree.read) {
          assert(token === undefined || token.startsWith(folder) || compareUtf8(folder, token) > 0);
        }
        assert.equal(new Set(tree.read).size, tree.read.length, "a folder is read twice");
      }
    }),
    { numRuns: 250 },
  );
});

test("a walk of a prefix yields what the whole walk yields below it", async () => {
  await fc.assert(
    fc.asyncProperty(forest, limitsOf, async (root, limits) => {
      const all = await pagesOf(new FakeTree(root));
      const folders = all.flatMap(({ items }) => items.filter(({ kind }) => kind === "folder"));
      for (const { path } of folders) {
        const prefix = asPath(`${path}/`);
        const below = namesOf(all).filter((item) => item.slice(item.indexOf(" ") + 1).startsWith(prefix));
        assert.deepEqual(namesOf(await pagesOf(new FakeTree(root), { prefix }, limits)), below);
      }
    }),
    { numRuns: 300 },
  );
});

const small: Node = { "a.txt": "file", a: { b: "file", c: { d: "file" } }, "a-b": "file", z: "unreadable" };

test("without recursion only the folder itself is read", async () => {
  const tree = new FakeTree(small);
  assert.deepEqual(pathsOf(await pagesOf(tree, { recursive: false })), ["a", "a-b", "a.txt", "z"]);
  assert.deepEqual(tree.read, [""]);
});

test("a folder that need not be entered is listed and not read", async () => {
  const tree = new FakeTree(small);
  const enters = (folder: RelativePath): boolean => folder !== "a/c" && folder !== "z";
  assert.deepEqual(pathsOf(await pagesOf(tree, { enters })), ["a", "a-b", "a.txt", "a/b", "a/c", "z"]);
  assert.deepEqual(tree.read, ["", "a/"]);
});

test("a missing root is NotFound, an unreadable one is a gap, a vanished folder is nothing", async () => {
  await assert.rejects(() => pagesOf(new FakeTree(small), { prefix: asPath("no/") }), { code: "NotFound" });
  assert.deepEqual(namesOf(await pagesOf(new FakeTree("unreadable"))), ["gap "]);
  assert.deepEqual(namesOf(await pagesOf(new FakeTree(small), { prefix: asPath("z/") })), ["gap z/"]);
  const vanishing = new FakeTree({ a: { b: "file" }, c: "file" });
  const children = vanishing.children.bind(vanishing);
  vanishing.children = function* (folder: RelativePath) {
    if (folder === "a/") throw new StorageError("NotFound", "gone");
    yield* children(folder);
  };
  assert.deepEqual(namesOf(await pagesOf(vanishing)), ["folder a", "file c"]);
});

test("a name with a fault and a file that became a folder are gaps, what vanished is nothing", async () => {
  const fault = new StorageError("UnsafeName", "no text");
  const tree: Tree = {
    children: () => [
      ["bad", "grown", "gone"].map((each) => ({
        name: each,
        folder: false,
        ...(each === "bad" ? { fault } : {}),
      })),
    ],
    listed: (path) =>
      path === "gone"
        ? undefined
        : { kind: "folder", path, bytes: 0, modifiedMs: undefined, version: undefined },
  };
  const [page] = await pagesOf(tree);
  assert.deepEqual(
    page?.items.map((item) => [item.kind, item.path, item.kind === "gap" ? item.error.code : ""]),
    [
      ["gap", "bad", "UnsafeName"],
      ["gap", "grown", "SourceChanged"],
    ],
  );
});

test("an aborted walk ends with Cancelled, within a page", async () => {
  const abort = new AbortController();
  const tree = new FakeTree(
    Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, "file" as const])),
  );
  const pages = walk(tree, { prefix: asPath(""), recursive: true }, abort.signal, {
    pageItemsMax: 10,
    namesHeldMax: 100,
  });
  const read = async (): Promise<void> => {
    for await (const page of pages) {
      assert(page.items.length > 0);
      abort.abort();
    }
  };
  await assert.rejects(read, { code: "Cancelled" });
});

test("a folder with more names than may be held is read in rounds, and nothing else is", async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, "file" as const]));
  const tree = new FakeTree({ many, other: "file" });
  const pages = await pagesOf(tree, {}, { pageItemsMax: 1_000, namesHeldMax: 30 });
  assert.equal(pathsOf(pages).length, 102);
  assert.deepEqual(tree.read, ["", "many/", "many/", "many/", "many/"]);
});
