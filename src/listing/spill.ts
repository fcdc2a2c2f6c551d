import { join } from "node:path";
import type { Listed } from "../backends/backend.ts";
import { errnoOf, messageOf, StorageError } from "../foundation/errors.ts";
import { KiB } from "../foundation/units.ts";
import { decodeListed, encodeListed } from "./listed-line.ts";
import type { SpillDisk, SpillReader, SpillWriter } from "./spill-disk.ts";

/** What is held of a run while it is read; more only where a single line is longer. */
export const readChunkBytes = 64 * KiB;
/** In UTF-16 units: what is gathered before it is written. */
const writeChunkLength = 256 * KiB;

const runName = /^run-\d+$/;
const newline = 10;

/** Sorted items in a file. */
export interface Run {
  readonly path: string;
  readonly items: number;
}

/**
 * Keeps runs of listed items in files of one folder, which nothing else may use: it is made with the first run.
 * Failures of the disk are StorageErrors, "NoSpace" or "Internal".
 */
export class Spill {
  readonly #folder: string;
  readonly #disk: SpillDisk;
  readonly #open = new Set<SpillWriter | SpillReader>();
  #runs = 0;

  constructor(folder: string, disk: SpillDisk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Writes items, in the order that they have, as a new run. */
  async write(batches: Iterable<readonly Listed[]> | AsyncIterable<readonly Listed[]>): Promise<Run> {
    if (this.#runs === 0) await this.#try(() => this.#disk.makeFolder(this.#folder));
    const path = join(this.#folder, `run-${this.#runs++}`);
    const file = await this.#try(() => this.#disk.create(path));
    this.#open.add(file);
    let items = 0;
    let text = "";
    for await (const batch of batches) {
      for (const item of batch) {
        text += encodeListed(item);
        if (text.length < writeChunkLength) continue;
        const full = Buffer.from(text);
        await this.#try(() => file.write(full));
        text = "";
      }
      items += batch.length;
    }
    const rest = Buffer.from(text);
    await this.#try(() => file.write(rest));
    await this.#close(file);
    return { path, items };
  }

  /** The items of a run, to be read once. */
  async read(run: Run): Promise<RunReader> {
    const file = await this.#try(() => this.#disk.open(run.path));
    this.#open.add(file);
    return new RunReader(
      run,
      (into) => this.#try(() => file.read(into)),
      () => this.#close(file),
    );
  }

  async remove(run: Run): Promise<void> {
    await this.#try(() => this.#disk.remove(run.path));
  }

  /**
   * Removes all runs, those of a killed process in the same folder as well, and the folder. Never throws: what a
   * broken disk does not let go of must not hide why it came to that.
   */
  async clear(): Promise<void> {
    if (this.#runs === 0) return;
    for (const file of this.#open) await file.close().catch(() => {});
    this.#open.clear();
    try {
      for (const name of await this.#disk.names(this.#folder)) {
        if (runName.test(name)) await this.#disk.remove(join(this.#folder, name)).catch(() => {});
      }
      await this.#disk.removeFolder(this.#folder);
    } catch {
      // Somebody else's file, or a disk that fails: the folder stays.
    }
  }

  async #close(file: SpillWriter | SpillReader): Promise<void> {
    this.#open.delete(file);
    await this.#try(() => file.close());
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw spillError(error, this.#folder);
    }
  }
}

/** Reads a run line by line: the item at hand, and a chunk of what comes. */
export class RunReader {
  readonly #run: Run;
  readonly #read: (into: Uint8Array) => Promise<number>;
  readonly #close: () => Promise<void>;
  #buffer = Buffer.allocUnsafe(readChunkBytes);
  /** What is read and not yet taken: #buffer[#start, #end). */
  #start = 0;
  #end = 0;
  #taken = 0;

  constructor(run: Run, read: (into: Uint8Array) => Promise<number>, close: () => Promise<void>) {
    this.#run = run;
    this.#read = read;
    this.#close = close;
  }

  /** The next item, if it is at hand; undefined: call more(). */
  next(): Listed | undefined {
    const end = this.#buffer.indexOf(newline, this.#start);
    if (end < 0 || end >= this.#end) return undefined;
    const line = this.#buffer.toString("utf8", this.#start, end);
    this.#start = end + 1;
    this.#taken++;
    try {
      return decodeListed(line);
    } catch (error) {
      throw damaged(this.#run.path, error);
    }
  }

  /**
   * The next item, after reading on; undefined at the end of the run. Throws "Internal" when the file no longer
   * holds what was written.
   */
  async more(): Promise<Listed | undefined> {
    for (;;) {
      const item = this.next();
      if (item !== undefined) return item;
      this.#makeRoom();
      const count = await this.#read(this.#buffer.subarray(this.#end));
      this.#end += count;
      if (count > 0) continue;
      await this.#close();
      // A name that is lost would look deleted to whoever compares.
      if (this.#start < this.#end || this.#taken !== this.#run.items)
        throw damaged(this.#run.path, undefined);
      return undefined;
    }
  }

  #makeRoom(): void {
    const held = this.#end - this.#start;
    const target = held < this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(2 * this.#buffer.length);
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#start = 0;
    this.#end = held;
  }
}

function spillError(error: unknown, folder: string): StorageError {
  const errno = errnoOf(error);
  const full = errno === "ENOSPC" || errno === "EDQUOT" || errno === "EFBIG";
  const why = full ? `no space is left there (${errno}); free some, and start again` : messageOf(error);
  const message = `cannot sort a listing on disk, in "${folder}": ${why}`;
  return new StorageError(full ? "NoSpace" : "Internal", message, { cause: error });
}

function damaged(path: string, cause: unknown): StorageError {
  const message = `the temporary file "${path}" no longer holds what was written to it: another program changed it, or the disk fails; start again`;
  return new StorageError("Internal", message, { cause });
}
