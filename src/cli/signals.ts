import type { CommandOutput } from "./reporters/command-output.ts";

/** How a process that was stopped twice ends: at once, its plan as good as after a kill. */
const forcedExitCode = 1;

/** Ctrl-C and SIGTERM: the first ends the job cleanly and leaves it to be resumed, the second ends the process. */
export class Signals {
  readonly #stop = new AbortController();
  readonly #output: CommandOutput;

  constructor(output: CommandOutput) {
    this.#output = output;
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  cancel(): void {
    if (this.#stop.signal.aborted) process.exit(forcedExitCode);
    this.#output.info("Cancellation requested. Beginning clean shutdown...");
    this.#output.info("Canceling job started");
    this.#stop.abort();
  }

  close(): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }

  readonly #onSignal = (): void => this.cancel();
}
