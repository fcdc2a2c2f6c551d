import { lstatSync, openSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf, StorageError } from "../../foundation/errors.ts";
import type { RelativePath, Target } from "../backend.ts";
import { appear, appearAcross } from "./appear.ts";
import type { FileSync } from "./file-sync.ts";
import { localError } from "./local-error.ts";
import { localPathFor } from "./local-path.ts";
import { StagingFolder, stagingName } from "./staging.ts";
import { TargetFolders } from "./target-folders.ts";
import { Unsettled } from "./unsettled.ts";

export interface LandingOptions {
  readonly root: string;
  readonly jobId: string;
  readonly platform: NodeJS.Platform;
  readonly sync: FileSync;
}

/** Where one transfer's file is written, and where it appears. */
export interface Site {
  readonly target: Target;
  readonly staged: string;
  readonly final: string;
  readonly localPath: string;
}

/** What the new file looks like that `appear` is about to show. */
export interface Finish {
  readonly modifiedMs: number | undefined;
  /** Whether its content survives a power cut already. */
  readonly synced: boolean;
}

/** Permissions of new files before the user's umask, as AzCopy's. */
const fileMode = 0o644;

/**
 * The way of every file into the destination: it is written in the job's staging folder and then, finished, given
 * its name. Nothing is ever written anywhere else.
 */
export class Landing {
  readonly #options: LandingOptions;
  readonly #stagingKey: string;
  readonly staging: StagingFolder;
  readonly folders: TargetFolders;
  readonly unsettled: Unsettled;
  readonly sync: FileSync;
  /** Whether unfinished files of an earlier run were added to what is unsettled. */
  #lookedBack = false;

  constructor(options: LandingOptions) {
    this.#options = options;
    this.#stagingKey = stagingName(options.jobId).toLowerCase();
    this.sync = options.sync;
    this.staging = new StagingFolder(options.root, options.jobId);
    this.unsettled = new Unsettled(options.platform, options.sync);
    this.folders = new TargetFolders(options.root, (parent) => this.unsettled.addFolder(parent));
  }

  /** Finds the names of a transfer and makes its folder. Throws "UnsafeName", "NameCollision", "AccessDenied". */
  site(target: Target): Site {
    const localPath = localPathFor(target.path, this.#options.platform);
    if (localPath.toLowerCase().startsWith(this.#stagingKey)) {
      const advice = "Nothing was written; rename the object, or exclude it";
      throw new StorageError(
        "UnsafeName",
        `"${target.path}" has the name of this job's staging folder. ${advice}`,
      );
    }
    this.folders.makeFor(localPath);
    return { target, staged: this.staging.fileOf(target), final: this.folders.pathOf(localPath), localPath };
  }

  /** Takes over objects that an earlier run made appear and did not settle. */
  adopt(path: RelativePath): void {
    const final = this.folders.pathOf(localPathFor(path, this.#options.platform));
    this.unsettled.addFile(final);
    this.unsettled.addFolder(dirname(final));
  }

  /** Resolves when all that appeared or was suspended, in this run or the one before, survives a power cut. */
  async settle(signal: AbortSignal): Promise<void> {
    if (!this.#lookedBack) for (const file of this.staging.files()) this.unsettled.addFile(file);
    this.#lookedBack = true;
    await this.unsettled.settle(signal);
  }

  /** Opens the unfinished file. The staging folder is made if need be, and again if somebody removed it. */
  open(site: Site, flags: number): number {
    for (let tries = 1; ; tries++) {
      try {
        this.staging.make();
        return openSync(site.staged, flags, fileMode);
      } catch (error) {
        if (errnoOf(error) !== "ENOENT" || tries > 1) throw localError(error, "write", site.staged);
        this.staging.forget();
        this.folders.forget();
        this.folders.makeFor(site.localPath);
      }
    }
  }

  /** As open(), for an unfinished file that a later run may go on with: its name must survive a power cut, too. */
  openLasting(site: Site, flags: number): number {
    const file = this.open(site, flags);
    this.unsettled.addFolder(this.staging.path);
    this.unsettled.addFolder(this.#options.root);
    return file;
  }

  /**
   * Whether the unfinished file is also the finished one: a process that was killed between giving it its name
   * and taking away the old one had succeeded. Never write into such a file.
   */
  hasAppeared(site: Site): boolean {
    const staged = lstatSync(site.staged, { throwIfNoEntry: false });
    if (staged === undefined || staged.nlink < 2) return false;
    const final = lstatSync(site.final, { throwIfNoEntry: false });
    return final !== undefined && final.ino === staged.ino && final.size === site.target.bytes;
  }

  /** Makes the unfinished file appear. Throws as put() does; the unfinished file then still stands. */
  async land(site: Site, { modifiedMs, synced }: Finish): Promise<void> {
    const { staged, final, target } = site;
    const folder = dirname(final);
    let contentSynced = synced;
    for (let tries = 1; ; tries++) {
      try {
        appear(staged, final, target.expect);
        break;
      } catch (error) {
        if (errnoOf(error) === "EXDEV") {
          await this.#landAcross(site, folder, modifiedMs);
          contentSynced = false;
          break;
        }
        // The folder was removed since it was made: once, it is made again.
        if (errnoOf(error) !== "ENOENT" || tries > 1) throw localError(error, "write", final);
        this.folders.forget();
        this.folders.makeFor(site.localPath);
      }
    }
    if (!contentSynced) this.unsettled.addFile(final);
    this.unsettled.addFolder(folder);
  }

  /** Forgets the unfinished file. Never throws. */
  discard(site: Site): void {
    try {
      unlinkSync(site.staged);
    } catch {
      // Not there, or not to be removed: sweepStaging() tries again when the job is over.
    }
  }

  async #landAcross(site: Site, folder: string, modifiedMs: number | undefined): Promise<void> {
    const beside = this.staging.besideOf(site.staged, folder);
    try {
      await appearAcross({ from: site.staged, beside, to: site.final }, site.target.expect, modifiedMs);
    } catch (error) {
      throw localError(error, "write", site.final);
    }
  }
}
