import { createHash } from "node:crypto";
import {
  asPath,
  type Entry,
  type Listable,
  type Listing,
  type RelativePath,
  type Source,
} from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import { localNames, nameIn } from "../backends/index.ts";
import { StorageError } from "../foundation/errors.ts";
import { MiB } from "../foundation/units.ts";
import type { JobStatus } from "../job/events.ts";
import { type CopyRules, noChanges } from "../job/order.ts";
import { planSync, SyncTally } from "../job/plan-sync.ts";
import type { PlannedPage } from "../job/planner.ts";
import { planFormat } from "../journal/job-folder.ts";
import { JobJournal } from "../journal/job-journal.ts";
import { compileFilter, type FilterSpec } from "../listing/filter.ts";
import { type ListingSide, orderedListing } from "../listing/ordered-listing.ts";
import { carryOut, copyWords, type Errand, type OpenStores } from "./carry-out.ts";
import type { CompareRules, SyncRemoval, SyncRequest } from "./change-requests.ts";
import type { CommandContext } from "./context.ts";
import { type Endpoints, type StoredEndpoint, storeEndpoint } from "./copy-order.ts";
import { emptyFoldersNotice } from "./empty-folders.ts";
import { judgeRemovals } from "./judge-removals.ts";
import { httpNotice } from "./resolve-copy.ts";
import { resolveSync, type SyncRoute } from "./resolve-sync.ts";
import { syncDryRun } from "./sync-dry-run.ts";

/** What a sync was asked to do: plain data in the job's header. No secret. */
export interface SyncOrder {
  readonly verb: "sync";
  readonly fromTo: string;
  readonly source: StoredEndpoint;
  readonly destination: StoredEndpoint;
  readonly sole?: SyncRoute["sole"];
  readonly recursive: boolean;
  readonly filter: FilterSpec;
  readonly includePath: readonly string[];
  readonly rules: CopyRules;
  readonly compare: CompareRules;
  readonly removal: SyncRemoval;
}

/** `azcopy sync`. Throws StorageError for what is wrong before any object is touched. */
export async function sync(context: CommandContext, request: SyncRequest): Promise<JobStatus> {
  const { stores, report } = context;
  compileFilter(request.filter);
  const route = await resolveSync({
    source: request.source,
    destination: request.destination,
    fromTo: request.fromTo,
    workingFolder: context.workingFolder,
    platform: context.platform,
    localNames: localNames(context.platform),
    open: (endpoint) => stores.openSource(endpoint),
    signal: context.cancel,
  });
  if (route.insecure) report({ event: "info", level: "info", text: httpNotice });
  const order = orderOf(request, route);
  const errand = syncErrand(context, order, route);
  if (request.dryRun) return syncDryRun(context, errand);
  if (route.destination.kind === "blob")
    await stores.openChanges(route.destination).createRoot(context.cancel);
  const { disk, plansFolder, jobId, commandLine } = context;
  const startedMs = context.clock.now();
  const header = { format: planFormat, jobId, startedMs, command: commandLine, order } as const;
  const journal = await JobJournal.create(disk, plansFolder, header);
  report({ event: "info", level: "info", text: emptyFoldersNotice(true) });
  return (await carryOut(context, journal, errand, false)).status;
}

function orderOf(request: SyncRequest, route: SyncRoute): SyncOrder {
  const direction = route.fromTo === "LocalBlob" ? "upload" : "download";
  return {
    verb: "sync",
    fromTo: route.fromTo,
    source: storeEndpoint(route.source),
    destination: storeEndpoint(route.destination),
    ...(route.sole === undefined ? {} : { sole: route.sole }),
    recursive: request.recursive,
    filter: request.filter,
    includePath: request.includePath ?? [],
    rules: { ...request.rules, direction, overwrite: "true" },
    compare: request.compare,
    removal: request.removal,
  };
}

/** A sync as an errand: its scan compares, and what only the destination has hangs on that scan. */
export function syncErrand(context: CommandContext, order: SyncOrder, endpoints: Endpoints): Errand {
  const tally = new SyncTally();
  const unsorted = new Set<ListingSide>();
  const localEnd = order.rules.direction === "upload" ? endpoints.source : endpoints.destination;
  return {
    source: endpoints.source,
    destination: endpoints.destination,
    rules: order.rules,
    changes: noChanges,
    needsChanges: true,
    removalsApart: true,
    logWords: copyWords(order.rules.direction),
    ...(order.sole === undefined ? {} : { renamedTo: order.sole.renamedTo }),
    scan: (stores, _from, signal) => scan(context, order, { ...stores, localEnd, unsorted }, tally, signal),
    rescans: true,
    sortInstead: (side) => unsorted.add(side),
    mayRemove: (gaps, removals) => judgeRemovals(order.removal, { gaps, removals, tally }),
    scanned: () => tally,
  };
}

function scan(
  context: CommandContext,
  order: SyncOrder,
  stores: OpenStores & { readonly localEnd: Endpoint; readonly unsorted: ReadonlySet<ListingSide> },
  tally: SyncTally,
  signal: AbortSignal,
): AsyncIterable<PlannedPage> {
  tally.atSource = 0;
  tally.atDestination = 0;
  const local = context.stores.openSource(stores.localEnd);
  const compare = (source: Entry, destination: Entry): boolean | Promise<boolean> =>
    differs(order, local, { source, destination }, signal);
  if (order.sole !== undefined) return scanSole(order.sole, stores, compare, tally, signal);
  const filter = compileFilter(order.filter);
  const folder = `${context.plansFolder}/${context.jobId}/sort`;
  const wants = (entry: Entry): boolean => filter.wants(entry) && isIncluded(entry.path, order.includePath);
  const list = (store: Listable, side: ListingSide): Listing =>
    orderedListing(
      () => store.list({ prefix: asPath(""), recursive: order.recursive, enters: filter.enters }, signal),
      store.traits,
      { side, folder: `${folder}-${side}`, forceSort: stores.unsorted.has(side), signal },
    );
  const removeExtra = order.removal.mode !== "false";
  const root = nameIn(order.destination.endpoint, "");
  const asks = order.removal.mode === "prompt";
  const mayRemove = asks ? (entry: Entry) => context.askRemoval(entry.path, root) : (): boolean => true;
  return planSync(
    list(stores.source, "source"),
    list(emptyWhereMissing(stores.destination), "destination"),
    { removeExtra, wants, differs: compare, mayRemove },
    tally,
  );
}

/** A destination folder that is not there yet is one without objects; a container was made a moment ago. */
function emptyWhereMissing(store: Listable): Listable {
  return {
    traits: store.traits,
    stat: (path, signal) => store.stat(path, signal),
    hasChildren: (folder, signal) => store.hasChildren(folder, signal),
    list: async function* (options, signal) {
      try {
        yield* store.list(options, signal);
      } catch (error) {
        if (!(error instanceof StorageError && error.code === "NotFound")) throw error;
      }
    },
  };
}

async function* scanSole(
  sole: { readonly path: RelativePath; readonly renamedTo: RelativePath },
  { source, destination }: OpenStores,
  compare: (source: Entry, destination: Entry) => boolean | Promise<boolean>,
  tally: SyncTally,
  signal: AbortSignal,
): AsyncIterable<PlannedPage> {
  const entry = await source.stat(sole.path, signal);
  if (entry?.kind !== "file") {
    throw new StorageError("NotFound", `the source "${sole.path}" is no longer there, or is no file`);
  }
  tally.atSource = 1;
  const there = await destination.stat(sole.renamedTo, signal);
  if (there !== undefined) tally.atDestination = 1;
  const copies = there === undefined || (await compare(entry, there));
  yield { files: copies ? [entry] : [], symlinks: 0, specials: 0, gaps: [], token: undefined };
}

function isIncluded(path: string, includePath: readonly string[]): boolean {
  if (includePath.length === 0) return true;
  return includePath.some(
    (included) => path === included || path.startsWith(`${included.replace(/\/$/, "")}/`),
  );
}

/**
 * Whether an object that both sides have is copied again: always (mirror), when their MD5s differ (compare-hash),
 * otherwise when their sizes differ or the source is newer.
 */
function differs(
  order: SyncOrder,
  local: Source,
  { source, destination }: { readonly source: Entry; readonly destination: Entry },
  signal: AbortSignal,
): boolean | Promise<boolean> {
  if (order.compare.mirror || source.bytes !== destination.bytes) return true;
  const aheadMs = (source.modifiedMs ?? 0) - (destination.modifiedMs ?? 0);
  const { direction } = order.rules;
  // A blob tells only the second in which it was written: a file of that second may be its very source.
  const sameSecond = direction === "upload" && aheadMs > 0 && aheadMs < blobTimeStepMs;
  if (!order.compare.byMd5) {
    if (!sameSecond || destination.contentMd5 === undefined) return aheadMs > 0;
  } else if (direction === "download" && source.contentMd5 === undefined) return aheadMs > 0;
  const [here, remote] = direction === "upload" ? [source, destination] : [destination, source];
  return md5Of(local, here, signal).then((md5) => md5 !== remote.contentMd5);
}

/** Blobs keep their time in whole seconds, ms. */
const blobTimeStepMs = 1_000;
const hashChunkBytes = MiB;

/** Base64 of the MD5 of a local file's content. */
async function md5Of(store: Source, entry: Entry, signal: AbortSignal): Promise<string> {
  const hash = createHash("md5");
  const buffer = new Uint8Array(Math.min(hashChunkBytes, Math.max(1, entry.bytes)));
  for (let offset = 0; offset < entry.bytes; offset += buffer.length) {
    const bytes = buffer.subarray(0, Math.min(buffer.length, entry.bytes - offset));
    await store.read(entry, { offset, length: bytes.length }, bytes, signal);
    hash.update(bytes);
  }
  return hash.digest("base64");
}
