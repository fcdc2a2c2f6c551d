import { lstatSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { lstat, opendir, readdir, rmdir, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { errnoOf, StorageError } from "../../foundation/errors.ts";
import { localError } from "./local-error.ts";

/** AzCopy's prefix, so that its users recognise what is left of a job that was killed. */
const prefix = ".azDownload-";

/** The name of the folder, directly in the destination, where a job's unfinished files lie. */
export function stagingName(jobId: string): string {
  return `${prefix}${jobId}`;
}

/** One job's folder of unfinished files: on the same disk as what they become, and made when first needed. */
export class StagingFolder {
  readonly path: string;
  readonly #name: string;
  #ready = false;

  constructor(root: string, jobId: string) {
    this.#name = stagingName(jobId);
    this.path = join(root, this.#name);
  }

  /** The unfinished file of one transfer: the same in every run of the job. */
  fileOf({ part, index }: { readonly part: number; readonly index: number }): string {
    return join(this.path, `${part}-${index}`);
  }

  /** The name that an unfinished file takes in the folder `beside` where that is on another disk. */
  besideOf(file: string, beside: string): string {
    return join(beside, `${this.#name}-${basename(file)}`);
  }

  /** Makes the folder, readable for nobody else: what is in it is not finished. The root must exist. */
  make(): void {
    if (this.#ready) return;
    try {
      mkdirSync(this.path, { mode: 0o700 });
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw localError(error, "create the staging folder", this.path);
      if (!lstatSync(this.path).isDirectory()) {
        const advice = "Remove it, then resume";
        throw new StorageError(
          "UnsafeName",
          `"${this.path}" should be the job's folder, and is none. ${advice}`,
        );
      }
    }
    this.#ready = true;
  }

  /** Somebody removed the folder: the next make() makes it again. */
  forget(): void {
    this.#ready = false;
  }

  /** The unfinished files that are there now. Throws "AccessDenied". */
  files(): string[] {
    try {
      return readdirSync(this.path)
        .filter((name) => stagedFile.test(name))
        .map((name) => join(this.path, name));
    } catch (error) {
      const failure = localError(error, "list", this.path);
      if (failure.code === "NotFound") return [];
      throw failure;
    }
  }

  /** Removes the folder if it is empty. Never throws. */
  removeIfEmpty(): void {
    this.#ready = false;
    try {
      rmdirSync(this.path);
    } catch {
      // Not empty: a resume needs what is in it. Not there: so much the better.
    }
  }
}

const jobFolder = /^\.azDownload-([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;
const jobFile = /^\.azDownload-([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})-./i;
const stagedFile = /^\d+-\d+$/;

/** Which leftovers may go. */
export interface SweepRules {
  /** Answers true for every job that may still be resumed, that runs now, or that is not to be judged. */
  readonly isLive: (jobId: string) => boolean;
  /**
   * Wall-clock time, ms: what was written to since then stays. A job that this machine's plans do not know may be
   * running elsewhere (another user, another machine on a shared disk, AzCopy itself): it is safe to sweep only
   * after long silence. Without it all goes that is not live.
   */
  readonly untouchedSinceMs?: number;
}

/**
 * Removes what jobs that are over left in the destination folder `root`: their staging folders, and the files
 * ".azDownload-<job id>-<name>" of AzCopy. Removes only what such a job made, follows no link, and passes over
 * what it may not remove. Returns how many files it removed; 0 when there is no such folder.
 */
export async function sweepStaging(root: string, rules: SweepRules | SweepRules["isLive"]): Promise<number> {
  const { isLive, untouchedSinceMs = Number.POSITIVE_INFINITY } =
    typeof rules === "function" ? { isLive: rules } : rules;
  let removed = 0;
  try {
    for await (const entry of await opendir(root)) {
      const pattern = entry.isFile() ? jobFile : entry.isDirectory() ? jobFolder : undefined;
      const owner = pattern?.exec(entry.name)?.[1];
      if (owner === undefined || isLive(owner)) continue;
      const path = join(root, entry.name);
      if (entry.isFile()) removed += await sweepFiles([path], untouchedSinceMs);
      else removed += await sweepFolder(path, untouchedSinceMs);
    }
  } catch (error) {
    const failure = localError(error, "look for leftovers in", root);
    if (failure.code !== "NotFound" && failure.code !== "AccessDenied") throw failure;
  }
  return removed;
}

async function sweepFolder(path: string, untouchedSinceMs: number): Promise<number> {
  // Putting a file in or taking one out touches the folder; a look at the files shows who only writes to them.
  if (await isTouched(path, untouchedSinceMs)) return 0;
  const names = await readdir(path).catch(() => []);
  const files = names.filter((name) => stagedFile.test(name)).map((name) => join(path, name));
  const removed = await sweepFiles(files, untouchedSinceMs);
  await rmdir(path).catch(() => {});
  return removed;
}

/** Removes the files unless one of them was written to. */
async function sweepFiles(paths: readonly string[], untouchedSinceMs: number): Promise<number> {
  for (const path of paths) if (await isTouched(path, untouchedSinceMs)) return 0;
  let removed = 0;
  for (const path of paths) {
    try {
      await unlink(path);
      removed++;
    } catch {
      // Gone already, or not ours to remove.
    }
  }
  return removed;
}

async function isTouched(path: string, sinceMs: number): Promise<boolean> {
  try {
    // Of its times the one that nobody can set: a file that is about to appear may have its source's other one.
    return (await lstat(path)).ctimeMs >= sinceMs;
  } catch {
    return true;
  }
}
