import { strict as assert } from "node:assert";
import { gunzipSync, gzipSync } from "node:zlib";
import { StorageError } from "../foundation/errors.ts";
import { decodeLine, encodeLine } from "./codec.ts";
import type { Disk } from "./disk.ts";
import { type JobHeader, jobFolder, readHeader, readWhole, takeLock } from "./job-folder.ts";
import { PartLog, replayLog } from "./part-log.ts";
import { PartState } from "./part-state.ts";
import type { JournalRecord, Outcome, Transfer } from "./records.ts";

/**
 * One job's folder: job.json, part-00000.log …, part-00000.done …, status.json, lock.
 *
 * Invariants (tests cite the numbers):
 *  1. A transfer is carried out only after its `planned` record is synced.
 *  2. Repeating a record changes nothing; the fold does not depend on when syncs happened.
 *  3. What a record says of this machine's own files counts after a reboot only once a `settled` line covers it.
 *  4. Losing any unsynced suffix costs repeated work, never wrong content.
 *  5. A part has one writer. A job has one runner (lock).
 *  6. The last `ended` of a transfer counts: a resume runs failed ones again and appends; nothing is rewritten.
 *  7. The journal says what we did; the service says what it holds; a block is skipped only when both agree.
 *  8. A compacted part (.done) says exactly what its log said about every transfer; it replaces the log atomically.
 *  9. What a resume reads of a log is made durable before the scan goes on from it.
 */
export class JobJournal {
  readonly header: JobHeader;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #unlock: () => Promise<void>;

  private constructor(disk: Disk, folder: string, header: JobHeader, unlock: () => Promise<void>) {
    this.#disk = disk;
    this.#folder = folder;
    this.header = header;
    this.#unlock = unlock;
  }

  static async create(disk: Disk, plansFolder: string, header: JobHeader): Promise<JobJournal> {
    const folder = jobFolder(plansFolder, header.jobId);
    await disk.makeFolder(folder);
    const unlock = await takeLock(disk, folder, header.jobId);
    await disk.replace(`${folder}/job.json`, Buffer.from(`${JSON.stringify(header, undefined, 1)}\n`));
    return new JobJournal(disk, folder, header, unlock);
  }

  /**
   * Opens a job for carrying it on. Throws StorageError "NotFound" for an unknown id, "Corrupt" for a header
   * that cannot be read, "Unsupported" for another format, "AlreadyExists" when another process runs it.
   */
  static async open(disk: Disk, plansFolder: string, jobId: string): Promise<JobJournal> {
    const header = await readHeader(disk, plansFolder, jobId);
    const folder = jobFolder(plansFolder, jobId);
    const unlock = await takeLock(disk, folder, jobId);
    return new JobJournal(disk, folder, header, unlock);
  }

  /** Opens a job only to look at it, without its lock; nothing may be appended. Throws as open() does. */
  static async look(disk: Disk, plansFolder: string, jobId: string): Promise<JobJournal> {
    const header = await readHeader(disk, plansFolder, jobId);
    return new JobJournal(disk, jobFolder(plansFolder, jobId), header, async () => {});
  }

  get boot(): string {
    return this.#disk.boot;
  }

  /** The numbers of the job's parts, ascending. Throws "Corrupt" when one is missing. */
  async parts(): Promise<number[]> {
    const numbers = new Set<number>();
    for (const name of await this.#disk.names(this.#folder)) {
      const match = /^part-(\d{5,})\.(?:log|done)$/.exec(name);
      if (match) numbers.add(Number(match[1]));
    }
    const sorted = [...numbers].sort((a, b) => a - b);
    sorted.forEach((number, index) => {
      if (number !== index) throw this.#damaged(`part ${index} is missing`);
    });
    return sorted;
  }

  /** Begins part `number`, which must not exist yet. */
  async createPart(number: number): Promise<PartLog> {
    const path = this.#path(number, "log");
    assert(!(await this.#disk.exists(path)), `part ${number} exists`);
    const log = await PartLog.open(this.#disk, path, 0);
    log.append({ record: "run", boot: this.#disk.boot });
    return log;
  }

  /** Folds a part's records. `trusting`: see PartState. Throws "Corrupt" when it is damaged. */
  async load(number: number, trusting: boolean): Promise<LoadedPart> {
    const state = new PartState(this.#disk.boot, trusting);
    let compacted = false;
    for await (const chunk of readWhole(this.#disk, this.#path(number, "done"))) {
      compacted = true;
      this.#applyCompacted(number, chunk, state);
    }
    const path = this.#path(number, "log");
    const replay = await replayLog(this.#disk.read(path), path, (record) => state.apply(record));
    return { state, lines: replay.lines, intactBytes: replay.intactBytes, torn: replay.torn, compacted };
  }

  /**
   * Makes what load() read of a part's log durable. A run that was killed may have left lines that no power cut
   * has tested yet; whoever plans on from them must not lose them later (invariant 9).
   */
  async secure(number: number, loaded: LoadedPart): Promise<void> {
    const path = this.#path(number, "log");
    if (loaded.lines === 0) return;
    if (loaded.torn) await this.#disk.truncate(path, loaded.intactBytes);
    const file = await this.#disk.openAppend(path);
    await file.sync();
    await file.close();
  }

  /** Makes a part void: nothing in it will be carried out or counted. Nobody may have it open. */
  async voidPart(number: number): Promise<void> {
    const log = await this.reopenPart(number, await this.load(number, true));
    log.append({ record: "void" });
    await log.sync();
    await log.close();
  }

  /** Goes on with a loaded part: cuts a torn tail off and appends behind it. */
  async reopenPart(number: number, loaded: LoadedPart): Promise<PartLog> {
    const path = this.#path(number, "log");
    if (loaded.torn) await this.#disk.truncate(path, loaded.intactBytes);
    const log = await PartLog.open(this.#disk, path, loaded.lines);
    log.append({ record: "run", boot: this.#disk.boot });
    return log;
  }

  /**
   * Replaces a part's log, every transfer of which has ended, by its compacted form: of transfers that are done
   * only what `jobs show` needs, of failed ones all that a resume needs. What the records claim must be durable.
   */
  async compact(number: number): Promise<void> {
    const { state } = await this.load(number, true);
    let text = "";
    const line = (record: JournalRecord): void => {
      text += encodeLine(record);
    };
    for (const transfer of state.transfers) {
      if (transfer === undefined) continue;
      const outcome: Outcome | undefined = state.outcomes[transfer.index];
      assert(
        outcome !== undefined,
        `part ${number} is compacted while transfer ${transfer.index} has not ended`,
      );
      const over = outcome.state === "done" || outcome.state === "skipped";
      line({ record: "planned", transfer: over ? essence(transfer) : transfer });
      line({ record: "ended", index: transfer.index, outcome });
    }
    for (const gap of state.gaps) line({ record: "gap", ...gap });
    if (state.scanned && state.scan) line({ record: "scanned", skips: state.scan.skips });
    else if (state.scan) line({ record: "cursor", token: state.scan.token, skips: state.scan.skips });
    // The names since the cursor are in the planned lines before it, so a scan taken up here plans none twice:
    // the cursor is repeated first, as the part's log had it.
    await this.#disk.replace(this.#path(number, "done"), gzipSync(this.#cursorFirst(state) + text));
    await this.#disk.remove(this.#path(number, "log"));
  }

  /** Notes the job's state for `jobs list`: a convenience that nothing relies on. */
  async writeStatus(status: string): Promise<void> {
    await this.#disk.replace(`${this.#folder}/status.json`, Buffer.from(JSON.stringify({ status })));
  }

  async close(): Promise<void> {
    await this.#unlock();
  }

  #applyCompacted(number: number, packed: Uint8Array, state: PartState): void {
    let text: string;
    try {
      text = gunzipSync(packed).toString("utf8");
    } catch {
      throw this.#damaged(`part ${number} cannot be unpacked`);
    }
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf("\n", start);
      const record = end < 0 ? undefined : decodeLine(text.slice(start, end));
      if (record === undefined) throw this.#damaged(`part ${number} is not whole`);
      state.apply(record, true);
      start = end + 1;
    }
  }

  #cursorFirst(state: PartState): string {
    if (state.scan === undefined || state.scanned) return "";
    return encodeLine({ record: "cursor", token: state.scan.token, skips: state.scan.skips });
  }

  #damaged(what: string): StorageError {
    return new StorageError(
      "Corrupt",
      `the plan of job ${this.header.jobId} is damaged: ${what}, so what it still has to do cannot be known; ` +
        "start the command again instead of resuming it",
    );
  }

  #path(number: number, kind: "log" | "done"): string {
    return `${this.#folder}/part-${String(number).padStart(5, "0")}.${kind}`;
  }
}

export interface LoadedPart {
  readonly state: PartState;
  readonly lines: number;
  readonly intactBytes: number;
  readonly torn: boolean;
  /** A compacted form exists: whatever the log adds, every transfer had ended once. */
  readonly compacted: boolean;
}

/** What a compacted part keeps of a transfer that needs no further work. */
function essence(transfer: Transfer): Transfer {
  const { contentMd5: _, ...rest } = transfer;
  return { ...rest, modifiedMs: undefined, version: undefined };
}
