import { asPath, type Entry, type Listed, type Page, type Source } from "../backends/backend.ts";
import type { BlobEndpoint } from "../backends/endpoint.ts";
import { type BlobArgument, parseBlobUrl } from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import { compileGlob } from "../listing/glob.ts";
import { readAhead } from "../listing/read-ahead.ts";
import type { CommandContext } from "./context.ts";
import { httpNotice } from "./resolve-copy.ts";

/** What `azcopy list` was asked for. */
export interface ListRequest {
  /** Address of an account, container, virtual folder or blob. */
  readonly target: string;
  /** Whether Entry.details are wanted. */
  readonly details: boolean;
  /** Whether all versions of each blob are wanted. */
  readonly versions: boolean;
  /** Levels of folders below the target to go into; 0: all. */
  readonly depth: number;
  /** Only what begins with this, below the target. */
  readonly prefix: string;
}

/** One line of the output. */
export interface ListedObject {
  /** Below the target; "" for the target itself. A folder that was not entered ends in "/". */
  readonly path: string;
  readonly entry: Entry;
}

/** What was listed in all. A blob of several versions counts once, with the newest. */
export interface ListTally {
  readonly objects: number;
  readonly bytes: bigint;
  /** Containers that could not be listed. */
  readonly gaps: number;
}

/** Takes a page of lines; false ends the listing, since nobody reads it any more. */
export type ShowObjects = (page: readonly ListedObject[]) => Promise<boolean>;

type Context = Pick<CommandContext, "stores" | "report" | "cancel">;

/** Pages fetched while the one before is printed. */
const pagesAhead = 1;

/**
 * Lists what lies below an address, in the order of names, a page at a time: a container of any size takes the memory
 * of a few pages. Nothing below a folder is no error, as in AzCopy. Throws "InvalidArgument" for an address that is
 * none, "ContainerNotFound", "AccessDenied" and what else the store throws; of a whole account, a container that
 * cannot be listed is a warning.
 */
export async function listObjects(
  context: Context,
  request: ListRequest,
  show: ShowObjects,
): Promise<ListTally> {
  const { report, cancel } = context;
  const argument = parseBlobUrl(request.target);
  if (/^http:/i.test(request.target)) report({ event: "info", level: "info", text: httpNotice });
  const tally = new Tally();
  for await (const { items } of targetPages(context, argument, request)) {
    const objects: ListedObject[] = [];
    for (const item of items) {
      if (item.kind === "gap") {
        tally.gaps++;
        report({ event: "info", level: "warning", text: item.error.message });
      } else if (!isMarker(item)) {
        tally.add(item);
        objects.push({ path: shownPath(item, lengthOfTarget(argument)), entry: item });
      }
    }
    if (objects.length > 0 && !(await show(objects))) break;
    if (cancel.aborted) throw new StorageError("Cancelled", "the listing was cancelled");
  }
  return tally;
}

/** The pages of what an address names. Paths are names in the container, or "container/name" of an account. */
async function* targetPages(
  { stores, cancel }: Context,
  argument: BlobArgument,
  request: ListRequest,
): AsyncIterable<Pick<Page, "items">> {
  const { endpoint, containerPattern } = argument;
  const walk: Walk = {
    source: stores.openSource({ ...endpoint, path: "" }),
    options: { details: request.details, versions: request.versions },
    signal: cancel,
  };
  const folder = endpoint.path === "" ? "" : `${endpoint.path}/`;
  if (endpoint.container === "") {
    const picks = pickContainers(containerPattern, request.prefix);
    if (!request.prefix.includes("/")) yield* containers(walk, request.depth, picks);
    else if (picks(request.prefix.slice(0, request.prefix.indexOf("/")))) {
      yield* levels(walk, request.prefix, request.depth);
    }
    return;
  }
  const sole = await soleObject(walk, argument, request);
  if (sole !== undefined && !(sole instanceof StorageError)) {
    yield { items: [sole] };
    return;
  }
  // There are no snapshots and versions of folders.
  if (endpoint.snapshot !== undefined || endpoint.versionId !== undefined) return;
  let found = false;
  for await (const page of levels(walk, folder + request.prefix, request.depth)) {
    found ||= page.items.length > 0;
    yield page;
  }
  if (!found && sole !== undefined) throw sole;
}

/**
 * The blob that an address names; undefined where it names a folder, or nothing. Without the permission to look, the
 * refusal, for the case that there is no folder either.
 */
async function soleObject(
  { source, signal }: Walk,
  { endpoint, trailingSlash, star }: BlobArgument,
  { prefix }: ListRequest,
): Promise<Entry | StorageError | undefined> {
  if (endpoint.path === "" || trailingSlash || star || prefix !== "") return undefined;
  try {
    const entry = await source.stat(asPath(endpoint.path), signal, true);
    return entry?.kind === "folder" ? undefined : entry;
  } catch (error) {
    if (error instanceof StorageError && error.code === "AccessDenied") return error;
    throw error;
  }
}

interface Walk {
  readonly source: Source;
  readonly options: { readonly details: boolean; readonly versions: boolean };
  readonly signal: AbortSignal;
}

/** Everything below `prefix`, `depth` levels deep; 0: all the way down. */
async function* levels(walk: Walk, prefix: string, depth: number): AsyncIterable<Pick<Page, "items">> {
  if (depth === 0) yield* pages(walk, prefix, true);
  else {
    for await (const page of pages(walk, prefix, false)) {
      yield* depth === 1 ? [page] : intoFolders(page, (folder) => levels(walk, folder, depth - 1));
    }
  }
}

/** The containers of an account as folders, and what is in them. */
async function* containers(
  walk: Walk,
  depth: number,
  picks: (container: string) => boolean,
): AsyncIterable<Pick<Page, "items">> {
  for await (const page of pages(walk, "", false)) {
    const picked = { items: page.items.filter(({ path }) => picks(path)) };
    yield* depth === 1
      ? [picked]
      : intoFolders(picked, (folder) => levels(walk, folder, depth === 0 ? 0 : depth - 1));
  }
}

/** The items of a page, with the content of each folder in its place. */
async function* intoFolders(
  { items }: Pick<Page, "items">,
  enter: (folder: string) => AsyncIterable<Pick<Page, "items">>,
): AsyncIterable<Pick<Page, "items">> {
  let begin = 0;
  for (const [index, item] of items.entries()) {
    if (!isVirtual(item)) continue;
    if (index > begin) yield { items: items.slice(begin, index) };
    begin = index + 1;
    yield* enter(`${item.path}/`);
  }
  if (begin < items.length) yield { items: items.slice(begin) };
}

function pages({ source, options, signal }: Walk, prefix: string, recursive: boolean): AsyncIterable<Page> {
  return readAhead(source.list({ ...options, prefix: asPath(prefix), recursive }, signal), pagesAhead);
}

/** A folder that is there because something is in it, or a container. */
const isVirtual = (item: Listed): boolean => item.kind === "folder" && item.version === undefined;

/** A blob that only marks a folder. AzCopy does not list them either. */
const isMarker = (item: Entry): boolean => item.kind === "folder" && item.version !== undefined;

/** How much of a path names the target. */
const lengthOfTarget = ({ endpoint }: { readonly endpoint: BlobEndpoint }): number =>
  endpoint.path === "" ? 0 : endpoint.path.length + 1;

const shownPath = (entry: Entry, targetLength: number): string =>
  entry.kind === "folder" ? `${entry.path.slice(targetLength)}/` : entry.path.slice(targetLength);

function pickContainers(pattern: string | undefined, prefix: string): (container: string) => boolean {
  const glob = pattern === undefined ? undefined : compileGlob(pattern, false);
  const beginning = prefix.split("/", 1)[0] ?? "";
  return (container) =>
    container.startsWith(beginning) && (glob === undefined || glob.names(asPath(container)));
}

/** Versions of a blob come one after the other, so only the last one is remembered. */
class Tally implements ListTally {
  objects = 0;
  bytes = 0n;
  gaps = 0;
  #last: Entry | undefined;

  add(entry: Entry): void {
    if (entry.kind === "folder") return;
    const last = this.#last;
    this.#last = entry;
    if (last === undefined || last.path !== entry.path) {
      this.objects++;
      this.bytes += BigInt(entry.bytes);
    } else if ((entry.versionId ?? "") > (last.versionId ?? "")) {
      this.bytes += BigInt(entry.bytes - last.bytes);
    } else this.#last = last;
  }
}
