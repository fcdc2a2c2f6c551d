import type { Clock } from "../foundation/clock.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import type { LocalTime } from "./reporters/timestamps.ts";
import { PerformanceAdjuster, parseRequest, receivedText } from "./stdin-request.ts";

/** What is used of process.stdin. */
export interface Input {
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end" | "close" | "error", listener: () => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "end" | "close" | "error", listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  /** Lets the process end although input might still come; only streams over handles have it. */
  unref?(): unknown;
}

export interface StdinOptions {
  readonly input: Input;
  readonly output: CommandOutput;
  readonly clock: Clock;
  readonly zone: LocalTime;
  /** --cancel-from-stdin: the line "cancel" cancels. */
  readonly cancelFromStdin: boolean;
  readonly onCancel: () => void;
  /** A new cap in megabits per second; 0 for none. */
  readonly onAdjust: (capMbps: number) => void;
}

/** A longer line is no answer and no request: what is over this is not kept. */
const lineCharactersMax = 64 * 1024;

interface Waiting {
  readonly word: string | undefined;
  readonly done: (line: string | undefined) => void;
}

/**
 * Standard input as a job uses it (surface spec 4.8): answers, "cancel", and requests of programs that drive
 * AzCopy. Reads nothing until it is asked to; the end of input ends it for good, and whoever waits gets undefined.
 */
export class Stdin {
  readonly #options: StdinOptions;
  readonly #adjuster: PerformanceAdjuster;
  readonly #decoder = new TextDecoder();
  #state: "new" | "reading" | "ended" = "new";
  #partial = "";
  #tooLong = false;
  #question: Waiting | undefined;
  readonly #words = new Set<Waiting>();

  constructor(options: StdinOptions) {
    this.#options = options;
    this.#adjuster = new PerformanceAdjuster(options.clock, options.zone);
  }

  /**
   * Begins to read. To be called when the job begins if it may ask something: an answer counts only if it comes
   * after the question, and what came before must have been taken off the line by then.
   */
  watch(): void {
    if (this.#state !== "new") return;
    this.#state = "reading";
    const { input } = this.#options;
    input.on("data", this.#onData);
    for (const event of ["end", "close", "error"] as const) input.on(event, this.#onEnd);
    input.resume();
  }

  /** The next line, trimmed; undefined at the end of input and once `signal` is aborted. One question at a time. */
  answer(signal: AbortSignal): Promise<string | undefined> {
    this.watch();
    return this.#wait(undefined, signal);
  }

  /** Resolves when the line `word` comes, at the end of input, after `msMax`, or once `signal` is aborted. */
  async waitFor(word: string, msMax: number, signal: AbortSignal): Promise<void> {
    this.watch();
    const enough = new AbortController();
    const timeout = this.#options.clock.sleep(msMax, enough.signal).catch(() => {});
    const either = AbortSignal.any([signal, enough.signal]);
    await Promise.race([this.#wait(word, either), timeout]);
    enough.abort();
  }

  /** Stops reading, so that the process can end. */
  close(): void {
    const { input } = this.#options;
    if (this.#state === "reading") {
      input.off("data", this.#onData);
      for (const event of ["end", "close", "error"] as const) input.off(event, this.#onEnd);
      input.pause();
      input.unref?.();
    }
    this.#finish();
  }

  #wait(word: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (this.#state === "ended" || signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const stop = (): void => waiting.done(undefined);
      const waiting: Waiting = {
        word,
        done: (line) => {
          signal.removeEventListener("abort", stop);
          this.#words.delete(waiting);
          if (this.#question === waiting) this.#question = undefined;
          resolve(line);
        },
      };
      if (word === undefined) this.#question = waiting;
      else this.#words.add(waiting);
      signal.addEventListener("abort", stop, { once: true });
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    const [first = "", ...rest] = this.#decoder.decode(chunk, { stream: true }).split("\n");
    this.#append(first);
    for (const piece of rest) {
      this.#lineEnds();
      this.#append(piece);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#partial !== "" || this.#tooLong) this.#lineEnds();
    this.#finish();
  };

  #append(piece: string): void {
    if (this.#partial.length + piece.length > lineCharactersMax) this.#tooLong = true;
    this.#partial = this.#tooLong ? "" : this.#partial + piece;
  }

  #lineEnds(): void {
    const line = this.#tooLong ? undefined : this.#partial.trim();
    this.#partial = "";
    this.#tooLong = false;
    this.#take(line);
  }

  #finish(): void {
    this.#state = "ended";
    this.#question?.done(undefined);
    for (const waiting of [...this.#words]) waiting.done(undefined);
  }

  /** `line` is undefined for one that was too long. */
  #take(line: string | undefined): void {
    const { output, cancelFromStdin } = this.#options;
    if (this.#question !== undefined) {
      this.#question.done(line ?? "");
      return;
    }
    if (line === "") return;
    const word = line?.toLowerCase();
    const awaited = [...this.#words].find((waiting) => waiting.word === word);
    if (awaited !== undefined) awaited.done(line);
    else if (cancelFromStdin && word === "cancel") this.#cancel();
    else if (line?.startsWith("{")) this.#request(line);
    else output.info("Discarding incorrectly formatted input message");
  }

  #cancel(): void {
    this.#options.output.info("Cancellation requested");
    this.#options.onCancel();
  }

  #request(line: string): void {
    const { output, onAdjust, zone } = this.#options;
    const request = parseRequest(line);
    if (request === undefined) {
      output.info("Discarding incorrectly formatted input message");
      return;
    }
    output.info(receivedText(request, zone));
    switch (request.type.toLowerCase()) {
      case "canceljob":
        this.#cancel();
        return;
      case "performanceadjustment": {
        const response = this.#adjuster.decide(request.value);
        if (response.succeeded) onAdjust(response.capMbps);
        output.respond(response);
        return;
      }
      default:
        output.info(`Discarding incorrect message: ${request.type}.`);
    }
  }
}
