import { asPath, type Entry, type Gap, type RelativePath, type Source } from "../backends/backend.ts";
import { type ErrorCode, StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import type { Filter } from "./filter.ts";
import { listSelected, type SelectedPage } from "./selected-page.ts";

/** How many listed paths are looked up at once: one after the other costs a round trip each. */
const lookUpsAtOnceMax = 16;

/** What can be wrong with one path alone. Everything else is wrong with the source, and ends the scan. */
const ownFaults: readonly ErrorCode[] = ["NotFound", "AccessDenied", "UnsafeName", "InvalidArgument"];

interface Scan {
  readonly source: Source;
  readonly filter: Filter;
  readonly recursive: boolean;
  readonly signal: AbortSignal;
}

/** What a listed path turned out to be. "prefix": nothing has this name, but things may lie below it. */
type Found = Entry | Gap | { readonly kind: "prefix" };

/**
 * Streams what lies at the given paths: files themselves, and with `recursive` all below folders. The paths are
 * taken in the order of inOrder(), each file once, even when a folder around it is listed as well. A path that is
 * not there, may not be read, or is a folder without `recursive` is a Gap: a failure that counts.
 * A token is the index of a path in that order, followed by a blank and the listing's own token inside a folder.
 */
export async function* selectPaths(
  scan: Scan,
  paths: readonly RelativePath[],
  from: string | undefined,
): AsyncIterable<SelectedPage> {
  const ordered = inOrder(paths);
  const start = readToken(from);
  let index = start.index;
  const inside = ordered[index];
  if (start.inner !== undefined && inside !== undefined) {
    yield* listFolder(scan, inside, { index, inner: start.inner, known: true });
    index = afterFolder(ordered, index);
  }
  while (index < ordered.length) {
    const first = index;
    const batch = ordered.slice(first, first + lookUpsAtOnceMax);
    const found = await Promise.all(batch.map((path) => lookUp(scan, path)));
    let page = new OpenPage(index);
    for (let path = batch[0]; path !== undefined; path = batch[index - first]) {
      const item = found[index - first];
      if (item === undefined) break;
      if (item.kind !== "folder" && item.kind !== "prefix") {
        page.add(item, scan.filter);
        index++;
        continue;
      }
      if (!page.empty) yield page.close();
      const there = yield* listFolder(scan, path, { index, inner: undefined, known: item.kind === "folder" });
      // What else is listed below a folder that is not there is missing as well, and each counts.
      index = there ? afterFolder(ordered, index) : index + 1;
      page = new OpenPage(index);
    }
    if (!page.empty) yield page.close();
  }
}

/**
 * Sorts by what the paths would be as folders, without repeats: then all that lies below a path follows it directly,
 * which plain byte order does not give ("a-b" stands between "a" and "a/b").
 */
export function inOrder(paths: readonly RelativePath[]): readonly RelativePath[] {
  return [...new Set(paths)].sort((a, b) => compareUtf8(asFolder(a), asFolder(b)) || a.length - b.length);
}

/** The index of the next path that the folder at `index` does not hold. */
function afterFolder(ordered: readonly RelativePath[], index: number): number {
  const folder = asFolder(ordered[index] ?? asPath(""));
  let next = index + 1;
  while (ordered[next]?.startsWith(folder)) next++;
  return next;
}

async function lookUp({ source, recursive, signal }: Scan, path: RelativePath): Promise<Found> {
  const real = source.traits.folders === "real";
  const name = path.endsWith("/") ? asPath(path.slice(0, -1)) : path;
  try {
    const entry = real || name === path ? await source.stat(name, signal) : undefined;
    if (entry !== undefined && entry.kind !== "folder") return entry;
    if (entry === undefined && real) return missing(path);
    if (recursive) return entry ?? { kind: "prefix" };
    const isFolder = entry !== undefined || (await source.hasChildren(name, signal));
    return isFolder ? needsRecursive(path) : missing(path);
  } catch (error) {
    if (!(error instanceof StorageError) || !ownFaults.includes(error.code)) throw error;
    return { kind: "gap", path, error };
  }
}

interface FolderStart {
  readonly index: number;
  readonly inner: string | undefined;
  /** The folder is there, even if nothing lies in it. */
  readonly known: boolean;
}

/** Yields the folder's pages, or a gap where there is none; returns whether there is one. */
async function* listFolder(
  { source, filter, signal }: Scan,
  path: RelativePath,
  { index, inner, known }: FolderStart,
): AsyncGenerator<SelectedPage, boolean> {
  let seen = known;
  const takes = {
    file: (entry: Entry): boolean => {
      seen = true;
      return filter.wants(entry);
    },
    skipped: (): boolean => {
      seen = true;
      return true;
    },
  };
  const options = { prefix: asFolder(path), recursive: true, from: inner, enters: filter.enters };
  for await (const page of listSelected(source, options, takes, signal)) {
    seen ||= page.gaps.length > 0;
    yield { ...page, token: writeToken(index, page.token) };
  }
  if (!seen) {
    yield { files: [], symlinks: 0, specials: 0, gaps: [missing(path)], token: writeToken(index, undefined) };
  }
  return seen;
}

/** A page of files that were listed by name. */
class OpenPage {
  readonly #files: Entry[] = [];
  readonly #gaps: Gap[] = [];
  readonly #token: string | undefined;
  #symlinks = 0;
  #specials = 0;

  constructor(index: number) {
    this.#token = writeToken(index, undefined);
  }

  get empty(): boolean {
    return this.#files.length + this.#gaps.length + this.#symlinks + this.#specials === 0;
  }

  add(item: Entry | Gap, filter: Filter): void {
    if (item.kind === "gap") this.#gaps.push(item);
    else if (item.kind === "symlink") this.#symlinks++;
    else if (item.kind === "special") this.#specials++;
    else if (filter.wants(item)) this.#files.push(item);
  }

  close(): SelectedPage {
    return {
      files: this.#files,
      gaps: this.#gaps,
      symlinks: this.#symlinks,
      specials: this.#specials,
      token: this.#token,
    };
  }
}

function writeToken(index: number, inner: string | undefined): string | undefined {
  if (inner !== undefined) return `${index} ${inner}`;
  return index === 0 ? undefined : `${index}`;
}

function readToken(token: string | undefined): {
  readonly index: number;
  readonly inner: string | undefined;
} {
  if (token === undefined) return { index: 0, inner: undefined };
  const blank = token.indexOf(" ");
  return blank < 0
    ? { index: Number(token), inner: undefined }
    : { index: Number(token.slice(0, blank)), inner: token.slice(blank + 1) };
}

const asFolder = (path: RelativePath): RelativePath => (path.endsWith("/") ? path : asPath(`${path}/`));

const missing = (path: RelativePath): Gap =>
  gap(path, "NotFound", `"${path}" was listed, but nothing is there`);

const needsRecursive = (path: RelativePath): Gap =>
  gap(path, "InvalidArgument", `"${path}" was listed, but is a folder: add --recursive`);

const gap = (path: RelativePath, code: ErrorCode, message: string): Gap => ({
  kind: "gap",
  path,
  error: new StorageError(code, message),
});
