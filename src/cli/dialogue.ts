import type { CommandContext } from "../commands/context.ts";
import type { Clock } from "../foundation/clock.ts";
import { asksQuestions } from "./blob-jobs.ts";
import type { Invocation } from "./flags/parse.ts";
import { askOverwrite } from "./prompt.ts";
import { RemovalPrompt } from "./removal-prompt.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import { systemTime } from "./reporters/timestamps.ts";
import type { Signals } from "./signals.ts";
import { Stdin } from "./stdin.ts";

export interface DialogueParts {
  readonly invocation: Invocation;
  readonly clock: Clock;
  readonly output: CommandOutput;
  readonly signals: Signals;
  /** A new cap in megabits per second; 0 for none. */
  readonly onAdjust: (capMbps: number) => void;
}

/** What a job asks its user or the program that drives it, and what these may say unasked. */
export interface Dialogue extends Pick<CommandContext, "ask" | "askRemoval" | "beforeFirstOpen"> {
  /** Begins to listen where something may be said; resolves when the job may begin (--await-continue). */
  begin(): Promise<void>;
  close(): void;
}

const awaitContinueMs = 60_000;
const awaitOpenMs = 5 * 60_000;

/** Opens the dialogue of a job over this process's standard input. */
export function openDialogue({ invocation, clock, output, signals, onAdjust }: DialogueParts): Dialogue {
  const { globals } = invocation;
  const { signal } = signals;
  const stdin = new Stdin({
    input: process.stdin,
    output,
    clock,
    zone: systemTime(),
    cancelFromStdin: globals.cancelFromStdin,
    onCancel: () => signals.cancel(),
    onAdjust,
  });
  const visible = globals.outputType !== "none" && globals.outputLevel === "default";
  const removals = new RemovalPrompt({ output, stdin, visible, signal });
  return {
    ask: (destination) => askOverwrite({ output, stdin }, destination, signal),
    askRemoval: (path, root) => removals.ask(path, root),
    begin: async () => {
      if (globals.cancelFromStdin || asksQuestions(invocation)) stdin.watch();
      if (globals.awaitContinue) await stdin.waitFor("continue", awaitContinueMs, signal);
    },
    beforeFirstOpen: async () => {
      if (globals.awaitOpen) await stdin.waitFor("open", awaitOpenMs, signal);
    },
    close: () => stdin.close(),
  };
}
