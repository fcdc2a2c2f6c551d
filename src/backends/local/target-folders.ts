import { lstatSync, mkdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import { errnoOf, StorageError } from "../../foundation/errors.ts";
import { localError } from "./local-error.ts";

/** Folders that are known to exist and to be safe; the one used longest ago is forgotten first. */
const foldersRememberedMax = 8_192;

/**
 * The folders that files are written into: made on demand, and checked, so that no link in a path leads out of
 * the root. A link that was there before the job and stays inside the root is as good as a folder.
 */
export class TargetFolders {
  readonly #root: string;
  readonly #prefix: string;
  readonly #made: (parent: string) => void;
  readonly #rememberedMax: number;
  /** Paths below the root, in the order of their last use. */
  readonly #known = new Set<string>();
  #realRoot: string | undefined;

  /** `made` is told the parent of every folder that was created: its entry is not settled yet. */
  constructor(root: string, made: (parent: string) => void, rememberedMax = foldersRememberedMax) {
    this.#rememberedMax = rememberedMax;
    this.#root = root;
    this.#prefix = /[/\\]$/.test(root) ? root : `${root}/`;
    this.#made = made;
  }

  /** The full path of a file at `localPath` (from localPathFor), or of the root itself for "". */
  pathOf(localPath: string): string {
    return localPath === "" ? this.#root : this.#prefix + localPath;
  }

  /** Makes the root. Throws "NameCollision" when it is a file. */
  makeRoot(): string {
    if (this.#realRoot !== undefined) return this.#realRoot;
    try {
      const first = mkdirSync(this.#root, { recursive: true });
      if (first !== undefined) this.#tellMade(first);
      this.#realRoot = realpathSync.native(this.#root);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "EEXIST" || errno === "ENOTDIR") throw inTheWay(this.#root);
      throw localError(error, "create the folder", this.#root);
    }
    return this.#realRoot;
  }

  /**
   * Makes the folder that the file at `localPath` lies in. Throws "UnsafeName" when a link leads out of the root,
   * "NameCollision" when something that is no folder stands in the way, "AccessDenied", "NoSpace".
   */
  makeFor(localPath: string): void {
    const end = localPath.lastIndexOf("/");
    if (end < 0) this.makeRoot();
    else this.#make(localPath.slice(0, end));
  }

  /** Somebody removed a folder: all will be looked at again. */
  forget(): void {
    this.#known.clear();
    this.#realRoot = undefined;
  }

  #make(folder: string): void {
    if (this.#known.delete(folder)) {
      this.#known.add(folder);
      return;
    }
    this.makeFor(folder);
    const path = this.#prefix + folder;
    try {
      this.#makeOne(path);
    } catch (error) {
      throw localError(error, "create the folder", path);
    }
    this.#known.add(folder);
    if (this.#known.size <= this.#rememberedMax) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      break;
    }
  }

  #makeOne(path: string): void {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there) {
      this.#check(path, there);
      return;
    }
    try {
      mkdirSync(path);
      this.#made(dirname(path));
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      this.#check(path, lstatSync(path));
    }
  }

  /** The root was made, and `first` is the first folder on the way to it that was. */
  #tellMade(first: string): void {
    for (let path = this.#root; path.length >= first.length; path = dirname(path)) this.#made(dirname(path));
  }

  #check(path: string, stats: Stats): void {
    if (stats.isDirectory()) return;
    if (!stats.isSymbolicLink()) throw inTheWay(path);
    const real = realOf(path);
    const root = this.makeRoot();
    const below = root.endsWith(sep) ? root : root + sep;
    if (real !== undefined && (real === root || real.startsWith(below))) {
      if (!statSync(real).isDirectory()) throw inTheWay(path);
      return;
    }
    const where = real === undefined ? "nowhere" : `to "${real}", out of the destination folder`;
    const advice = "Nothing was written there; remove the link, or copy to where it leads";
    throw new StorageError("UnsafeName", `"${path}" is a symbolic link that leads ${where}. ${advice}`);
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function inTheWay(path: string): StorageError {
  const advice = "Rename or remove it, then resume";
  return new StorageError(
    "NameCollision",
    `"${path}" must be a folder, and something else stands there. ${advice}`,
  );
}
