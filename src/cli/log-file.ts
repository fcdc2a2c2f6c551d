import { closeSync, constants, existsSync, fstatSync, openSync, renameSync, write } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../foundation/clock.ts";
import { messageOf } from "../foundation/errors.ts";
import { type Log, type LogLevel, logLevels, noLog } from "../foundation/log.ts";
import { redact } from "../foundation/redact.ts";
import { KiB, MiB } from "../foundation/units.ts";
import { dayAndTime, type LocalTime, rfc3339Seconds, utcTime } from "./reporters/timestamps.ts";

export interface LogFileOptions {
  readonly folder: string;
  readonly jobId: string;
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly zone: LocalTime;
  /** What the header says of the program and the machine. */
  readonly version: string;
  readonly platform: string;
  readonly architecture: string;
  /** The command line; credentials are redacted here. */
  readonly command: string;
  /** Told once when the log cannot be written: the job goes on without it. */
  readonly onTrouble: (text: string) => void;
  /** For tests. */
  readonly fileBytesMax?: number;
}

/** The log of a job (surface spec 8.3). */
export interface LogFile {
  readonly log: Log;
  /** Whether entries of this level are written: callers need not format what is not. */
  readonly wants: (level: LogLevel) => boolean;
  /** Where the log is; "" when there is none. */
  readonly path: string;
  /** Resolves when all that was logged has been handed to the operating system, or given up. */
  close(): Promise<void>;
}

const fileBytesMaxDefault = 500 * MiB;
/** So much is written together: calls to the system cost more than the bytes. */
const batchCharacters = 64 * KiB;
/** Nothing waits longer than this to be written, ms. */
const batchMsMax = 1_000;
/** When the disk is slower than what is logged, entries beyond this many characters are dropped, and counted. */
const backlogCharactersMax = 16 * MiB;
/** Most full logs of one job that are kept apart; the last of them is overwritten then. */
const rotatedFilesMax = 10_000;
/** AzCopy's margin for clocks that differ, ms. */
const startMarginMs = 5_000;

/** Opens, or goes on with, `<folder>/<jobId>.log`. With level NONE there is no file. Never throws. */
export function createLogFile(options: LogFileOptions): LogFile {
  if (options.level === "NONE") return { log: noLog, wants: () => false, path: "", close: async () => {} };
  const rank = logLevels.indexOf(options.level);
  const wants = (level: LogLevel): boolean => logLevels.indexOf(level) <= rank;
  const writer = new LogWriter(options);
  for (const line of headerLines(options)) writer.add(line);
  const log: Log = (level, text) => {
    if (wants(level)) writer.add(text.startsWith("==> ") ? text : `${prefixes[level]}${text}`);
  };
  return { log, wants, path: writer.path, close: () => writer.close() };
}

const prefixes = { ERROR: "ERR: ", WARNING: "WARN: ", INFO: "INFO: ", DEBUG: "DBG: " };

/** How Go, and so AzCopy's log, calls them. */
const systems: Readonly<Record<string, string>> = { win32: "windows" };
const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

function headerLines({ version, platform, architecture, clock, zone, command }: LogFileOptions): string[] {
  const now = clock.now();
  const start = rfc3339Seconds(now - startMarginMs, utcTime);
  return [
    `AzcopyVersion  ${version}`,
    `OS-Environment  ${systems[platform] ?? platform}`,
    `OS-Architecture  ${architectures[architecture] ?? architecture}`,
    `Log times are in UTC. Local time is ${dayAndTime(now, zone)}`,
    "ISO 8601 START TIME: to copy files that changed before or after this job started, " +
      `use the parameter --include-before=${start} or --include-after=${start}`,
    `Job-Command ${command.trimEnd()} `,
  ];
}

class LogWriter {
  readonly path: string;
  readonly #folder: string;
  readonly #jobId: string;
  readonly #clock: Clock;
  readonly #onTrouble: (text: string) => void;
  readonly #fileBytesMax: number;
  #file: number | undefined;
  #fileBytes = 0;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #dropped = 0;
  #stampSecond = -1;
  #stamp = "";
  #timer: NodeJS.Timeout | undefined;
  /** The write under way; the next begins when it is over, so that lines stay in order. */
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(options: LogFileOptions) {
    this.#folder = options.folder;
    this.#jobId = options.jobId;
    this.#clock = options.clock;
    this.#onTrouble = options.onTrouble;
    this.#fileBytesMax = options.fileBytesMax ?? fileBytesMaxDefault;
    this.path = join(options.folder, `${options.jobId}.log`);
    this.#attempt(() => this.#open());
  }

  add(text: string): void {
    if (this.#failed) return;
    if (this.#pendingCharacters > backlogCharactersMax) {
      this.#dropped++;
      return;
    }
    const line = `${this.#timestamp()} ${text}\n`;
    this.#pending.push(line);
    this.#pendingCharacters += line.length;
    if (this.#pendingCharacters >= batchCharacters) this.#flush();
    else this.#flushSoon();
  }

  async close(): Promise<void> {
    if (!this.#failed) this.add("Closing Log");
    this.#flush();
    while (this.#writing !== undefined) {
      await this.#writing;
      this.#flush();
    }
    const file = this.#file;
    this.#file = undefined;
    this.#failed = true;
    clearTimeout(this.#timer);
    if (file !== undefined) this.#attempt(() => closeSync(file));
  }

  /** UTC to the second; made anew once a second. */
  #timestamp(): string {
    const second = Math.floor(this.#clock.now() / 1_000);
    if (second !== this.#stampSecond) {
      this.#stampSecond = second;
      const text = new Date(second * 1_000).toISOString();
      this.#stamp = `${text.slice(0, 10).replaceAll("-", "/")} ${text.slice(11, 19)}`;
    }
    return this.#stamp;
  }

  #flushSoon(): void {
    // A log must not keep a process alive that has nothing else to do; close() writes what is left.
    this.#timer ??= setTimeout(() => this.#flush(), batchMsMax).unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing !== undefined || this.#pending.length === 0 || this.#failed) return;
    if (this.#dropped > 0) {
      this.#pending.push(
        `${this.#timestamp()} WARN: ${this.#dropped} entries were dropped: the disk is too slow\n`,
      );
      this.#dropped = 0;
    }
    const bytes = Buffer.from(this.#pending.map(redact).join(""));
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#writing = this.#write(bytes).finally(() => {
      this.#writing = undefined;
      if (this.#pendingCharacters >= batchCharacters) this.#flush();
      else if (this.#pending.length > 0) this.#flushSoon();
    });
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      if (this.#fileBytes > 0 && this.#fileBytes + bytes.length > this.#fileBytesMax) this.#rotate();
      for (let done = 0; done < bytes.length; ) done += await writeSome(this.#file, bytes, done);
      this.#fileBytes += bytes.length;
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #open(): void {
    const { O_APPEND, O_CREAT, O_WRONLY } = constants;
    this.#file = openSync(this.path, O_APPEND | O_CREAT | O_WRONLY, 0o600);
    this.#fileBytes = fstatSync(this.#file).size;
  }

  /** Sets the full log aside as `<id>.0.log`, `.1.log` and so on, and goes on in a new one. */
  #rotate(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    const name = (number: number): string => join(this.#folder, `${this.#jobId}.${number}.log`);
    let number = 0;
    while (number < rotatedFilesMax && existsSync(name(number))) number++;
    renameSync(this.path, name(number));
    this.#open();
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.#onTrouble(
      `the job log ${this.path} cannot be written (${messageOf(error)}): the job goes on without it`,
    );
  }
}

function writeSome(file: number | undefined, bytes: Buffer, from: number): Promise<number> {
  return new Promise((resolve, reject) => {
    if (file === undefined) reject(new Error("it is closed"));
    else {
      write(file, bytes, from, bytes.length - from, null, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    }
  });
}
