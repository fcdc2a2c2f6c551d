import { lstatSync, opendirSync, type Stats } from "node:fs";
import { StorageError } from "../../foundation/errors.ts";
import type { Entry, Listed, RelativePath } from "../backend.ts";
import type { Child, Tree } from "../walk.ts";
import { localError } from "./local-error.ts";
import { decodeWindowsNames, encodeWindowsNames } from "./windows-names.ts";

/** Names that one call into the system brings at most. */
const namesPerBatch = 1_024;

/** What a name that is no UTF-8 turns into; it may also stand in a name that is. */
const replacement = "\ufffd";

export interface LocalTreeOptions {
  /** Absolute path of the folder (or the single file) that paths are relative to. */
  readonly root: string;
  readonly platform: NodeJS.Platform;
  /** Whether entries carry a version, which costs time and memory: destinations need it, sources do not. */
  readonly versions: boolean;
  /** Answers true for a path that is not to be listed. */
  readonly hides?: (path: string) => boolean;
}

/**
 * A folder of the disk as the walk sees it. Calls are synchronous: a call that the system answers from memory
 * takes less time than handing it to another thread; the walk gives others their turn in between.
 */
export class LocalTree implements Tree {
  readonly root: string;
  readonly #options: LocalTreeOptions;
  readonly #prefix: string;

  constructor(options: LocalTreeOptions) {
    this.#options = options;
    this.root = options.root;
    this.#prefix = /[/\\]$/.test(options.root) ? options.root : `${options.root}/`;
  }

  /** The full path of an entry: the way back from its path to the name on disk. */
  pathOf(path: string): string {
    if (path === "") return this.root;
    return this.#prefix + (this.#options.platform === "win32" ? encodeWindowsNames(path) : path);
  }

  *children(folder: RelativePath): Iterable<readonly Child[]> {
    const path = this.pathOf(folder);
    const { hides } = this.#options;
    let doubtful = false;
    try {
      for (const batch of readNames(path)) {
        const children: Child[] = [];
        for (const { name, isFolder } of batch) {
          if (name.includes(replacement)) doubtful = true;
          else if (hides?.(folder + name) !== true) children.push(this.#child(name, isFolder));
        }
        yield children;
      }
      if (doubtful) yield* this.#doubtfulChildren(path);
    } catch (error) {
      throw localError(error, "list", path);
    }
  }

  listed(path: RelativePath): Listed | undefined {
    try {
      return this.entry(path);
    } catch (error) {
      return { kind: "gap", path, error: localError(error, "look at", this.pathOf(path)) };
    }
  }

  /** What stands at `path` now, a link not followed; undefined when nothing does. Throws "AccessDenied". */
  entry(path: RelativePath): Entry | undefined {
    return entryAt(path, this.pathOf(path), this.#options.versions);
  }

  #child(name: string, folder: boolean): Child {
    return { name: this.#options.platform === "win32" ? decodeWindowsNames(name) : name, folder };
  }

  /** Reads the folder again, this time as bytes, for the names that hold a replacement character. */
  *#doubtfulChildren(path: string): Iterable<readonly Child[]> {
    for (const batch of readRawNames(path)) {
      const children: Child[] = [];
      for (const { name: bytes, isFolder } of batch) {
        const name = bytes.toString();
        if (!name.includes(replacement)) continue;
        if (Buffer.from(name).equals(bytes)) children.push(this.#child(name, isFolder));
        else children.push(unsafeChild(path, bytes));
      }
      yield children;
    }
  }
}

interface Named<Name> {
  readonly name: Name;
  readonly isFolder: boolean;
}

function* readNames(path: string): Iterable<readonly Named<string>[]> {
  const folder = opendirSync(path, { bufferSize: namesPerBatch });
  try {
    let batch: Named<string>[] = [];
    for (let next = folder.readSync(); next !== null; next = folder.readSync()) {
      batch.push({ name: next.name, isFolder: next.isDirectory() });
      if (batch.length < namesPerBatch) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  } finally {
    folder.closeSync();
  }
}

/** As readNames, with the bytes of the names. */
function* readRawNames(path: string): Iterable<readonly Named<Buffer>[]> {
  // The types know no "buffer" here; the function has it, as all that read names do.
  const options = { bufferSize: namesPerBatch, encoding: "buffer" as BufferEncoding };
  const folder = opendirSync(path, options);
  try {
    let batch: Named<Buffer>[] = [];
    for (let next = folder.readSync(); next !== null; next = folder.readSync()) {
      batch.push({ name: next.name as unknown as Buffer, isFolder: next.isDirectory() });
      if (batch.length < namesPerBatch) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  } finally {
    folder.closeSync();
  }
}

/** Each byte that is no UTF-8 is shown as U+FFFD and its two digits, so that two such names stay two. */
function unsafeChild(path: string, bytes: Buffer): Child {
  const shown = [...bytes.toString("latin1")]
    .map((character) =>
      character < "\u0080" ? character : `${replacement}${character.charCodeAt(0).toString(16)}`,
    )
    .join("");
  const message = `"${path}" holds a name that is not valid UTF-8: "${shown}". It was not copied; rename it`;
  return { name: shown, folder: false, fault: new StorageError("UnsafeName", message) };
}

/** LocalTree.entry() for any full path. */
export function entryAt(path: RelativePath, full: string, versions: boolean): Entry | undefined {
  try {
    const stats = lstatSync(full, { throwIfNoEntry: false });
    return stats && entryOf(path, stats, versions);
  } catch (error) {
    const failure = localError(error, "look at", full);
    // A path that runs through a file, or that the file system does not take, leads to nothing.
    if (failure.code === "NotFound" || failure.code === "UnsafeName") return undefined;
    throw failure;
  }
}

function entryOf(path: RelativePath, stats: Stats, versions: boolean): Entry {
  const kind = kindOf(stats);
  return {
    kind,
    path,
    bytes: kind === "folder" ? 0 : stats.size,
    modifiedMs: stats.mtimeMs,
    version: versions ? versionOf(stats) : undefined,
  };
}

/** Names the content as well as a file system can: whoever writes it anew changes at least one of the three. */
export function versionOf(stats: Stats): string {
  return `${stats.ino}-${stats.size}-${stats.mtimeMs}`;
}

/** The kind of entry that the system's answer stands for. */
export function kindOf(stats: Stats): Entry["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  return stats.isSymbolicLink() ? "symlink" : "special";
}
