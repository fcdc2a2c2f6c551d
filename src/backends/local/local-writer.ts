import { strict as assert } from "node:assert";
import { closeSync, constants, fstatSync, futimesSync, lstatSync, read, write } from "node:fs";
import { promisify } from "node:util";
import { StorageError } from "../../foundation/errors.ts";
import type { Block, Properties, Writer } from "../backend.ts";
import type { Landing, Site } from "./landing.ts";
import { localError, throwIfCancelled } from "./local-error.ts";

const writeLater = promisify(write);
const readLater = promisify(read);

/** More would only wait for one of libuv's threads, each with a buffer. */
const blocksAtOnce = 16;

const openFlags =
  constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** One file of several blocks, each written at its place in the unfinished file. */
export class LocalWriter implements Writer {
  readonly blocksAtOnce = blocksAtOnce;
  readonly #landing: Landing;
  readonly #site: Site;
  readonly #blocks: readonly Block[];
  readonly #honoursModified: boolean;
  /** Whether each block was delivered, by this run or an earlier one. */
  readonly #present: Uint8Array;
  readonly #held = new Set<number>();
  #file: number | undefined;
  /** Calls that use the open file. It is closed after the last: its number may by then be another file's. */
  #using = 0;
  #unused: (() => void) | undefined;
  #dirty = false;
  #committed: boolean;

  /** Looks at what an earlier run left. Throws "AccessDenied". */
  constructor(landing: Landing, site: Site, blocks: readonly Block[], honoursModified: boolean) {
    this.#landing = landing;
    this.#site = site;
    this.#blocks = blocks;
    this.#honoursModified = honoursModified;
    this.#present = new Uint8Array(blocks.length);
    this.#committed = landing.hasAppeared(site);
    if (this.#committed) landing.discard(site);
    else this.#findHeld();
  }

  /** The blocks within the unfinished file's size: which of them were really written, the journal knows. */
  async delivered(signal: AbortSignal): Promise<ReadonlySet<number> | "committed"> {
    throwIfCancelled(signal);
    return this.#committed ? "committed" : this.#held;
  }

  async deliver(block: Block, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    assert(bytes.length === block.range.length && block === this.#blocks[block.index]);
    throwIfCancelled(signal);
    if (this.#committed) return;
    await this.#use("write", async (file) => {
      this.#dirty = true;
      await writeFully(file, bytes, block.range.offset);
    });
    this.#present[block.index] = 1;
  }

  async readBack(block: Block, into: Uint8Array, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const { offset, length } = block.range;
    await this.#use("read back", async (file) => {
      for (let done = 0; done < length; ) {
        const { bytesRead } = await readLater(file, into, done, length - done, offset + done);
        if (bytesRead === 0) throw this.#corrupt(`it ends at byte ${offset + done}`);
        done += bytesRead;
      }
    });
  }

  async settle(): Promise<void> {
    if (!this.#dirty || this.#committed) return;
    await this.#use("write", async (file) => {
      // What is written while this runs is not covered by it.
      this.#dirty = false;
      try {
        await this.#landing.sync.content(file);
      } catch (error) {
        this.#dirty = true;
        throw error;
      }
    });
  }

  async commit(properties: Properties, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    if (this.#committed) return;
    const missing = this.#present.indexOf(0);
    if (missing >= 0) throw this.#corrupt(`block ${missing} was never written`);
    const modifiedMs = this.#honoursModified ? properties.modifiedMs : undefined;
    await this.#use("write", async (file) => {
      const { size } = fstatSync(file);
      const { bytes } = this.#site.target;
      if (size !== bytes) throw this.#corrupt(`it has ${size} bytes and should have ${bytes}`);
      if (modifiedMs !== undefined) futimesSync(file, modifiedMs / 1_000, modifiedMs / 1_000);
      const { sync } = this.#landing;
      await (modifiedMs === undefined ? sync.content(file) : sync.everything(file));
      this.#dirty = false;
    });
    await this.#close();
    await this.#landing.land(this.#site, { modifiedMs, synced: true });
    this.#committed = true;
  }

  async suspend(): Promise<void> {
    if (this.#dirty && !this.#committed) this.#landing.unsettled.addFile(this.#site.staged);
    this.#dirty = false;
    await this.#close();
  }

  async abandon(): Promise<void> {
    if (this.#committed) return;
    this.#dirty = false;
    await this.#close();
    this.#landing.discard(this.#site);
    this.#held.clear();
    this.#present.fill(0);
  }

  #findHeld(): void {
    const { staged, target } = this.#site;
    const stats = lstatSync(staged, { throwIfNoEntry: false });
    if (stats === undefined) return;
    // Not a file of ours, or one that somebody else has a name for: it is neither trusted nor written into.
    if (!stats.isFile() || stats.nlink > 1 || stats.size > target.bytes) {
      this.#landing.discard(this.#site);
      return;
    }
    for (const { index, range } of this.#blocks) {
      if (range.offset + range.length > stats.size) break;
      this.#held.add(index);
      this.#present[index] = 1;
    }
    // An earlier run may have died before it settled them.
    this.#dirty = this.#held.size > 0;
  }

  async #use(attempted: string, work: (file: number) => Promise<void>): Promise<void> {
    this.#file ??= this.#landing.openLasting(this.#site, openFlags);
    this.#using++;
    try {
      await work(this.#file);
    } catch (error) {
      throw localError(error, attempted, this.#site.final);
    } finally {
      if (--this.#using === 0) this.#unused?.();
    }
  }

  async #close(): Promise<void> {
    if (this.#using > 0) {
      await new Promise<void>((resolve) => {
        this.#unused = resolve;
      });
      this.#unused = undefined;
    }
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    try {
      closeSync(file);
    } catch {
      // The number is given back even so, and what matters was synced before.
    }
  }

  #corrupt(what: string): StorageError {
    const advice = "What stood there before still stands; resume the job to write it anew";
    return new StorageError("Corrupt", `cannot complete "${this.#site.final}": ${what}. ${advice}`);
  }
}

/** Writes all of `bytes` at `offset`, on another thread. */
export async function writeFully(file: number, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await writeLater(file, bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
