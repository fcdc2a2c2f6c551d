import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { ListedNames, pagesOf } from "../../../test/fakes/listed-names.ts";
import { compareUtf8 } from "../../foundation/utf8-order.ts";
import { asPath, type Listed, type Page } from "../backend.ts";
import type { ParallelLimits } from "./parallel-listing.ts";

interface Case {
  readonly names: readonly string[];
  readonly pageItemsMax: number;
  readonly requestsMax: number;
  /** Turns that answers take, and items that their pages lack, by the number of the request. */
  readonly turns: readonly number[];
  readonly shortBy: readonly number[];
}

const name = fc
  .array(fc.constantFrom("a", "b", "-", "/", ".", "é", "Ａ", "😀", "😁"), { minLength: 1, maxLength: 7 })
  .map((characters) => characters.join(""));
/** Names that share folders: some of them many, some few. */
const names = fc
  .tuple(fc.array(name, { maxLength: 6 }), fc.array(fc.tuple(fc.nat(5), name), { maxLength: 90 }))
  .map(([folders, files]) => files.map(([i, file]) => (i in folders ? `${folders[i]}/${file}` : file)));
const cases: fc.Arbitrary<Case> = fc.record({
  names,
  pageItemsMax: fc.integer({ min: 1, max: 9 }),
  requestsMax: fc.integer({ min: 1, max: 5 }),
  turns: fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
  shortBy: fc.array(fc.constantFrom(0, 0, 0, 1, 9), { minLength: 1, maxLength: 5 }),
});

function build(spec: Case): { readonly service: ListedNames; readonly limits: ParallelLimits } {
  const { pageItemsMax, requestsMax, turns, shortBy } = spec;
  const at = (list: readonly number[], i: number): number => list[i % list.length] as number;
  const service = new ListedNames(spec.names, {
    pageItemsMax,
    // A service may answer with a page of nothing, but not for ever.
    shortBy: (number) => (number % 2 === 0 ? at(shortBy, number >> 1) : 0),
    delay: async (number) => {
      for (let i = at(turns, number); i >= 0; i--) await new Promise(setImmediate);
    },
  });
  return { service, limits: { requestsMax, pagesHeldMax: 2 * requestsMax, pageItemsMax } };
}

const itemsOf = (pages: readonly Page[]): Listed[] => pages.flatMap(({ items }) => items);
const pathsOf = (pages: readonly Page[]): string[] => itemsOf(pages).map(({ path }) => path);
const check = (run: (spec: Case) => Promise<void>, numRuns: number): Promise<void> =>
  fc.assert(fc.asyncProperty(cases, run), { numRuns }) as Promise<void>;

test("it brings what a flat listing would, in the same order, and keeps to its requests", async () => {
  let divided = 0;
  await check(async (spec) => {
    const { service, limits } = build(spec);
    const pages = await pagesOf(service.fetch, limits);
    assert.deepEqual(itemsOf(pages), service.entries);
    assert(pages.every(({ items }) => items.length > 0 && items.length <= limits.pageItemsMax));
    assert(service.underWayMost <= limits.requestsMax);
    if (service.requests.some(({ recursive }) => !recursive)) divided++;
  }, 2_000);
  assert(divided > 500, `${divided} listings were divided`);
});

test("a prefix limits it to that folder", async () => {
  await check(async (spec) => {
    const { service, limits } = build(spec);
    for (const prefix of ["a/", "b/"]) {
      const pages = await pagesOf(service.fetch, limits, { prefix: asPath(prefix) });
      const expected = service.names.filter((each) => each.startsWith(prefix));
      assert.deepEqual(pathsOf(pages), expected);
    }
  }, 500);
});

test("every page's token begins again with that page, and brings exactly the rest", async () => {
  await check(async (spec) => {
    const { service, limits } = build(spec);
    const pages = await pagesOf(service.fetch, limits);
    for (const [number, page] of pages.entries()) {
      const again = await pagesOf(service.fetch, limits, { from: page.token });
      assert.deepEqual(itemsOf(again), itemsOf(pages.slice(number)), `from page ${number}: ${page.token}`);
    }
  }, 300);
});

test("a page that a token begins with has that token", async () => {
  await check(async (spec) => {
    // Which page comes first must not depend on pages of nothing.
    const { service, limits } = build({ ...spec, shortBy: [0] });
    const pages = await pagesOf(service.fetch, limits);
    assert.equal(pages[0]?.token, undefined);
    for (const page of pages) {
      const [first] = await pagesOf(service.fetch, limits, { from: page.token });
      assert.equal(first?.token, page.token);
    }
  }, 300);
});

test("a token holds when names before and after it have come and gone", async () => {
  const changes = fc.array(fc.tuple(fc.boolean(), name), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(cases, changes, fc.nat(), async (spec, changed, at) => {
      const { service, limits } = build(spec);
      const pages = await pagesOf(service.fetch, limits);
      fc.pre(pages.length > 1);
      const number = at % pages.length;
      const { token, items } = pages[number] as Page;
      // The fake's markers count names, which change here; a place without markers is what is of interest.
      fc.pre(token !== undefined && !/(flat|level) /.test(token));
      const last = pathsOf(pages.slice(0, number)).at(-1) ?? "";
      const now = new Set(service.names);
      for (const [isNew, each] of changed) if (isNew) now.add(each);
      for (const [i, [isNew]] of changed.entries()) if (!isNew) now.delete(service.names[i * 7] as string);
      const later = new ListedNames(now, { pageItemsMax: spec.pageItemsMax });
      const got = pathsOf(await pagesOf(later.fetch, limits, { from: token }));
      // What is new just before the page may come or not.
      assert(got.every((each) => compareUtf8(each, last) > 0));
      const fromPage = (each: string): boolean => compareUtf8(each, items[0]?.path ?? "") >= 0;
      assert.deepEqual(got.filter(fromPage), later.names.filter(fromPage));
    }),
    { numRuns: 1_000 },
  );
});

test("whatever the service's order, every name comes once", async () => {
  const orders = [
    // By UTF-16 units.
    (a: string, b: string) => (a < b ? -1 : Number(a > b)),
    // As a tree: a folder's contents before its neighbour "a-b".
    (a: string, b: string) => compareUtf8(a.replaceAll("/", "\0"), b.replaceAll("/", "\0")),
  ];
  for (const compare of orders) {
    await check(async ({ names: some, pageItemsMax, requestsMax }) => {
      const service = new ListedNames(some, { pageItemsMax, compare });
      const limits = { requestsMax, pagesHeldMax: 2 * requestsMax, pageItemsMax };
      assert.deepEqual(pathsOf(await pagesOf(service.fetch, limits)), service.names);
    }, 300);
  }
});

test("of an excluded folder nothing is asked for by name, and what is wanted comes whole", async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.array(name, { minLength: 1, maxLength: 3 }), async (spec, excluded) => {
      const { service, limits } = build(spec);
      const out = (path: string): boolean => excluded.some((each) => `${path}/`.startsWith(`${each}/`));
      const pages = await pagesOf(service.fetch, limits, { enters: (folder) => !out(folder) });
      const got = pathsOf(pages);
      assert.deepEqual(
        got.filter((path) => !out(path)),
        service.names.filter((path) => !out(path)),
      );
      const all = new Set(service.names);
      assert(got.every((path) => all.has(path)));
      for (const { prefix } of service.requests) {
        assert(!(prefix.endsWith("/") && out(prefix.slice(0, -1))), `"${prefix}" was listed`);
      }
    }),
    { numRuns: 1_000 },
  );
});
