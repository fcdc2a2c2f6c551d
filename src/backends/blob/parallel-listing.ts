import { StorageError } from "../../foundation/errors.ts";
import type { Listed, Listing, ListOptions, Page } from "../backend.ts";
import { divisionAfter } from "./divide-listing.ts";
import { type Expansion, nextPieceOf, takeLevelPage } from "./expand-level.ts";
import { type FlatPiece, flatPiece, type LevelPiece, levelPieces, type Piece } from "./listing-piece.ts";
import { placeOf, tokenOf } from "./listing-place.ts";

/** One page of a listing, as a service is asked for it. */
export interface PageRequest {
  /** Only names that begin with this text. */
  readonly prefix: string;
  /** false: of what lies below folders there, only the virtual folder. */
  readonly recursive: boolean;
  readonly marker: string | undefined;
}

export interface FetchedPage {
  /**
   * In the order of full names, whichever the service keeps: a virtual folder (of kind "folder", without a version)
   * stands where its contents would.
   */
  readonly items: readonly Listed[];
  /** Asks for the page after this one; "" at the end. */
  readonly nextMarker: string;
}

export type FetchPage = (request: PageRequest, signal: AbortSignal) => Promise<FetchedPage>;

export interface ParallelLimits {
  /** Requests under way at once (AZCOPY_CONCURRENT_SCAN). */
  readonly requestsMax: number;
  /** Pages held or under way. */
  readonly pagesHeldMax: number;
  /** Most items of a page, as the service is asked for them. */
  readonly pageItemsMax: number;
}

/** Pages that may be held of a piece whose turn has not come, even if there are many such. */
const pagesAheadMin = 2;
/** Pieces looked at; small ones hold next to nothing. */
const piecesMax = 64;
/** Pages of a level that may be read again to find the place where it is divided. */
const levelPagesAgainMax = 4;
/** After so many pages of small folders a listing is long. */
const pagesLong = 8;
/** What a request must bring for its folder to be worth it: this part of a page. */
const worthwhilePart = 1 / 4;

/**
 * A recursive listing of blobs, several requests at once, in the order of the service: the same entries as page after page
 * of a flat listing would bring. It begins as just that, and costs no request more where there are no folders, and few
 * where they are small. A page that ends in the midst of a large folder divides it: that folder goes on flat, and its neighbours
 * are found by listing their level (delimiter "/"), and are listed at the same time, each divided again if it is
 * large; small ones several in a request, by a prefix they share. A folder that is not to be entered is not
 * listed or, once a page shows that a flat listing has come into it, left.
 *
 * Needs the service to list all names of one prefix in a row. Nothing is asked for before the first call, one page until
 * the second, and nothing while nobody calls. Throws what `fetch` throws, in the place of its page; "Corrupt" when
 * the service gives the same marker twice, or lists the folders of a level apart from its blobs.
 */
export async function* parallelListing(
  fetch: FetchPage,
  options: Omit<ListOptions, "recursive">,
  signal: AbortSignal,
  limits: ParallelLimits,
): Listing {
  const abort = new AbortController();
  const listing = new ParallelListing(fetch, options, AbortSignal.any([signal, abort.signal]), limits);
  try {
    let page = await listing.next();
    // Who wants to know whether there is anything at all asks for no more than this.
    if (page !== undefined) yield page;
    while (page !== undefined) {
      page = await listing.next();
      listing.fetchAhead();
      if (page !== undefined) yield page;
    }
  } finally {
    abort.abort();
  }
}

class ParallelListing {
  readonly #fetch: FetchPage;
  readonly #signal: AbortSignal;
  readonly #limits: ParallelLimits;
  readonly #expansion: Expansion;
  /** In the order of their names. */
  readonly #pieces: Piece[];
  #requests = 0;
  /** Pages held or under way. */
  #held = 0;
  #wake = (): void => {};

  constructor(
    fetch: FetchPage,
    options: Omit<ListOptions, "recursive">,
    signal: AbortSignal,
    limits: ParallelLimits,
  ) {
    this.#fetch = fetch;
    this.#signal = signal;
    this.#limits = limits;
    const { from, prefix, enters } = options;
    this.#expansion = { enters, entriesMin: Math.ceil(limits.pageItemsMax * worthwhilePart), listed: prefix };
    const { levels, flat } = placeOf(from, prefix);
    this.#pieces = levelPieces(levels);
    if (flat !== undefined) this.#pieces.unshift(flatPiece(flat, levels));
  }

  /** The next page that is not empty; undefined at the end. */
  async next(): Promise<Page | undefined> {
    for (;;) {
      const head = this.#pieces[0];
      if (head === undefined) return undefined;
      const page = head.kind === "flat" ? head.ready.shift() : undefined;
      if (page !== undefined) {
        this.#held--;
        return page;
      }
      if (head.failure !== undefined) throw head.failure.error;
      if (head.kind === "level" && this.#expand(0)) continue;
      if (head.ended) {
        this.#pieces.shift();
        continue;
      }
      this.fetchAhead();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends what requests it may, for the nearest pieces first. */
  fetchAhead(): void {
    for (let i = 0; i < Math.min(this.#pieces.length, piecesMax); ) {
      const piece = this.#pieces[i] as Piece;
      if (this.#requests >= this.#limits.requestsMax || piece.failure !== undefined) return;
      // Whoever's turn it is must go on, however much the others hold.
      if (i > 0 && this.#held >= this.#limits.pagesHeldMax) return;
      if (piece.kind === "level" && this.#expand(i)) continue;
      if (piece.kind === "level" && piece.ended) {
        this.#pieces.splice(i, 1);
        continue;
      }
      if (this.#mayFetch(piece, i)) this.#start(piece);
      // What lies between a level and the next piece is not known yet.
      if (piece.kind === "level") return;
      i++;
    }
  }

  #mayFetch(piece: Piece, place: number): boolean {
    if (piece.fetching || piece.ended) return false;
    if (piece.kind === "level" || piece.ready.length === 0) return true;
    const { pagesHeldMax } = this.#limits;
    // What the others leave; far ones must not take it from near ones that are still to be found.
    const pagesMax = place === 0 ? pagesHeldMax : Math.max(pagesAheadMin, pagesHeldMax / this.#pieces.length);
    return this.#held < pagesHeldMax && piece.ready.length < pagesMax;
  }

  #start(piece: Piece): void {
    piece.fetching = true;
    this.#requests++;
    this.#held++;
    const { prefix } = piece.mark;
    const recursive = piece.kind === "flat";
    const marker = piece.kind === "flat" ? piece.mark.marker : piece.nextMarker;
    this.#fetch({ prefix, recursive, marker }, this.#signal)
      .then((page) => {
        if (page.nextMarker !== "" && page.nextMarker === marker) throw endless(prefix);
        if (piece.kind === "flat") this.#takeFlat(piece, page);
        else {
          takeLevelPage(piece, page.items, page.nextMarker);
          if (piece.at === piece.items.length) this.#letGo(piece);
        }
      })
      .catch((error: unknown) => {
        this.#held--;
        piece.failure = { error };
      })
      .finally(() => {
        piece.fetching = false;
        this.#requests--;
        this.#wake();
      });
  }

  #takeFlat(piece: FlatPiece, page: FetchedPage): void {
    const { levels, mark } = piece;
    const outside =
      mark.only === mark.prefix ? -1 : page.items.findIndex(({ path }) => !path.startsWith(mark.only));
    const items = outside < 0 ? page.items : page.items.slice(0, outside);
    if (items.length === 0) this.#held--;
    else piece.ready.push({ items, token: tokenOf({ levels, flat: mark }, this.#expansion.listed) });
    piece.entries += items.length;
    piece.mark = { ...mark, marker: page.nextMarker };
    piece.ended = outside >= 0 || page.nextMarker === "";
    if (!piece.ended) this.#divide(piece, items);
    if (piece.ended) count(piece);
  }

  /** Narrows a piece to the large folder that its last page ends in, and lets levels follow it. */
  #divide(piece: FlatPiece, items: readonly Listed[]): void {
    const { only } = piece.mark;
    const long = ++piece.pages >= pagesLong;
    const { folders, excluded, level } = divisionAfter(items, only, { ...this.#expansion, long });
    const innermost = folders.at(-1);
    piece.names += level.names;
    const namesMax = levelPagesAgainMax * this.#limits.pageItemsMax;
    if (innermost === undefined || (piece.names > namesMax && !excluded)) return;
    const marks = folders.map((after, i) => ({
      prefix: folders[i - 1] ?? only,
      marker: undefined,
      after,
      whole: true,
    }));
    const levels = [...piece.levels, ...marks];
    const added = levelPieces(levels).slice(0, marks.length);
    const outermost = added.at(-1)?.known;
    if (outermost !== undefined) {
      outermost.folders = level.folders;
      outermost.entries = level.inFolders;
    }
    this.#pieces.splice(this.#pieces.indexOf(piece) + 1, 0, ...added);
    piece.levels = levels;
    piece.mark = { ...piece.mark, only: innermost };
    piece.names = 0;
    piece.pages = 0;
    piece.ended = excluded;
  }

  /** Puts a piece of what comes next in a level before that; false when nothing is at hand. */
  #expand(place: number): boolean {
    const level = this.#pieces[place] as LevelPiece;
    if (level.items.length === 0) return false;
    const piece = nextPieceOf(level, this.#expansion);
    if (level.at === level.items.length) this.#letGo(level);
    if (piece === undefined) return false;
    this.#held += piece.ready.length;
    this.#pieces.splice(place, 0, piece);
    return true;
  }

  /** The page at hand of a level is used up. */
  #letGo(level: LevelPiece): void {
    level.items = [];
    level.at = 0;
    level.ended = level.nextMarker === "";
    this.#held--;
  }
}

/** A piece is over: its level learns how many entries its folders have. */
function count({ parent, folders, entries }: FlatPiece): void {
  if (parent === undefined) return;
  parent.known.folders += folders;
  parent.known.entries += entries;
}

function endless(prefix: string): StorageError {
  const message = `the listing of "${prefix}" turns in circles: the service gave the same marker twice. Try again, and report it if it stays.`;
  return new StorageError("Corrupt", message);
}
