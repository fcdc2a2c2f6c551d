import { asPath, type Listable, type RelativePath } from "../backends/backend.ts";
import type { BlobEndpoint, Endpoint } from "../backends/endpoint.ts";
import {
  type BlobArgument,
  nameOfBlob,
  parseBlobUrl,
  parseLocalDestination,
  pathsOf,
} from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import { type CopySource, isRefusal } from "./copy-source.ts";
import { type LocalNames, splitBlob, splitLocal } from "./path-mapping.ts";

export interface DestinationContext {
  readonly workingFolder: string;
  readonly platform: string;
  readonly localNames: LocalNames;
  /** Opens a place to look at, not to write to. */
  open(endpoint: Endpoint): Listable;
  readonly signal: AbortSignal;
}

export interface CopyDestination {
  /** What the store is opened at, the folder's own name included. */
  readonly root: Endpoint;
  /** What a sole object is called below it, where that is not its path below the source. */
  readonly renamedTo: RelativePath | undefined;
}

/** Containers that the service writes to itself. */
const systemContainers: readonly string[] = ["$logs", "$blobchangefeed"];

/**
 * Parses the blob destination of an upload. Throws "InvalidArgument" for what nothing can be written to, whatever
 * the source: a wildcard, a snapshot, a container of the service's own, an account.
 */
export function parseBlobDestination(text: string): BlobArgument {
  const argument = parseBlobUrl(text);
  const { endpoint, star, containerPattern } = argument;
  if (star || containerPattern !== undefined) {
    throw invalid(
      `the destination ${nameOfBlob(endpoint)} cannot have a wildcard: write a literal "*" as %2A`,
    );
  }
  if (endpoint.snapshot !== undefined || endpoint.versionId !== undefined) {
    throw invalid(
      `the destination ${nameOfBlob(endpoint)} cannot be a snapshot or a version: they never change`,
    );
  }
  if (systemContainers.includes(endpoint.container)) {
    throw invalid(`cannot copy to system container '${endpoint.container}'`);
  }
  if (endpoint.container === "") {
    throw invalid(
      "cannot transfer individual files/folders to the root of a service. " +
        "Add a container or directory to the destination URL",
    );
  }
  return argument;
}

/**
 * Maps a source to its place below a blob URL (semantics 1.2): what is a folder there is decided by syntax alone.
 * Throws "ContainerNotFound" when the container is missing; a container that may not be listed is taken to be there.
 */
export async function resolveBlobDestination(
  { open, signal }: DestinationContext,
  { endpoint, trailingSlash }: BlobArgument,
  source: CopySource,
): Promise<CopyDestination> {
  const mapped = mapToBlob(endpoint, endpoint.path === "" || trailingSlash, source);
  try {
    await open({ ...endpoint, path: "" }).hasChildren(asPath(""), signal);
  } catch (error) {
    if (isRefusal(error)) return mapped;
    const missing = error instanceof StorageError && error.code === "ContainerNotFound";
    throw missing ? missingContainer(endpoint, error) : error;
  }
  return mapped;
}

function mapToBlob(endpoint: BlobEndpoint, isFolder: boolean, source: CopySource): CopyDestination {
  const { selection, folderName, soleName } = source;
  if (soleName === undefined) {
    const path = [endpoint.path, folderName ?? ""].filter((part) => part !== "").join("/");
    return { root: { ...endpoint, path }, renamedTo: undefined };
  }
  const { root, path } = isFolder ? { root: endpoint, path: asPath(soleName) } : splitBlob(endpoint);
  return { root, renamedTo: renamed(selection, path) };
}

/**
 * Maps a source to its place on this machine (semantics 1.3): what is a folder is decided by what is there. Throws
 * "InvalidArgument" where a file stands in the way of a folder, "UnsafeName" where the folder's name cannot be one.
 */
export async function resolveLocalDestination(
  context: DestinationContext,
  text: string,
  source: CopySource,
): Promise<CopyDestination> {
  const { platform, localNames, workingFolder } = context;
  const { selection, folderName, soleName } = source;
  const endpoint = parseLocalDestination(text, { cwd: workingFolder, platform });
  if (endpoint.kind === "null") return { root: endpoint, renamedTo: undefined };
  const { path } = endpoint;
  if (soleName === undefined) {
    const own = folderName === undefined ? "" : localNames.toLocal(asPath(folderName));
    const root = pathsOf(platform).join(path, own);
    await mustBecomeFolder(context, root);
    return { root: { kind: "local", path: root }, renamedTo: undefined };
  }
  if ((await kindOf(context, path)) === "folder") {
    return { root: endpoint, renamedTo: renamed(selection, asPath(soleName)) };
  }
  const { parent, name } = splitLocal(path, platform);
  await mustBecomeFolder(context, parent);
  return { root: { kind: "local", path: parent }, renamedTo: renamed(selection, localNames.fromLocal(name)) };
}

/** Folders are made on demand, but not where the nearest thing that is there is a file. */
async function mustBecomeFolder(context: DestinationContext, folder: string): Promise<void> {
  let path = folder;
  let kind = await kindOf(context, path);
  while (kind === "missing") {
    const { parent } = splitLocal(path, context.platform);
    // A file system's own root can be missing on Windows alone; writing will tell.
    if (parent === path) return;
    path = parent;
    kind = await kindOf(context, path);
  }
  if (kind === "folder") return;
  const why = path === folder ? "as it would have to be" : `so ${folder} cannot be made`;
  throw invalid(
    `cannot write to ${folder}: ${path} is not a folder, ${why}. Name another destination, or remove it`,
  );
}

/** What a local path is for those who write there: a link is what it leads to. */
async function kindOf(
  { open, signal }: DestinationContext,
  path: string,
): Promise<"folder" | "file" | "missing"> {
  const place = open({ kind: "local", path });
  const entry = await place.stat(asPath(""), signal);
  if (entry === undefined) return "missing";
  if (entry.kind !== "symlink") return entry.kind === "folder" ? "folder" : "file";
  const isFolder = await place.hasChildren(asPath(""), signal).then(
    () => true,
    (error: unknown) => {
      if (error instanceof StorageError && error.code === "NotFound") return false;
      throw error;
    },
  );
  return isFolder ? "folder" : "file";
}

/** A name is given only where it says something that the path does not. */
function renamed(selection: CopySource["selection"], path: RelativePath): RelativePath | undefined {
  return selection.kind === "object" && selection.path === path ? undefined : path;
}

const invalid = (message: string): StorageError => new StorageError("InvalidArgument", message);

function missingContainer(endpoint: BlobEndpoint, cause: StorageError): StorageError {
  const name = nameOfBlob({ ...endpoint, path: "" });
  return new StorageError(
    "ContainerNotFound",
    `the destination container ${name} does not exist: create it first, with azcopy make "${name}"`,
    { cause, ...(cause.status === undefined ? {} : { status: cause.status }) },
  );
}
