import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export const azcopyFile = join(import.meta.dirname, "../../dist/azcopy");

export interface StartOptions {
  /** What to run instead of dist/azcopy. */
  readonly file?: string;
  /** It is Microsoft's AzCopy, whose crashes are not ours. */
  readonly real?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** "closed", the default: end of input at once. "open": a pipe that stays empty until written to. */
  readonly stdin?: "closed" | "open";
  readonly folder?: string;
  /** Runs as this user, without root's rights; needs root. */
  readonly userId?: number;
}

/** One line of --output-type=json. */
export interface Message {
  readonly type: string;
  readonly content: unknown;
}

/** How a run of the binary ended, with everything it said. */
export class Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(exitCode: number | null, signal: string | null, stdout: string, stderr: string) {
    this.exitCode = exitCode ?? undefined;
    this.signal = signal ?? undefined;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  get jobId(): string {
    const found =
      /Job ([0-9a-f-]{36}) has started/.exec(this.stdout) ??
      /"JobID\\?":\\?"([0-9a-f-]{36})/.exec(this.stdout);
    assert(found?.[1], `no job id in: ${this}`);
    return found[1];
  }

  /** A line of the closing summary: number("Number of File Transfers"). */
  number(label: string): number {
    const text = this.text(label);
    assert.match(text, /^[\d.]+$/);
    return Number(text);
  }

  get status(): string {
    return this.text("Final Job Status");
  }

  text(label: string): string {
    const found = this.stdout.split("\n").find((line) => line.startsWith(`${label}: `));
    assert(found !== undefined, `no "${label}" in: ${this}`);
    return found.slice(label.length + 2).trim();
  }

  /** The lines that are neither progress nor blank nor information: what tells a person why it failed. */
  get complaints(): string[] {
    return this.stdout
      .split(/[\n\r]/)
      .map((line) => line.trim())
      .filter(
        (line) => line !== "" && !/^((INFO|WARN): |Job .* has started|Log file is|\d+\.\d %)/.test(line),
      );
  }

  /** The messages of --output-type=json; fails when a line is none. */
  get messages(): Message[] {
    return this.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const { MessageType, MessageContent } = JSON.parse(line) as Record<string, string>;
        assert(MessageType !== undefined && MessageContent !== undefined, `not a message: ${line}`);
        const content: unknown = MessageContent.startsWith("{") ? JSON.parse(MessageContent) : MessageContent;
        return { type: MessageType, content };
      });
  }

  toString(): string {
    const stdout =
      this.stdout.length > 4_000
        ? `${this.stdout.slice(0, 2_000)}…${this.stdout.slice(-2_000)}`
        : this.stdout;
    return `exit ${this.exitCode ?? this.signal}\n--- stdout\n${stdout}\n--- stderr\n${this.stderr.slice(0, 4_000)}\n---`;
  }
}

export class Running {
  readonly child: ChildProcess;
  readonly #ended: Promise<Ended>;
  stdout = "";

  constructor(child: ChildProcess, check: (ended: Ended) => void) {
    this.child = child;
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    this.#ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => {
        const ended = new Ended(exitCode, signal, this.stdout, stderr);
        try {
          check(ended);
          resolve(ended);
        } catch (error) {
          reject(error);
        }
      });
    });
    this.#ended.catch(() => {});
  }

  get ended(): Promise<Ended> {
    return this.#ended;
  }

  /** Resolves when something is written to stdout, or the process has ended. */
  async moreOutput(): Promise<void> {
    const more = new Promise<void>((resolve) => this.child.stdout?.once("data", () => resolve()));
    await Promise.race([more, this.#ended]);
    if (this.child.exitCode !== null) assert.fail(`ended early: ${await this.#ended}`);
  }

  /** Sends the signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.#ended;
  }
}

/** Somebody who uses the binary: with log and plan folders of their own, and secrets that may show up nowhere. */
export class User {
  readonly home: string;
  readonly logs: string;
  readonly plans: string;
  readonly #secrets: readonly string[];
  readonly #running = new Set<ChildProcess>();

  constructor(home: string, secrets: readonly string[]) {
    this.home = home;
    this.logs = join(home, "logs");
    this.plans = join(home, "plans");
    this.#secrets = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
    mkdirSync(this.logs, { recursive: true });
    mkdirSync(this.plans, { recursive: true });
  }

  azcopy(words: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return this.start(words, options).ended;
  }

  start(words: readonly string[], options: StartOptions = {}): Running {
    const file = options.file ?? azcopyFile;
    const as = options.userId === undefined ? [] : asUser(options.userId);
    const [program = file, ...rest] = [...as, file, ...words];
    const child = spawn(program, rest, {
      cwd: options.folder ?? this.home,
      env: {
        PATH: process.env["PATH"],
        HOME: this.home,
        AZCOPY_LOG_LOCATION: this.logs,
        AZCOPY_JOB_PLAN_LOCATION: this.plans,
        AZCOPY_DISABLE_SYSLOG: "true",
        ...options.environment,
      },
      stdio: [options.stdin === "open" ? "pipe" : "ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    return new Running(child, (ended) => {
      this.#running.delete(child);
      this.#check(ended, options.real ?? false);
    });
  }

  /** Ends what a failed test has left running. */
  leave(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  /** What holds for every run, however it ends: no secret anywhere, and no crash. */
  #check(ended: Ended, real: boolean): void {
    const places = [
      ["stdout", ended.stdout],
      ["stderr", ended.stderr],
      ...[...filesBelow(this.logs), ...filesBelow(this.plans)].map((name) => [
        name,
        readFileSync(name, "latin1"),
      ]),
    ] as const;
    for (const [place, text] of places) {
      for (const secret of this.#secrets) assert(!text?.includes(secret), `the SAS signature is in ${place}`);
    }
    if (real) return;
    assert(ended.exitCode === 0 || ended.exitCode === 1 || ended.signal, `ended in an unknown way: ${ended}`);
    assert.doesNotMatch(ended.stdout + ended.stderr, /^\s+at .*:\d+:\d+\)?$/m, `a stack trace: ${ended}`);
  }
}

function asUser(id: number): string[] {
  return ["setpriv", `--reuid=${id}`, `--regid=${id}`, "--clear-groups", "--inh-caps=-all"];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => statSync(name).isFile());
}

export function temporaryFolder(parent: string, name: string): string {
  return mkdtempSync(join(parent, `${name}-`));
}
