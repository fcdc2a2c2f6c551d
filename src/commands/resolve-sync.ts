import { asPath, type Listable, type RelativePath } from "../backends/backend.ts";
import type { BlobEndpoint, Endpoint, LocalEndpoint } from "../backends/endpoint.ts";
import { type BlobArgument, nameOfBlob, parseBlobUrl, parseLocal } from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import { type CopyFromTo, resolveFromTo } from "./from-to.ts";
import { type LocalNames, splitBlob, splitLocal } from "./path-mapping.ts";

export interface SyncArguments {
  readonly source: string;
  readonly destination: string;
  readonly fromTo: string | undefined;
  readonly workingFolder: string;
  readonly platform: NodeJS.Platform;
  readonly localNames: LocalNames;
  open(endpoint: Endpoint): Listable;
  readonly signal: AbortSignal;
}

/** What is compared with what: two roots, or two objects below them. */
export interface SyncRoute {
  readonly fromTo: CopyFromTo;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** One object on either side; undefined: everything below the roots. */
  readonly sole?: { readonly path: RelativePath; readonly renamedTo: RelativePath };
  readonly insecure: boolean;
}

/**
 * Settles what a sync compares (semantics 1.5): the roots themselves, whose names are never added. Throws
 * "InvalidArgument" where a file would meet a folder, "NotFound" for a source that is not there.
 */
export async function resolveSync(args: SyncArguments): Promise<SyncRoute> {
  const fromTo = resolveFromTo(args.fromTo, args.source, args.destination);
  const route = fromTo === "LocalBlob" ? await upload(args) : await download(args);
  const remote = fromTo === "LocalBlob" ? args.destination : args.source;
  return { fromTo, ...route, insecure: /^http:/i.test(remote) };
}

type Route = Pick<SyncRoute, "source" | "destination" | "sole">;

async function upload(args: SyncArguments): Promise<Route> {
  const remote = blobArgument(args.destination);
  const { container } = remote.endpoint;
  if (["$logs", "$blobchangefeed"].includes(container)) {
    throw new StorageError("InvalidArgument", `cannot copy to system container '${container}'`);
  }
  const local = parseLocal(args.source, { cwd: args.workingFolder, platform: args.platform });
  const kind = await localKind(args, local);
  if (kind === undefined) {
    throw new StorageError(
      "NotFound",
      `failed to scan path ${local.path} due to lstat ${local.path}: no such file or directory`,
    );
  }
  if (kind === "folder") return { source: local, destination: remote.endpoint };
  const { parent, name } = splitLocal(local.path, args.platform);
  const path = args.localNames.fromLocal(name);
  const { endpoint } = remote;
  if (endpoint.path === "") throw mismatch("a file", "a container");
  // A final "/" says folder: the file goes into it under its own name.
  if (remote.trailingSlash) {
    return {
      source: { kind: "local", path: parent },
      destination: endpoint,
      sole: { path, renamedTo: path },
    };
  }
  const there = splitBlob(endpoint);
  return {
    source: { kind: "local", path: parent },
    destination: there.root,
    sole: { path, renamedTo: there.path },
  };
}

async function download(args: SyncArguments): Promise<Route> {
  const remote = blobArgument(args.source);
  const local = parseLocal(args.destination, { cwd: args.workingFolder, platform: args.platform });
  const kind = await localKind(args, local);
  const { endpoint } = remote;
  const sole = remote.trailingSlash || endpoint.path === "" ? undefined : await soleBlob(args, endpoint);
  if (sole === undefined) {
    if (kind === "file") throw mismatch("a folder", "a file");
    await requireSource(args, endpoint);
    return { source: endpoint, destination: local };
  }
  if (kind === "folder") throw mismatch("a blob", "a folder");
  const { parent, name } = splitLocal(local.path, args.platform);
  return {
    source: sole.root,
    destination: { kind: "local", path: parent },
    sole: { path: sole.path, renamedTo: args.localNames.fromLocal(name) },
  };
}

function blobArgument(text: string): BlobArgument {
  const argument = parseBlobUrl(text);
  if (argument.endpoint.container === "") {
    throw new StorageError(
      "InvalidArgument",
      `service level URLs (${nameOfBlob(argument.endpoint)}) are not supported in sync: `,
    );
  }
  if (argument.star) {
    throw mismatch(
      "what a wildcard names",
      "a folder",
      "sync compares whole folders: leave out the final /*",
    );
  }
  return argument;
}

async function localKind(args: SyncArguments, local: LocalEndpoint): Promise<"file" | "folder" | undefined> {
  const { parent, name } = splitLocal(local.path, args.platform);
  if (name === "") return "folder";
  const entry = await args
    .open({ kind: "local", path: parent })
    .stat(args.localNames.fromLocal(name), args.signal)
    .catch((error: unknown) => {
      if (error instanceof StorageError && error.code === "NotFound") return undefined;
      throw error;
    });
  if (entry === undefined) return undefined;
  return entry.kind === "folder" ? "folder" : "file";
}

async function soleBlob(
  args: SyncArguments,
  endpoint: BlobEndpoint,
): Promise<{ root: BlobEndpoint; path: RelativePath } | undefined> {
  const place = splitBlob(endpoint);
  const entry = await args.open(place.root).stat(place.path, args.signal);
  return entry?.kind === "file" ? place : undefined;
}

/** An unreachable or missing source is an error: nothing may be concluded from its emptiness. */
async function requireSource(args: SyncArguments, endpoint: BlobEndpoint): Promise<void> {
  const any = await args.open(endpoint).hasChildren(asPath(""), args.signal);
  if (any || endpoint.path === "") return;
  throw new StorageError(
    "NotFound",
    `nothing found under ${endpoint.account}/${endpoint.container}/${endpoint.path}: check its name`,
  );
}

function mismatch(source: string, destination: string, advice?: string): StorageError {
  return new StorageError(
    "InvalidArgument",
    "trying to sync between different resource types (either file <-> directory or directory <-> file) which is not " +
      `allowed: ${source} and ${destination}. ${advice ?? "To make sure target is handled as a directory, add a trailing '/' to the target."}`,
  );
}
