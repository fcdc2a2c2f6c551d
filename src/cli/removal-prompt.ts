import type { PromptAnswer } from "../job/events.ts";
import { answers, endOfInput, readAnswer } from "./prompt.ts";
import type { CommandOutput, Question } from "./reporters/command-output.ts";
import type { Stdin } from "./stdin.ts";

interface RemovalPromptParts {
  readonly output: CommandOutput;
  readonly stdin: Stdin;
  /** Questions can be seen: otherwise nothing is asked and everything is kept. */
  readonly visible: boolean;
  readonly signal: AbortSignal;
}

/** What AzCopy calls an object at a place: a path, or an address. */
const kindAt = (root: string): string => (/^https?:/i.test(root) ? "Blob" : "local file");

/** Asks whether what only the destination has is to be removed (surface spec 4.9.6). */
export function removalQuestion(path: string, root: string): Question {
  const text =
    `The ${kindAt(root)} '${path}' does not exist at the source. ` +
    `Do you wish to delete it from the destination(${root})?`;
  return { promptType: "DeleteDestination", text, options: answers, target: path };
}

/**
 * Asks about each object that only the destination has, until an answer stands for all. At the end of input nobody
 * will ever answer: then everything is kept, as after an answer that is none.
 */
export class RemovalPrompt {
  readonly #parts: RemovalPromptParts;
  #forAll: boolean | undefined;

  constructor(parts: RemovalPromptParts) {
    this.#parts = parts;
  }

  /** Whether the object at `path` below the destination's `root` (without credentials) may go. */
  async ask(path: string, root: string): Promise<boolean> {
    const { output, stdin, visible, signal } = this.#parts;
    if (!visible || signal.aborted) return false;
    if (this.#forAll !== undefined) return this.#forAll;
    output.ask(removalQuestion(path, root));
    const line = await stdin.answer(signal);
    const answer = line === undefined ? endOfInput(signal) : readAnswer(line);
    output.answered();
    if (signal.aborted) return false;
    output.info(consequence(answer, path, kindAt(root)));
    if (answer === "yesForAll" || answer === "noForAll") this.#forAll = answer === "yesForAll";
    return answer === "yes" || answer === "yesForAll";
  }
}

/** What is confirmed is not yet done: nothing goes before both sides are known as a whole. */
function consequence(answer: PromptAnswer | undefined, path: string, kind: string): string {
  switch (answer) {
    case "yes":
      return `Confirmed. ${path} will be deleted.`;
    case "no":
      return `Keeping extra ${kind}: ${path}`;
    case "yesForAll":
      return `Confirmed. All the extra ${kind}s will be deleted.`;
    case "noForAll":
      return "No deletions will happen from now onwards.";
    case undefined:
      return `Unrecognizable answer, keeping extra ${kind}: ${path}.`;
  }
}
