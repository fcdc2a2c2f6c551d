import { strict as assert } from "node:assert";
import { after, test } from "node:test";
import fc from "fast-check";
import { ListedNames, type ListedNamesOptions } from "../../../test/fakes/listed-names.ts";
import { StorageError } from "../../foundation/errors.ts";
import { compareUtf8 } from "../../foundation/utf8-order.ts";
import { asPath, type Listed, type ListOptions, type Page, type RelativePath } from "../backend.ts";
import { type FetchPage, type ParallelLimits, parallelListing } from "./parallel-listing.ts";

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
process.on("unhandledRejection", onUnhandled);
after(() => {
  process.off("unhandledRejection", onUnhandled);
  assert.deepEqual(unhandled, []);
});

const never = new AbortController().signal;
const root = asPath("");

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

type Options = Partial<Omit<ListOptions, "recursive">>;

async function pagesOf(fetch: FetchPage, limits: ParallelLimits, options: Options = {}): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of parallelListing(fetch, { prefix: root, ...options }, never, limits))
    pages.push(page);
  return pages;
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

const numbered = (count: number, nameOf: (number: string) => string): string[] =>
  Array.from({ length: count }, (_, i) => nameOf(String(i).padStart(6, "0")));

async function requestsFor(
  all: Iterable<string>,
  options: Options = {},
  more: Partial<ListedNamesOptions> = {},
) {
  const service = new ListedNames(all, { pageItemsMax: 100, ...more });
  const pages = await pagesOf(
    service.fetch,
    { requestsMax: 16, pagesHeldMax: 32, pageItemsMax: 100 },
    options,
  );
  return { service, pages, count: service.requests.length };
}

test("without folders, or with small ones, it is a flat listing: the same requests, and the service's markers", async () => {
  for (const [all, requests] of [
    [[], 1],
    [numbered(90, (n) => `d${n}/f`), 1],
    [numbered(2_000, (n) => `f${n}`), 20],
    [numbered(700, (n) => `d${n.slice(0, 5)}/f${n}`), 7],
    [numbered(3_000, (n) => `d${n}/f`), 30],
  ] as const) {
    const { service, pages, count } = await requestsFor(all);
    assert.equal(count, requests);
    assert(service.requests.every(({ recursive, prefix }) => recursive && prefix === ""));
    assert.deepEqual(
      pages.map(({ token }) => token),
      service.requests.slice(0, pages.length).map(({ marker }) => marker),
    );
  }
});

test("large folders are listed at the same time, for few requests more", async () => {
  for (const [all, flat, most] of [
    [numbered(20_000, (n) => `${n.slice(0, 3)}/${n.slice(3)}`), 200, 240],
    [numbered(20_000, (n) => `all/of/them/${n.slice(0, 4)}/${n.slice(4)}`), 200, 260],
    // Small ones in a long listing: several in a request.
    [numbered(20_000, (n) => `${n.slice(0, 5)}/${n.slice(5)}`), 200, 260],
  ] as const) {
    const { service, pages, count } = await requestsFor(all);
    assert.deepEqual(pathsOf(pages), service.names);
    assert(count >= flat && count <= most, `${count} requests instead of ${flat}`);
    assert(service.underWayMost >= 8 && service.underWayMost <= 16);
  }
});

test("a hundred thousand small neighbours of a large folder are not asked for one by one", async () => {
  const all = [
    ...numbered(2_000, (n) => `_large/${n}`),
    ...numbered(100_000, (n) => `user-${n.slice(0, 5)}/${n}`),
  ];
  const { service, pages, count } = await requestsFor(all);
  assert.deepEqual(pathsOf(pages), service.names);
  assert(count < 3 * 1_020, `${count} requests instead of 1,020`);
});

test("an excluded folder costs a page or two, however large", async () => {
  const all = [
    ...numbered(50, (n) => `a/${n}`),
    ...numbered(20_000, (n) => `old/${n}`),
    ...numbered(20_000, (n) => `sub/old/${n}`),
    ...numbered(50, (n) => `z/${n}`),
  ];
  const { pages, count } = await requestsFor(all, { enters: (folder) => !folder.endsWith("old") });
  assert.equal(pathsOf(pages).filter((path) => !path.includes("old")).length, 100);
  assert(count <= 12, `${count} requests`);
});

test("one page is asked for until a second is wanted, and a reader that stops is not run ahead of", async () => {
  const service = new ListedNames(
    numbered(20_000, (n) => `${n.slice(0, 4)}/${n}`),
    { pageItemsMax: 100 },
  );
  const limits = { requestsMax: 4, pagesHeldMax: 8, pageItemsMax: 100 };
  const pages = parallelListing(service.fetch, { prefix: root }, never, limits)[Symbol.asyncIterator]();
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  };
  await settle();
  assert.equal(service.requests.length, 0);
  await pages.next();
  await settle();
  assert.equal(service.requests.length, 1);
  let taken = 1;
  for (const most of [2, 10, 50]) {
    for (; taken < most; taken++) await pages.next();
    await settle();
    const ahead = service.requests.length - taken;
    // Besides the pages held: levels, and pages of which nothing was left.
    assert(ahead <= limits.pagesHeldMax + 3, `${ahead} pages ahead of ${taken}`);
  }
  await pages.return?.();
});

test("an error comes in the place of its page, after all that comes before it", async () => {
  const all = numbered(2_000, (n) => `${n.slice(0, 4)}/${n}`);
  const service = new ListedNames(all, { pageItemsMax: 100 });
  const failing: FetchPage = (request, signal) => {
    if (request.prefix.startsWith("0007"))
      return Promise.reject(new StorageError("Unreachable", "the network is gone"));
    return service.fetch(request, signal);
  };
  const got: string[] = [];
  const read = async (): Promise<void> => {
    const limits = { requestsMax: 16, pagesHeldMax: 32, pageItemsMax: 100 };
    for await (const page of parallelListing(failing, { prefix: root }, never, limits))
      got.push(...pathsOf([page]));
  };
  await assert.rejects(read(), { code: "Unreachable" });
  assert.deepEqual(got, all.slice(0, 700));
});

test("an early end and an abort call off what is under way", async () => {
  const controller = new AbortController();
  const limits = { requestsMax: 16, pagesHeldMax: 32, pageItemsMax: 100 };
  const all = numbered(20_000, (n) => `${n.slice(0, 4)}/${n}`);
  const read = async (service: ListedNames, after: () => boolean): Promise<void> => {
    let pages = 0;
    for await (const page of parallelListing(service.fetch, { prefix: root }, controller.signal, limits)) {
      assert(page.items.length > 0);
      if (++pages > 5 && after()) return;
    }
  };
  const ended = new ListedNames(all, { pageItemsMax: 100 });
  await read(ended, () => true);
  assert(ended.underWay > 0);
  while (ended.underWay > 0) await new Promise(setImmediate);
  assert(ended.aborted > 0);
  const aborted = new ListedNames(all, { pageItemsMax: 100 });
  const abort = (): boolean => {
    controller.abort(new StorageError("Cancelled", "enough"));
    return false;
  };
  await assert.rejects(read(aborted, abort), { code: "Cancelled" });
});

test("a service that answers in circles is Corrupt", async () => {
  const circles: FetchPage = async () => ({ items: [], nextMarker: "again" });
  await assert.rejects(pagesOf(circles, { requestsMax: 2, pagesHeldMax: 4, pageItemsMax: 10 }), {
    code: "Corrupt",
  });
});

test("tokens of a plain flat listing are taken, whatever they look like", async () => {
  for (const marker of ["2!76!MDAwMDEw", "[a", "[[b", '[["c"]]', "[[]"]) {
    const asked: (string | undefined)[] = [];
    const fetch: FetchPage = async (request) => {
      asked.push(request.marker);
      return { items: [], nextMarker: "" };
    };
    await pagesOf(
      fetch,
      { requestsMax: 2, pagesHeldMax: 4, pageItemsMax: 10 },
      { from: marker as RelativePath },
    );
    assert.deepEqual(asked, [marker]);
  }
});
