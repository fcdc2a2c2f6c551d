import { strict as assert } from "node:assert";
import { lstatSync, mkdirSync, realpathSync, rmdirSync, type Stats, unlinkSync } from "node:fs";
import { dirname, sep } from "node:path";
import { errnoOf, StorageError } from "../../foundation/errors.ts";
import type { Changeable, Entry, PropertyChange, RemovalRules } from "../backend.ts";
import { localError, throwIfCancelled } from "./local-error.ts";
import { kindOf, LocalTree, versionOf } from "./local-tree.ts";

export interface LocalChangesOptions {
  /** Absolute path of the folder (or the single file) that the entries were listed at. */
  readonly root: string;
  readonly platform: NodeJS.Platform;
}

/** So many calls into the system are made in one go, before others get their turn. */
const entriesAtOnce = 256;

type Outcome = StorageError | undefined;

/**
 * Removes files and empty folders below a folder of this machine. A file goes only while its size and time are those
 * that were listed, a link by itself and never what it leads to, and nothing goes that a link on the way has moved
 * out of the root. change() is "Unsupported". Opens nothing yet.
 */
export function openLocalChanges(options: LocalChangesOptions): Changeable {
  return new LocalChanges(options);
}

class LocalChanges implements Changeable {
  readonly changeBatchMax = entriesAtOnce;
  readonly #tree: LocalTree;

  constructor({ root, platform }: LocalChangesOptions) {
    this.#tree = new LocalTree({ root, platform, versions: false });
  }

  async remove(
    entries: readonly Entry[],
    _rules: RemovalRules,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    assert(entries.length <= this.changeBatchMax);
    throwIfCancelled(signal);
    const parents = new SafeFolders(this.#tree.root);
    return entries.map((entry) => {
      const path = this.#tree.pathOf(entry.path);
      try {
        removeOne(path, entry, parents);
        return undefined;
      } catch (error) {
        return removalError(error, path);
      }
    });
  }

  async change(
    entries: readonly Entry[],
    _change: PropertyChange,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    throwIfCancelled(signal);
    return entries.map(({ path }) => {
      const message = `cannot set properties of "${this.#tree.pathOf(path)}": files have no tier, metadata or tags.`;
      return new StorageError("Unsupported", message);
    });
  }

  async createRoot(signal: AbortSignal): Promise<"created" | "existed"> {
    throwIfCancelled(signal);
    const { root } = this.#tree;
    try {
      return mkdirSync(root, { recursive: true }) === undefined ? "existed" : "created";
    } catch (error) {
      throw localError(error, "create the folder", root);
    }
  }
}

/** Nothing in this process can come between the look and the removal: both are made without a turn for others. */
function removeOne(path: string, entry: Entry, parents: SafeFolders): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  requireListed(path, entry, stats);
  // The root itself, where that is a single file, is what was named.
  if (entry.path !== "") parents.require(dirname(path));
  if (entry.kind === "folder") rmdirSync(path);
  else unlinkSync(path);
}

function requireListed(path: string, entry: Entry, stats: Stats): void {
  if (kindOf(stats) !== entry.kind) throw changed(path, "something else took its place");
  // What is in a folder changes its time; whether it may go is decided by its being empty.
  if (entry.kind === "folder") return;
  if (stats.size !== entry.bytes) throw changed(path, `it had ${entry.bytes} bytes and has ${stats.size}`);
  if (stats.mtimeMs !== entry.modifiedMs) throw changed(path, "it was modified");
  if (entry.version !== undefined && entry.version !== versionOf(stats)) {
    throw changed(path, "another file took its place");
  }
}

/** Folders that are known, for the length of one call, to lie where their path says: within the root. */
class SafeFolders {
  readonly #root: string;
  readonly #known = new Set<string>();
  #realRoot: string | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Throws "UnsafeName" when links lead the folder out of the root. */
  require(folder: string): void {
    if (this.#known.has(folder)) return;
    this.#realRoot ??= realpathSync.native(this.#root);
    const real = realpathSync.native(folder);
    const below = this.#realRoot.endsWith(sep) ? this.#realRoot : this.#realRoot + sep;
    if (real !== this.#realRoot && !real.startsWith(below)) {
      const message = `"${folder}" leads through a symbolic link to "${real}", out of "${this.#root}". Nothing was removed there; remove the link, or name the folder that it leads to`;
      throw new StorageError("UnsafeName", message);
    }
    this.#known.add(folder);
  }
}

function changed(path: string, what: string): StorageError {
  const advice = "It stays; run the command again to take that into account";
  return new StorageError("PreconditionFailed", `"${path}" changed since it was listed: ${what}. ${advice}`);
}

/** undefined: it is gone, as was asked for. */
function removalError(error: unknown, path: string): Outcome {
  const errno = errnoOf(error);
  if (errno === "ENOTEMPTY" || errno === "EEXIST") {
    const message = `the folder "${path}" is not empty. It stays; remove what is in it first`;
    return new StorageError("PreconditionFailed", message, { cause: error });
  }
  const failure = localError(error, "remove", path);
  return failure.code === "NotFound" ? undefined : failure;
}
