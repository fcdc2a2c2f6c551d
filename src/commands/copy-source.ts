import { asPath, type Entry, type Listable } from "../backends/backend.ts";
import type { BlobEndpoint, Endpoint } from "../backends/endpoint.ts";
import { nameOfBlob, parseBlobUrl, parseLocal, pathsOf } from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import { compileGlob, type GlobParts, splitEscapedGlob, splitGlob } from "../listing/glob.ts";
import { type Selection, soleSymlinkMessage } from "../listing/select.ts";
import { asPosixList, type LocalNames, splitBlob, splitLocal } from "./path-mapping.ts";

/** What of the command line and the world a source is resolved with. */
export interface SourceContext {
  readonly recursive: boolean;
  readonly asSubdir: boolean;
  /** --include-path; [] for none. */
  readonly includePaths: readonly string[];
  readonly workingFolder: string;
  readonly platform: string;
  readonly localNames: LocalNames;
  open(endpoint: Endpoint): Listable;
  readonly signal: AbortSignal;
}

export interface CopySource {
  /** What the store is opened at. */
  readonly root: Endpoint;
  readonly selection: Selection;
  /** What a folder is called below the destination; undefined where only its content is meant. */
  readonly folderName: string | undefined;
  /** What a sole object is called in a destination folder; undefined where the source is no sole object. */
  readonly soleName: string | undefined;
  /** The sole object, as it was found. */
  readonly found?: Entry;
}

const noRecursiveMessage = "cannot use directory as source without --recursive or a trailing wildcard (/*)";

/** Resolves the local source of an upload (semantics 1.1, 1.2): one look at the disk, none deeper than it must be. */
export async function resolveLocalSource(context: SourceContext, text: string): Promise<CopySource> {
  const { platform, localNames, signal } = context;
  const { path } = parseLocal(text, { cwd: context.workingFolder, platform });
  const glob = splitGlob(path, platform);
  if (glob !== undefined) return resolveGlob(context, path, glob);
  const { parent, name } = splitLocal(path, platform);
  const sole = localNames.fromLocal(name);
  const entry =
    name === "" ? undefined : await context.open({ kind: "local", path: parent }).stat(sole, signal);
  if (entry === undefined && name !== "") {
    const escaped = platform === "win32" ? undefined : splitEscapedGlob(path);
    if (escaped !== undefined) return resolveGlob(context, path, escaped);
    throw missingLocal(path);
  }
  switch (entry?.kind) {
    case "symlink":
      throw invalid(`${soleSymlinkMessage}: ${path}`);
    case "file":
    case "special":
      if (context.includePaths.length > 0)
        throw invalid(`--include-path needs a folder as source: ${path} is a file`);
      return {
        root: { kind: "local", path: parent },
        selection: { kind: "object", path: sole },
        folderName: undefined,
        soleName: sole,
        found: entry,
      };
    case "folder":
    case undefined: {
      const { includePaths, recursive } = context;
      if (!recursive && includePaths.length === 0) throw invalid(noRecursiveMessage);
      const ownName = name === "" ? volumeName(path, platform) : sole;
      return {
        root: { kind: "local", path },
        selection: selectLocal(context),
        folderName: context.asSubdir && ownName !== "" ? ownName : undefined,
        soleName: undefined,
      };
    }
  }
}

async function resolveGlob(
  context: SourceContext,
  path: string,
  { root, pattern }: GlobParts,
): Promise<CopySource> {
  const { includePaths, recursive, signal } = context;
  const endpoint: Endpoint = { kind: "local", path: root };
  const source = context.open(endpoint);
  const everything = /^\*+$/.test(pattern);
  if (includePaths.length > 0 && !everything) {
    throw invalid("cannot combine local wildcards with include-path or list-of-files");
  }
  const selection: Selection = everything ? selectLocal(context) : { kind: "glob", pattern, recursive };
  const found = await (everything
    ? // An empty folder is no mistake: there is nothing to copy today.
      source.hasChildren(asPath(""), signal).then(() => true)
    : namesAnything(source, pattern, signal)
  ).catch((error: unknown) => {
    throw isCode(error, "NotFound") ? missingLocal(root, error) : error;
  });
  if (!found) throw new StorageError("NotFound", `nothing matches the source ${path}`);
  return { root: endpoint, selection, folderName: undefined, soleName: undefined };
}

/** Whether a pattern names anything at all, file or folder. Ends at the first that it does. */
async function namesAnything(source: Listable, pattern: string, signal: AbortSignal): Promise<boolean> {
  const glob = compileGlob(pattern, false);
  const options = { prefix: asPath(""), recursive: glob.deep, enters: glob.enters };
  for await (const page of source.list(options, signal)) {
    // Below a gap anything may be; the job itself will tell of it.
    if (page.items.some((item) => item.kind === "gap" || glob.names(item.path))) return true;
  }
  return false;
}

function selectLocal({ includePaths, recursive, platform, localNames }: SourceContext): Selection {
  if (includePaths.length === 0) return { kind: "tree", recursive };
  const paths = asPosixList(includePaths, platform).map((path) => localNames.fromLocal(path));
  return paths.includes(asPath("")) ? { kind: "tree", recursive } : { kind: "paths", paths, recursive };
}

/** The name of a whole volume: "C:" on Windows, nothing elsewhere. */
function volumeName(path: string, platform: string): string {
  return platform === "win32"
    ? pathsOf(platform).basename(path.replace(/[\\/]+$/, "")) || path.slice(0, 2)
    : "";
}

/**
 * Resolves the blob source of a download (semantics 1.1, 1.3). What the syntax decides is asked of nobody; else one
 * stat() tells a blob, and a hasChildren() whether there is anything at all.
 */
export async function resolveBlobSource(context: SourceContext, text: string): Promise<CopySource> {
  const { endpoint, star, trailingSlash, containerPattern } = parseBlobUrl(text);
  const { includePaths, recursive } = context;
  if (endpoint.container === "") return resolveAccount(context, endpoint, containerPattern);
  const bySyntax = endpoint.path === "" || trailingSlash || star || includePaths.length > 0;
  const names = endpoint.snapshot ?? endpoint.versionId;
  if (bySyntax && names !== undefined) {
    throw invalid(`a snapshot or version names one blob, and ${nameOfBlob(endpoint)} is not one`);
  }
  if (!bySyntax) {
    const sole = await resolveSoleBlob(context, endpoint);
    if (sole !== undefined) return sole;
  }
  if (!recursive && !star && includePaths.length === 0) throw invalid(noRecursiveMessage);
  if (includePaths.length === 0 && bySyntax) await mustExist(context, endpoint);
  const ownName = endpoint.path === "" ? endpoint.container : lastName(endpoint.path);
  return {
    root: endpoint,
    selection:
      includePaths.length === 0
        ? { kind: "tree", recursive }
        : { kind: "paths", paths: includePaths.map(asPath), recursive },
    folderName: !star && context.asSubdir && ownName !== "" ? ownName : undefined,
    soleName: undefined,
  };
}

/** All containers of an account, or those that a pattern names; each is a folder of its own (semantics 1.3). */
function resolveAccount(context: SourceContext, root: BlobEndpoint, pattern: string | undefined): CopySource {
  if (context.includePaths.length > 0) {
    throw invalid("cannot combine list-of-files or include-path with account traversal");
  }
  if (!context.recursive) {
    throw invalid("account copies are an inherently recursive operation, and thus --recursive is required");
  }
  if (pattern !== undefined) compileGlob(pattern, true);
  const selection: Selection =
    pattern === undefined ? { kind: "tree", recursive: true } : { kind: "glob", pattern, recursive: true };
  return { root, selection, folderName: undefined, soleName: undefined };
}

/** The blob that a URL names; undefined where it names a virtual folder. Throws "NotFound" where it names nothing. */
async function resolveSoleBlob(
  context: SourceContext,
  endpoint: BlobEndpoint,
): Promise<CopySource | undefined> {
  const { root, path } = splitBlob(endpoint);
  const entry = await inContainer(endpoint, context.open(root).stat(path, context.signal));
  if (entry === undefined) {
    const isFolder = await inContainer(endpoint, holdsAnything(context, endpoint)).catch((error: unknown) => {
      throw isRefusal(error) ? missingBlob(endpoint, "there is no such blob", error) : error;
    });
    if (isFolder) return undefined;
    throw missingBlob(endpoint, "there is no such blob, and no blob below that name");
  }
  if (entry.kind === "folder") return undefined;
  if (entry.kind === "symlink") throw invalid(`${soleSymlinkMessage}: ${nameOfBlob(endpoint)}`);
  const name = lastName(path);
  const version = endpoint.versionId?.replaceAll(":", "-");
  return {
    root,
    selection: { kind: "object", path },
    folderName: undefined,
    soleName: version === undefined ? name : `${version}-${name}`,
    found: entry,
  };
}

async function mustExist(context: SourceContext, endpoint: BlobEndpoint): Promise<void> {
  const found = await inContainer(endpoint, holdsAnything(context, endpoint));
  // An empty container is there; an empty virtual folder is not.
  if (!found && endpoint.path !== "") throw missingBlob(endpoint, "nothing was found below that name");
}

const holdsAnything = ({ open, signal }: SourceContext, endpoint: BlobEndpoint): Promise<boolean> =>
  open(endpoint).hasChildren(asPath(""), signal);

async function inContainer<T>(endpoint: BlobEndpoint, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!isCode(error, "ContainerNotFound")) throw error;
    const name = nameOfBlob({ ...endpoint, path: "" });
    throw new StorageError("ContainerNotFound", `the source container ${name} does not exist`, {
      cause: error,
    });
  }
}

/** Whether the service forbade what was asked. A SAS made for one blob gets 403 for everything else. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof StorageError && (error.code === "AccessDenied" || error.status === 403);

const isCode = (error: unknown, code: StorageError["code"]): boolean =>
  error instanceof StorageError && error.code === code;

const lastName = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? "";

const invalid = (message: string): StorageError => new StorageError("InvalidArgument", message);

/** AzCopy's words, which scripts look for (surface 4.2). */
const missingLocal = (path: string, cause?: unknown): StorageError =>
  new StorageError(
    "NotFound",
    `failed to scan path ${path} due to lstat ${path}: no such file or directory`,
    { cause },
  );

const missingBlob = (endpoint: BlobEndpoint, why: string, cause?: unknown): StorageError =>
  new StorageError("NotFound", `The specified file was not found. ${nameOfBlob(endpoint)}: ${why}`, {
    cause,
  });
