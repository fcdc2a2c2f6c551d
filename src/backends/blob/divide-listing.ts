import { strict as assert } from "node:assert";
import { StorageError } from "../../foundation/errors.ts";
import { compareUtf8 } from "../../foundation/utf8-order.ts";
import type { Listed, ListOptions, RelativePath } from "../backend.ts";
import type { LevelMark } from "./listing-place.ts";

/** A name that stands for all that begins with it, in the listing of one level. */
export const isVirtualFolder = (item: Listed): boolean =>
  item.kind === "folder" && item.version === undefined;

/** Where an item of a level stands in the order of full names: a virtual folder where its contents do. */
export const levelKey = (item: Listed): string => (isVirtualFolder(item) ? `${item.path}/` : item.path);

/**
 * Throws "Corrupt" for a page of a level that has all its blobs before the folders, against the order of names: what is
 * done of a level is known by its place, and would seem to take in blobs that are still to come.
 */
export function checkPlaces(items: readonly Listed[]): void {
  const seam = items.findIndex(isVirtualFolder);
  if (seam <= 0 || !items.slice(seam).every(isVirtualFolder)) return;
  const blob = levelKey(items[seam - 1] as Listed);
  const folder = levelKey(items[seam] as Listed);
  // A service may order by UTF-16 units.
  if (compareUtf8(blob, folder) < 0 || blob < folder) return;
  const message = `the service lists folders apart from blobs ("${folder}" after "${blob}"), so its listing cannot be divided; set AZCOPY_CONCURRENT_SCAN=1`;
  throw new StorageError("Corrupt", message);
}

export interface Division {
  /** Folders inside one another, outermost first: the last item lies in all of them. */
  readonly folders: readonly string[];
  /** Nothing more is wanted of the innermost. */
  readonly excluded: boolean;
  /** What the page shows of the level `bound`. */
  readonly level: PageLevel;
}

export interface PageLevel {
  /** Blobs and folders: to list the level again would bring so many. */
  readonly names: number;
  readonly folders: number;
  /** Items that lie in folders of the level. */
  readonly inFolders: number;
  /** Where the last of its names begins. */
  readonly lastStart: number;
}

export interface DivisionRules {
  readonly enters: ListOptions["enters"];
  /** What a request should bring. */
  readonly entriesMin: number;
  /** The listing has been so long that even small folders, several in a request, are worth it. */
  readonly long: boolean;
}

/**
 * Which folders below `bound` the listing had better be divided around, after a page that ends in the midst of them: where
 * the page's folders hold `entriesMin` of its items each, or the last of them does. Its neighbours are then worth a
 * request each, and it is worth going around if it is excluded.
 */
export function divisionAfter(items: readonly Listed[], bound: string, rules: DivisionRules): Division {
  const { enters, entriesMin } = rules;
  const last: string = items.at(-1)?.path ?? "";
  const folders: string[] = [];
  const level = levelOf(items, 0, bound);
  let { long } = rules;
  let inner = level;
  for (let slash = last.indexOf("/", bound.length); slash >= 0; slash = last.indexOf("/", slash + 1)) {
    const ofLast = items.length - inner.lastStart;
    if (!long && ofLast < entriesMin && inner.inFolders < inner.folders * entriesMin) break;
    long = false;
    const folder = last.slice(0, slash + 1);
    folders.push(folder);
    if (enters?.(last.slice(0, slash) as RelativePath) === false) return { folders, excluded: true, level };
    inner = levelOf(items, inner.lastStart, folder);
  }
  return { folders, excluded: false, level };
}

/** The level `bound` as the items from `start` on, all of which begin with that, show it. */
function levelOf(items: readonly Listed[], start: number, bound: string): PageLevel {
  let names = 0;
  let folders = 0;
  let inFolders = 0;
  let lastStart = start;
  let folder: string | undefined;
  for (let i = start; i < items.length; i++) {
    const { path } = items[i] as Listed;
    if (folder === undefined || !path.startsWith(folder)) {
      const slash = path.indexOf("/", bound.length);
      folder = slash < 0 ? undefined : path.slice(0, slash + 1);
      if (folder !== undefined) folders++;
      names++;
      lastStart = i;
    }
    if (folder !== undefined) inFolders++;
  }
  return { names, folders, inFolders, lastStart };
}

/**
 * What to list in one request instead of the folder items[at] alone, where it takes several small folders to fill a page:
 * the longest text that `foldersMin` of the items from there on begin with. Less if there is no such text that is
 * longer than `prefix` and that nothing done before, `after`, begins with.
 */
export function groupPrefix(
  items: readonly Listed[],
  at: number,
  { prefix, after }: { readonly prefix: string; readonly after: string },
  foldersMin: number,
): string {
  const item = items[at];
  assert(item !== undefined);
  const folder = levelKey(item);
  let group = folder;
  let end = at + 1;
  for (let length = folder.length - 1; length > prefix.length && end - at < foldersMin; length--) {
    // Half a character cannot be asked for.
    if (isHighSurrogate(folder.charCodeAt(length - 1))) continue;
    const shorter = folder.slice(0, length);
    if (after.startsWith(shorter)) break;
    const before = end;
    while (end < items.length && levelKey(items[end] as Listed).startsWith(shorter)) end++;
    if (end > before) group = shorter;
  }
  return group;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/**
 * Finds in a level what comes after what is done, page by page. By place: what the service lists behind `after` is still
 * to come, in whatever order it lists. Once that shows `after` to be gone, the level is read again, by name.
 */
export class LevelSkip {
  readonly mark: LevelMark;
  readonly #byName: boolean;
  #found = false;
  #last = "";

  constructor(mark: LevelMark, byName = false) {
    this.mark = mark;
    this.#byName = byName;
  }

  /** How many items at the beginning of the next page are done. Throws "Corrupt" when their names cannot tell. */
  doneOf(items: readonly Listed[]): number {
    const { after, whole } = this.mark;
    for (const [i, item] of items.entries()) {
      const key = levelKey(item);
      if (whole ? key.startsWith(after) : key === after) this.#found = true;
      else if (this.#found || (this.#byName && compareUtf8(key, after) > 0)) return i;
      else this.#pass(key);
    }
    return items.length;
  }

  /** What is to be done if that was the last page, and all of it was done; undefined: nothing. */
  get again(): LevelSkip | undefined {
    return this.#found || this.#byName ? undefined : new LevelSkip(this.mark, true);
  }

  #pass(key: string): void {
    if (this.#byName && compareUtf8(this.#last, key) > 0) {
      const { prefix, after } = this.mark;
      const message = `the listing of "${prefix}" is out of order, and "${after}" is gone from it, so what comes next cannot be told; start again`;
      throw new StorageError("Corrupt", message);
    }
    this.#last = key;
  }
}
