import { strict as assert } from "node:assert";
import type { Entry, Listed, Listing, RelativePath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";

/** What one side has at a path. "unknown": the path lies in a gap, so nothing may be concluded. */
export type Side = Entry | undefined | "unknown";

export interface Pair {
  readonly path: RelativePath;
  readonly source: Side;
  readonly destination: Side;
}

const pairsPerPage = 1_000;

/**
 * Joins two listings in compareUtf8 order, holding one page of each. Folders stand for nothing here and are passed
 * over. Throws StorageError "Corrupt" when a side is out of order, since that would make what is present look
 * absent, and what the listings throw.
 */
export async function* joinByPath(source: Listing, destination: Listing): AsyncIterable<Pair[]> {
  const left = new Cursor(source, "source");
  const right = new Cursor(destination, "destination");
  let pairs: Pair[] = [];
  try {
    for (;;) {
      if (left.needsPage) await left.nextPage();
      if (right.needsPage) await right.nextPage();
      const path = least(left.head?.path, right.head?.path);
      if (path === undefined) break;
      const pair = { path, source: left.take(path), destination: right.take(path) };
      if (isEntry(pair.source) || isEntry(pair.destination)) pairs.push(pair);
      if (pairs.length === pairsPerPage) {
        yield pairs;
        pairs = [];
      }
    }
  } finally {
    await left.close();
    await right.close();
  }
  if (pairs.length > 0) yield pairs;
}

export const isEntry = (side: Side): side is Entry => side !== undefined && side !== "unknown";

function least(a: RelativePath | undefined, b: RelativePath | undefined): RelativePath | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareUtf8(a, b) <= 0 ? a : b;
}

/** A listing read one item at a time; it waits only between pages. */
class Cursor {
  readonly #name: string;
  readonly #pages: AsyncIterator<{ readonly items: readonly Listed[] }>;
  #page: readonly Listed[] = [];
  #index = 0;
  #ended = false;
  #last: RelativePath | undefined;
  /** The last gap passed. One is enough: all that lies inside it sorts before whatever follows. */
  #gap: RelativePath | undefined;

  constructor(listing: Listing, name: string) {
    this.#pages = listing[Symbol.asyncIterator]();
    this.#name = name;
  }

  get needsPage(): boolean {
    this.#passFolders();
    return this.#index === this.#page.length && !this.#ended;
  }

  async nextPage(): Promise<void> {
    while (this.needsPage) {
      const next = await this.#pages.next();
      this.#ended = next.done === true;
      this.#page = next.done === true ? [] : next.value.items;
      this.#index = 0;
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }

  /** The next item; undefined at the end. */
  get head(): Listed | undefined {
    assert(!this.needsPage);
    return this.#page[this.#index];
  }

  /** What this side has at `path`, which must be the lesser of both heads. */
  take(path: RelativePath): Side {
    const item = this.head;
    if (item?.path === path) {
      this.#checkOrder(path, item.kind === "gap");
      this.#index++;
      if (item.kind !== "gap") return item;
      this.#gap = path;
    }
    return this.#gap !== undefined && path.startsWith(this.#gap) ? "unknown" : undefined;
  }

  #passFolders(): void {
    while (this.#page[this.#index]?.kind === "folder") this.#index++;
  }

  #checkOrder(path: RelativePath, isGap: boolean): void {
    const last = this.#last;
    if (last !== undefined && compareUtf8(last, path) >= 0) {
      // A folder that cannot be read may share its name with an object.
      if (!(isGap && last === path)) throw outOfOrder(this.#name, last, path);
    }
    this.#last = path;
  }
}

function outOfOrder(side: string, before: string, after: string): StorageError {
  return new StorageError(
    "Corrupt",
    `the listing of the ${side} is out of order: "${after}" came after "${before}", so what is missing cannot be told; ` +
      "nothing was removed. Start again",
  );
}
