import { strict as assert } from "node:assert";
import { after, test } from "node:test";
import {
  ListedNames,
  type ListedNamesOptions,
  type ListingOptions,
  pagesOf,
} from "../../../test/fakes/listed-names.ts";
import { StorageError } from "../../foundation/errors.ts";
import { asPath, type Listed, type Page } from "../backend.ts";
import { type FetchPage, parallelListing } from "./parallel-listing.ts";

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

const pathsOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ path }) => path));
const numbered = (count: number, nameOf: (number: string) => string): string[] =>
  Array.from({ length: count }, (_, i) => nameOf(String(i).padStart(6, "0")));

async function requestsFor(
  all: Iterable<string>,
  options: ListingOptions = {},
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
    for (; taken < most; taken++) {
      await pages.next();
      await settle();
    }
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

test("a service that lists folders apart from blobs is Corrupt where blobs could be lost", async () => {
  const service = new ListedNames([...numbered(500, (n) => `m/${n}`), "a", "b", "z"], { pageItemsMax: 100 });
  const apart: FetchPage = async (request, signal) => {
    const { items, nextMarker } = await service.fetch(request, signal);
    const place = ({ kind }: Listed): number => Number(kind === "folder");
    return { items: items.toSorted((a, b) => place(a) - place(b)), nextMarker };
  };
  await assert.rejects(pagesOf(apart, { requestsMax: 2, pagesHeldMax: 4, pageItemsMax: 100 }), {
    code: "Corrupt",
  });
});

test("a marker that looks like a token of ours is kept apart", async () => {
  const marker = '[[],["a",null,"a"]]';
  const asked: (string | undefined)[] = [];
  const { entries } = new ListedNames(["a", "b"], { pageItemsMax: 1 });
  const fetch: FetchPage = async (request) => {
    asked.push(request.marker);
    const isFirst = request.marker === undefined;
    return { items: entries.slice(isFirst ? 0 : 1, isFirst ? 1 : 2), nextMarker: isFirst ? marker : "" };
  };
  const limits = { requestsMax: 2, pagesHeldMax: 4, pageItemsMax: 1 };
  const [, second] = await pagesOf(fetch, limits);
  const again = await pagesOf(fetch, limits, { from: second?.token });
  assert.deepEqual(pathsOf(again), ["b"]);
  assert.deepEqual(asked, [undefined, marker, marker]);
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
    await pagesOf(fetch, { requestsMax: 2, pagesHeldMax: 4, pageItemsMax: 10 }, { from: marker });
    assert.deepEqual(asked, [marker]);
  }
});
