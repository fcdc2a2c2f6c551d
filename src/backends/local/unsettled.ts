import { close, constants, open } from "node:fs";
import { promisify } from "node:util";
import { eachConcurrently } from "../../foundation/each.ts";
import { errnoOf, type StorageError } from "../../foundation/errors.ts";
import type { FileSync } from "./file-sync.ts";
import { localError, throwIfCancelled } from "./local-error.ts";

/** Files and folders that may wait to be settled; at the limit, whoever adds more settles first. */
export const unsettledMax = 10_000;
/** As many as libuv has threads by default: more would only wait there, and hold up reads. */
export const settledAtOnce = 4;

const openLater = promisify(open);
const closeLater = promisify(close);

/** What was written and may still be lost in a power cut: file contents, and entries of folders. */
export class Unsettled {
  readonly #platform: NodeJS.Platform;
  readonly #sync: FileSync;
  #files = new Set<string>();
  #folders = new Set<string>();
  /** The settling that is under way, or was last: they come one after the other. */
  #running: Promise<void> = Promise.resolve();
  #refused: StorageError | undefined;

  constructor(platform: NodeJS.Platform, sync: FileSync) {
    this.#platform = platform;
    this.#sync = sync;
  }

  get full(): boolean {
    return this.#files.size + this.#folders.size >= unsettledMax;
  }

  /** `path`: a file whose content was written. */
  addFile(path: string): void {
    this.#files.add(path);
  }

  /** `path`: a folder in which a name was made or replaced. Windows settles those by itself. */
  addFolder(path: string): void {
    if (this.#platform !== "win32") this.#folders.add(path);
  }

  /**
   * Resolves when all that was added before the call survives a power cut. What could not be looked at is tried
   * again the next time. What the disk refused stays refused, whatever it says the next time: the system gives up
   * the data and forgets the error once it was told.
   */
  settle(signal: AbortSignal): Promise<void> {
    const running = this.#running.then(() => this.#settleAll(signal));
    this.#running = running.catch(() => {});
    return running;
  }

  async #settleAll(signal: AbortSignal): Promise<void> {
    if (this.#refused) throw this.#refused;
    const files = this.#files;
    const folders = this.#folders;
    this.#files = new Set();
    this.#folders = new Set();
    try {
      // Contents first: an entry must not outlive what it names.
      await eachConcurrently(files, settledAtOnce, async (path) => {
        await this.#settleOne(
          path,
          this.#platform === "win32" ? constants.O_RDWR : constants.O_RDONLY,
          signal,
        );
        files.delete(path);
      });
      await eachConcurrently(folders, settledAtOnce, async (path) => {
        await this.#settleOne(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0), signal);
        folders.delete(path);
      });
    } catch (error) {
      for (const path of files) this.#files.add(path);
      for (const path of folders) this.#folders.add(path);
      throw error;
    }
  }

  async #settleOne(path: string, flags: number, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const file = await openOrGone(path, flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if (file === undefined) return;
    try {
      await this.#sync.content(file);
    } catch (error) {
      if (unsupported.has(errnoOf(error) ?? "")) return;
      this.#refused = localError(error, "make durable", path);
      throw this.#refused;
    } finally {
      await closeLater(file);
    }
  }
}

/** Some file systems know nothing of syncing. */
const unsupported = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);
/** What has gone, or was replaced by a link, need not be kept. */
const gone = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

async function openOrGone(path: string, flags: number): Promise<number | undefined> {
  try {
    return await openLater(path, flags);
  } catch (error) {
    if (gone.has(errnoOf(error) ?? "")) return undefined;
    throw localError(error, "make durable", path);
  }
}
