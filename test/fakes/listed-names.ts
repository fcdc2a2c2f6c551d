import { strict as assert } from "node:assert";
import { asPath, type Entry, type ListOptions, type Page } from "../../src/backends/backend.ts";
import {
  type FetchedPage,
  type FetchPage,
  type PageRequest,
  type ParallelLimits,
  parallelListing,
} from "../../src/backends/blob/parallel-listing.ts";
import { compareUtf8 } from "../../src/foundation/utf8-order.ts";

export interface ListedNamesOptions {
  readonly pageItemsMax: number;
  /** How many items less a page has, by the number of the request. */
  readonly shortBy?: (request: number) => number;
  /** What passes before an answer, by the number of the request. */
  readonly delay?: (request: number) => Promise<unknown>;
  /** Of names; default compareUtf8. */
  readonly compare?: (a: string, b: string) => number;
}

/** A container as List Blobs shows it, with markers that only continue the very listing that they come from. */
export class ListedNames {
  readonly names: readonly string[];
  readonly requests: PageRequest[] = [];
  underWay = 0;
  underWayMost = 0;
  aborted = 0;
  readonly #options: ListedNamesOptions;

  constructor(names: Iterable<string>, options: ListedNamesOptions) {
    this.names = [...new Set(names)].sort(options.compare ?? compareUtf8);
    this.#options = options;
  }

  get entries(): Entry[] {
    return this.names.map(blob);
  }

  readonly fetch: FetchPage = async (request, signal) => {
    const number = this.requests.push(request) - 1;
    this.underWayMost = Math.max(this.underWayMost, ++this.underWay);
    try {
      await (this.#options.delay?.(number) ?? new Promise(setImmediate));
      signal.throwIfAborted();
      return this.#page(request, number);
    } catch (error) {
      if (signal.aborted) this.aborted++;
      throw error;
    } finally {
      this.underWay--;
    }
  };

  #page({ prefix, recursive, marker }: PageRequest, number: number): FetchedPage {
    const { pageItemsMax, shortBy = () => 0 } = this.#options;
    const listing = `${recursive ? "flat" : "level"} ${JSON.stringify(prefix)} `;
    assert(marker === undefined || marker.startsWith(listing), "a marker of another listing");
    const most = Math.max(0, pageItemsMax - shortBy(number));
    const items: Entry[] = [];
    const { names } = this;
    let at =
      marker === undefined ? this.#firstWith(prefix) : Number.parseInt(marker.slice(listing.length), 10);
    while (at < names.length && items.length < most) {
      const name = names[at] as string;
      if (!name.startsWith(prefix)) break;
      const slash = recursive ? -1 : name.indexOf("/", prefix.length);
      if (slash < 0) {
        items.push(blob(name));
        at++;
      } else {
        const folder = name.slice(0, slash + 1);
        items.push(virtualFolder(name.slice(0, slash)));
        while (names[at]?.startsWith(folder)) at++;
      }
    }
    const nextMarker = names[at]?.startsWith(prefix) ? `${listing}${at} ${number}` : "";
    return { items, nextMarker };
  }

  #firstWith(prefix: string): number {
    const compare = this.#options.compare ?? compareUtf8;
    let low = 0;
    let high = this.names.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.names[middle] as string, prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const blob = (name: string): Entry => ({
  kind: "file",
  path: asPath(name),
  bytes: name.length,
  modifiedMs: 0,
  version: "0x1",
});
const virtualFolder = (path: string): Entry => ({
  kind: "folder",
  path: asPath(path),
  bytes: 0,
  modifiedMs: undefined,
  version: undefined,
});

export type ListingOptions = Partial<Omit<ListOptions, "recursive">>;

/** A whole parallel listing. */
export async function pagesOf(
  fetch: FetchPage,
  limits: ParallelLimits,
  options: ListingOptions = {},
): Promise<Page[]> {
  const pages: Page[] = [];
  const all = { prefix: asPath(""), ...options };
  for await (const page of parallelListing(fetch, all, new AbortController().signal, limits))
    pages.push(page);
  return pages;
}
