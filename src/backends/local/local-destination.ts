import { strict as assert } from "node:assert";
import { closeSync, constants, futimesSync, writeSync } from "node:fs";
import { errnoOf, type StorageError } from "../../foundation/errors.ts";
import { MiB } from "../../foundation/units.ts";
import type {
  Block,
  Destination,
  Entry,
  Listing,
  ListOptions,
  Properties,
  RelativePath,
  Target,
  Traits,
  Writer,
} from "../backend.ts";
import { walk } from "../walk.ts";
import { type FileSync, fileSync } from "./file-sync.ts";
import { Landing, type Site } from "./landing.ts";
import { localError, throwIfCancelled } from "./local-error.ts";
import { localPathFor } from "./local-path.ts";
import { hasChildren, localTraits } from "./local-source.ts";
import { entryAt, LocalTree } from "./local-tree.ts";
import { LocalWriter, writeFully } from "./local-writer.ts";
import { stagingName } from "./staging.ts";

export interface LocalDestinationOptions {
  /** Absolute path of a folder; it is made with the first file. */
  readonly root: string;
  /** Names the staging folder, so that a resumed job finds what it left. */
  readonly jobId: string;
  readonly platform: NodeJS.Platform;
  /** false: new files keep the time of their making, whatever properties say. Default true. */
  readonly preserveModified?: boolean;
  /** How files are made durable: the system's way, but in tests. */
  readonly sync?: FileSync;
}

/**
 * A folder of this machine to write into. Opens nothing yet. Whatever an object is called, nothing is written
 * outside `root`: put() and write() throw "UnsafeName" instead.
 */
export function openLocalDestination(options: LocalDestinationOptions): Destination {
  return new LocalDestination(options);
}

/** Up to here a content is written in place: going to another thread and back takes as long as copying it. */
const inPlaceBytesMax = MiB;

/** The unfinished file must be new: one that is there may have another name by which people see it. */
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

class LocalDestination implements Destination {
  readonly traits: Traits;
  readonly #landing: Landing;
  readonly #tree: LocalTree;
  readonly #platform: NodeJS.Platform;
  readonly #honoursModified: boolean;

  constructor({ root, jobId, platform, preserveModified = true, sync = fileSync }: LocalDestinationOptions) {
    assert(/^[\w-]+$/.test(jobId));
    this.traits = localTraits(platform);
    this.#platform = platform;
    this.#honoursModified = preserveModified;
    this.#landing = new Landing({ root, jobId, platform, sync });
    const hidden = stagingName(jobId);
    this.#tree = new LocalTree({
      root,
      platform,
      versions: true,
      hides: (name) => name.startsWith(hidden),
    });
  }

  list(options: ListOptions, signal: AbortSignal): Listing {
    return walk(this.#tree, options, signal);
  }

  /** Looks where put() would write: "a//b" is found at "a/b". Throws "UnsafeName" as put() does. */
  async stat(path: RelativePath, signal: AbortSignal): Promise<Entry | undefined> {
    throwIfCancelled(signal);
    const localPath = path === "" ? "" : localPathFor(path, this.#platform);
    return entryAt(path, this.#landing.folders.pathOf(localPath), true);
  }

  async hasChildren(folder: RelativePath, signal: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    return hasChildren(this.#tree, folder);
  }

  async put(target: Target, bytes: Uint8Array, properties: Properties, signal: AbortSignal): Promise<void> {
    assert(bytes.length === target.bytes);
    throwIfCancelled(signal);
    if (this.#landing.unsettled.full) await this.#landing.unsettled.settle(signal);
    const site = this.#landing.site(target);
    const modifiedMs = this.#honoursModified ? properties.modifiedMs : undefined;
    const file = this.#openNew(site);
    if (file === undefined) return;
    try {
      try {
        if (bytes.length <= inPlaceBytesMax) writeNow(file, bytes);
        else await writeFully(file, bytes, 0);
        if (modifiedMs !== undefined) futimesSync(file, modifiedMs / 1_000, modifiedMs / 1_000);
      } finally {
        closeSync(file);
      }
      await this.#landing.land(site, { modifiedMs, synced: false });
    } catch (error) {
      this.#landing.discard(site);
      throw localError(error, "write", site.final);
    }
  }

  async write(target: Target, blocks: readonly Block[], signal: AbortSignal): Promise<Writer> {
    throwIfCancelled(signal);
    if (this.#landing.unsettled.full) await this.#landing.unsettled.settle(signal);
    const site = this.#landing.site(target);
    return new LocalWriter(this.#landing, site, blocks, this.#honoursModified);
  }

  adopt(paths: readonly RelativePath[]): void {
    for (const path of paths) this.#landing.adopt(path);
  }

  settle(signal: AbortSignal): Promise<void> {
    return this.#landing.settle(signal);
  }

  async close(): Promise<void> {
    this.#landing.staging.removeIfEmpty();
  }

  /** undefined: an earlier run had put the file in its place already. */
  #openNew(site: Site): number | undefined {
    try {
      return this.#landing.open(site, newFile);
    } catch (error) {
      if (!isLeftover(error)) throw error;
      const done = this.#landing.hasAppeared(site);
      this.#landing.discard(site);
      return done ? undefined : this.#landing.open(site, newFile);
    }
  }
}

/** A run that was killed left its unfinished file. */
function isLeftover(error: unknown): boolean {
  return errnoOf((error as StorageError).cause) === "EEXIST";
}

function writeNow(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, done);
}
