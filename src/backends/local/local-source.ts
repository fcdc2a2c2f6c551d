import { closeSync, constants, fstatSync, lstatSync, openSync, read, readSync, type Stats } from "node:fs";
import { promisify } from "node:util";
import { errnoOf, StorageError } from "../../foundation/errors.ts";
import { KiB } from "../../foundation/units.ts";
import {
  asPath,
  type ByteRange,
  type Entry,
  type Listing,
  type ListOptions,
  type Properties,
  type RelativePath,
  type Source,
  type Traits,
} from "../backend.ts";
import { type WalkLimits, walk, walkLimits } from "../walk.ts";
import { sniffContentType, sniffedBytesMax } from "./content-sniff.ts";
import { ContentTypeGuess, type ContentTypes } from "./content-type.ts";
import { localError, throwIfCancelled } from "./local-error.ts";
import { LocalTree } from "./local-tree.ts";

export interface LocalSourceOptions {
  /** Absolute path of a folder, or of the one file that is then the entry "". */
  readonly root: string;
  readonly platform: NodeJS.Platform;
  /** Types by lower-case extension (".md") that come before all others (AZCOPY_CONTENT_TYPE_MAP). */
  readonly contentTypes?: ContentTypes;
  readonly limits?: WalkLimits;
}

/** Files and folders below a folder of this machine, symbolic links not followed. Opens nothing yet. */
export function openLocalSource(options: LocalSourceOptions): Source {
  return new LocalSource(options);
}

/** What any local store can take: the system's own limits are far above what the engine asks for. */
export function localTraits(platform: NodeJS.Platform): Traits {
  return {
    order: "utf8",
    folders: "real",
    caseSensitive: platform !== "win32" && platform !== "darwin",
    blockBytesMax: Number.MAX_SAFE_INTEGER,
    blockCountMax: Number.MAX_SAFE_INTEGER,
    putBytesMax: Number.MAX_SAFE_INTEGER,
  };
}

/**
 * A read of at most so many bytes is done in place: handing it to another thread and back takes longer than
 * copying them out of the system's cache.
 */
const inPlaceBytesMax = 256 * KiB;

/** Opening must neither follow a link that took the file's place, nor wait for the other end of a pipe. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const readLater = promisify(read);

class LocalSource implements Source {
  readonly traits: Traits;
  readonly #tree: LocalTree;
  readonly #limits: WalkLimits;
  readonly #guess: ContentTypeGuess;

  constructor({ root, platform, contentTypes, limits = walkLimits }: LocalSourceOptions) {
    this.traits = localTraits(platform);
    this.#tree = new LocalTree({ root, platform, versions: false });
    this.#limits = limits;
    this.#guess = new ContentTypeGuess(contentTypes);
  }

  list(options: ListOptions, signal: AbortSignal): Listing {
    return walk(this.#tree, options, signal, this.#limits);
  }

  async stat(path: RelativePath, signal: AbortSignal): Promise<Entry | undefined> {
    throwIfCancelled(signal);
    return this.#tree.entry(path);
  }

  async hasChildren(folder: RelativePath, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    return hasChildren(this.#tree, folder);
  }

  async read(entry: Entry, range: ByteRange, into: Uint8Array, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const path = this.#tree.pathOf(entry.path);
    try {
      const file = openSync(path, openFlags);
      try {
        const inPlace = range.length <= inPlaceBytesMax;
        const count = inPlace ? fillNow(file, range, into) : await fillLater(file, range, into, signal);
        // After reading: a change before this moment shows, and one after it did not reach `into`.
        requireSame(path, entry, fstatSync(file));
        if (count < range.length) throw changed(path, `it ends at byte ${range.offset + count}`);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw readError(error, path);
    }
  }

  async verify(entry: Entry, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const path = this.#tree.pathOf(entry.path);
    try {
      requireSame(path, entry, lstatSync(path));
    } catch (error) {
      throw readError(error, path);
    }
  }

  /** Content type only: by extension, then by content (semantics 4.5). */
  async describe(entry: Entry, head: Uint8Array | undefined, signal: AbortSignal): Promise<Properties> {
    const name = entry.path === "" ? this.#tree.root : entry.path;
    const contentType = await this.#guess.typeOf(name);
    if (contentType !== undefined) return { contentType };
    return { contentType: sniffContentType(head ?? (await this.#head(entry, signal))) };
  }

  async #head(entry: Entry, signal: AbortSignal): Promise<Uint8Array> {
    const head = new Uint8Array(Math.min(entry.bytes, sniffedBytesMax));
    await this.read(entry, { offset: 0, length: head.length }, head, signal);
    return head;
  }
}

/** Whether anything lies below `folder`, with or without a "/" at its end. Throws "NotFound", "AccessDenied". */
export function hasChildren(tree: LocalTree, folder: RelativePath): boolean {
  const path = folder === "" || folder.endsWith("/") ? folder : asPath(`${folder}/`);
  for (const batch of tree.children(path)) if (batch.length > 0) return true;
  return false;
}

function fillNow(file: number, range: ByteRange, into: Uint8Array): number {
  let done = 0;
  while (done < range.length) {
    const count = readSync(file, into, done, range.length - done, range.offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

async function fillLater(
  file: number,
  range: ByteRange,
  into: Uint8Array,
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  while (done < range.length) {
    throwIfCancelled(signal);
    const { bytesRead } = await readLater(file, into, done, range.length - done, range.offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function requireSame(path: string, entry: Entry, stats: Stats): void {
  if (entry.kind === "file" && !stats.isFile()) throw changed(path, "something else took its place");
  if (stats.size !== entry.bytes) throw changed(path, `it had ${entry.bytes} bytes and has ${stats.size}`);
  if (stats.mtimeMs !== entry.modifiedMs) throw changed(path, "it was modified");
}

function changed(path: string, what: string): StorageError {
  const advice = "Nothing of it was left behind; copy it again when nobody writes to it";
  return new StorageError("SourceChanged", `"${path}" changed since it was listed: ${what}. ${advice}`);
}

/** How folders, pipes and sockets answer who takes them for a file. */
const noFile = new Set(["EISDIR", "ESPIPE", "ENXIO", "EAGAIN"]);

function readError(error: unknown, path: string): StorageError {
  if (noFile.has(errnoOf(error) ?? "")) return changed(path, "something else took its place");
  const failure = localError(error, "read", path);
  // A link where a file was: the listing knew none.
  if (failure.code === "UnsafeName") return changed(path, "a symbolic link took its place");
  if (failure.code === "NotFound") return changed(path, "it is gone");
  return failure;
}
