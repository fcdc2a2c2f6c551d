import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { MemorySpillDisk } from "../../test/fakes/memory-spill-disk.ts";
import { asPath, type Entry, type Listed, type Listing, type Page } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import { DisorderError, type OrderOptions, orderedListing, trustedOrder } from "./ordered-listing.ts";

const entry = (path: string, kind: Entry["kind"] = "file"): Entry => ({
  kind,
  path: asPath(path),
  bytes: 1,
  modifiedMs: 0,
  version: undefined,
});

const pagesOf = (items: readonly Listed[], size: number): Page[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => ({
    items: items.slice(i * size, (i + 1) * size),
    token: `${i}`,
  }));

async function* stream(pages: readonly Page[]): Listing {
  yield* pages;
}

async function collect(listing: Listing): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of listing) pages.push(page);
  return pages;
}

const pathsOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ path }) => path));
const options = (more: Partial<OrderOptions> = {}): OrderOptions => ({
  side: "destination",
  folder: "/nowhere",
  disk: new MemorySpillDisk(),
  entriesPerRun: 2,
  ...more,
});
const utf8 = { order: "utf8" } as const;

const path = fc
  .array(fc.constantFrom("a", "-", "/", "Ａ", "😀"), { minLength: 1, maxLength: 4 })
  .map((characters) => characters.join(""));
const paths = fc.array(path, { maxLength: 12 });
const sizes = fc.integer({ min: 1, max: 4 });

test("a listing in the order it claims passes through page by page, tokens and all", async () => {
  await fc.assert(
    fc.asyncProperty(paths, sizes, async (names, size) => {
      const pages = pagesOf(
        names.sort(compareUtf8).map((name) => entry(name)),
        size,
      );
      const got = await collect(trustedOrder(stream(pages), utf8, options()));
      assert.equal(got.length, pages.length);
      for (const [i, page] of got.entries()) assert.equal(page, pages[i]);
    }),
    { numRuns: 1_000 },
  );
});

test("the page that breaks the order is never handed on, and the error names the side and both paths", async () => {
  await fc.assert(
    fc.asyncProperty(paths, sizes, async (names, size) => {
      const wrong = names.findIndex((name, i) => i > 0 && compareUtf8(names[i - 1] as string, name) > 0);
      fc.pre(wrong > 0);
      const got: Page[] = [];
      const read = async (): Promise<void> => {
        const listed = pagesOf(
          names.map((name) => entry(name)),
          size,
        );
        for await (const page of trustedOrder(stream(listed), utf8, options())) got.push(page);
      };
      await assert.rejects(read(), (error) => {
        assert(error instanceof DisorderError && error instanceof StorageError);
        assert.equal(error.side, "destination");
        assert.equal(error.code, "Corrupt");
        assert(error.message.includes(`"${names[wrong]}" after "${names[wrong - 1]}"`));
        return true;
      });
      assert.equal(got.length, Math.floor(wrong / size));
    }),
    { numRuns: 1_000 },
  );
});

test("folders may stand anywhere, gaps only in their place", async () => {
  const gap = (at: string): Listed => ({
    kind: "gap",
    path: asPath(at),
    error: new StorageError("AccessDenied", "no"),
  });
  const fine = [entry("a"), entry("z", "folder"), entry("a-b"), gap("a/"), entry("b")];
  const bad = [entry("a"), entry("b"), gap("a/")];
  assert.equal((await collect(trustedOrder(stream(pagesOf(fine, 2)), utf8, options()))).length, 3);
  await assert.rejects(collect(trustedOrder(stream(pagesOf(bad, 2)), utf8, options())), DisorderError);
});

test("a store without an order is sorted; so is all that is told to be, or has other keys than its paths", async () => {
  const pages = pagesOf([entry("b"), entry("A"), entry("c"), entry("a")], 2);
  const sorted = ["A", "a", "b", "c"];
  assert.deepEqual(pathsOf(await collect(trustedOrder(stream(pages), { order: "none" }, options()))), sorted);
  const forced = options({ forceSort: true });
  assert.deepEqual(pathsOf(await collect(trustedOrder(stream(pages), utf8, forced))), sorted);
  const folded = options({ keyOf: (at) => at.toLowerCase() });
  const inOrder = pagesOf([entry("B"), entry("a")], 1);
  assert.deepEqual(pathsOf(await collect(trustedOrder(stream(inOrder), utf8, folded))), ["a", "B"]);
});

test("disorder in the first page opens the listing again, sorted; later it ends the listing", async () => {
  const ordered = async (names: readonly string[], more: Partial<OrderOptions> = {}) => {
    let opened = 0;
    const open = (): Listing => {
      opened++;
      return stream(
        pagesOf(
          names.map((name) => entry(name)),
          2,
        ),
      );
    };
    const result = await collect(orderedListing(open, utf8, options(more))).then(
      pathsOf,
      (error: unknown) => error,
    );
    return { result, opened };
  };
  assert.deepEqual(await ordered(["a", "b", "c"]), { result: ["a", "b", "c"], opened: 1 });
  assert.deepEqual(await ordered(["b", "a", "c"]), { result: ["a", "b", "c"], opened: 2 });
  const late = await ordered(["a", "b", "d", "c"]);
  assert(late.result instanceof DisorderError);
  assert.equal(late.opened, 1);
  const forced = await ordered(["a", "b", "d", "c"], { forceSort: true });
  assert.deepEqual(forced, { result: ["a", "b", "c", "d"], opened: 1 });
});

test("an early end and an error reach the listing below", async () => {
  let closed = 0;
  const watched = async function* (): Listing {
    try {
      yield* pagesOf([entry("a"), entry("b")], 1);
      throw new StorageError("Unreachable", "gone");
    } finally {
      closed++;
    }
  };
  for await (const page of orderedListing(watched, utf8, options())) {
    assert.equal(page.items.length, 1);
    break;
  }
  assert.equal(closed, 1);
  await assert.rejects(collect(orderedListing(watched, utf8, options())), { code: "Unreachable" });
  await assert.rejects(collect(orderedListing(watched, { order: "none" }, options())), {
    code: "Unreachable",
  });
  assert.equal(closed, 3);
});
