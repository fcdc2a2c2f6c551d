import { StorageError } from "../foundation/errors.ts";
import { decodeLine, encodeLine } from "./codec.ts";
import type { AppendFile, Disk } from "./disk.ts";
import type { JournalRecord } from "./records.ts";

/** The longest line that replay() accepts; a path may have 32 KiB and each byte six characters in JSON. */
const lineCharactersMax = 1024 * 1024;

/**
 * The append-only log of one part. Records reach the operating system within the turn of the event loop in
 * which they were appended, so a kill loses at most those; only sync() makes them survive a power cut.
 */
export class PartLog {
  readonly #file: AppendFile;
  #pending = "";
  #scheduled = false;
  #lines: number;
  #broken: { readonly error: unknown } | undefined;

  private constructor(file: AppendFile, lines: number) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Opens the log for appending; `lines` is how many intact ones it has, all that replay() gave. */
  static async open(disk: Disk, path: string, lines: number): Promise<PartLog> {
    return new PartLog(await disk.openAppend(path), lines);
  }

  /** How many lines the log has, appended ones included. */
  get lines(): number {
    return this.#lines;
  }

  append(record: JournalRecord): void {
    this.#pending += encodeLine(record);
    this.#lines++;
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A disk that refuses the lines here has nobody to tell: sync() does, and every part is synced at its end.
    setImmediate(() => this.#flush());
  }

  /** Resolves when every record appended before the call survives a power cut. Rejects once a write has failed. */
  async sync(): Promise<void> {
    this.#flush();
    if (this.#broken !== undefined) throw this.#broken.error;
    await this.#file.sync();
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#file.close();
  }

  #flush(): void {
    this.#scheduled = false;
    const text = this.#pending;
    this.#pending = "";
    // After a failure nothing more is written: the last line may be half there, and what followed it would make a
    // torn tail look like damage.
    if (text === "" || this.#broken !== undefined) return;
    try {
      this.#file.write(text);
    } catch (error) {
      this.#broken = { error };
    }
  }
}

export interface Replay {
  /** Bytes of the file up to and including its last intact line. */
  readonly intactBytes: number;
  readonly lines: number;
  readonly torn: boolean;
}

/**
 * Gives every intact record of a log to `take`, oldest first. A torn tail (a crash in mid-write) ends it
 * without error. Throws StorageError "Corrupt" when a broken line has intact ones behind it: no crash does that.
 */
export async function replayLog(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  take: (record: JournalRecord) => void,
): Promise<Replay> {
  let rest = Buffer.alloc(0);
  let intactBytes = 0;
  let lines = 0;
  let brokenAt: number | undefined;
  const line = (bytes: Buffer): void => {
    const record = decodeLine(bytes.toString("utf8"));
    if (record === undefined) {
      brokenAt ??= lines + 1;
      return;
    }
    if (brokenAt !== undefined) throw damaged(name, brokenAt);
    take(record);
    intactBytes += bytes.length + 1;
    lines++;
  };
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      line(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > lineCharactersMax) throw damaged(name, lines + 1);
  }
  return { intactBytes, lines, torn: brokenAt !== undefined || rest.length > 0 };
}

function damaged(name: string, line: number): StorageError {
  return new StorageError(
    "Corrupt",
    `the plan file ${name} is damaged at line ${line}, so what this job still has to do cannot be known; ` +
      "start the command again instead of resuming it",
  );
}
