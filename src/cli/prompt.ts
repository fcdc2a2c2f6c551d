import type { PromptAnswer } from "../job/events.ts";
import type { CommandOutput, Question, ResponseOption } from "./reporters/command-output.ts";
import type { Stdin } from "./stdin.ts";

/** The ways to answer a question about one of many. */
export const answers: readonly (ResponseOption & { readonly answer: PromptAnswer })[] = [
  { answer: "yes", responseType: "Yes", friendly: "Yes", response: "y" },
  { answer: "no", responseType: "No", friendly: "No", response: "n" },
  { answer: "yesForAll", responseType: "YesForAll", friendly: "Yes for all", response: "a" },
  { answer: "noForAll", responseType: "NoForAll", friendly: "No for all", response: "l" },
];

/** Asks whether an existing object is to be replaced (surface spec 4.9.6). */
export function overwriteQuestion(destination: string): Question {
  const text = `${destination} already exists at the destination. Do you wish to overwrite?`;
  return { promptType: "Overwrite", text, options: answers, target: destination };
}

/** What a typed answer means: its letter or its words, in any case. */
export function readAnswer(text: string): PromptAnswer | undefined {
  const typed = text.trim().toLowerCase();
  return answers.find(({ response, friendly }) => typed === response || typed === friendly.toLowerCase())
    ?.answer;
}

/**
 * Asks about one object and tells what follows from the answer. At the end of input nobody will ever answer: then
 * it is "no" for this object and all after it. undefined when the answer is none, and once `signal` is aborted.
 */
export async function askOverwrite(
  { output, stdin }: { readonly output: CommandOutput; readonly stdin: Stdin },
  destination: string,
  signal: AbortSignal,
): Promise<PromptAnswer | undefined> {
  if (signal.aborted) return undefined;
  output.ask(overwriteQuestion(destination));
  const line = await stdin.answer(signal);
  const answer = line === undefined ? endOfInput(signal) : readAnswer(line);
  output.answered();
  if (!signal.aborted) output.info(consequence(answer, destination));
  return answer;
}

/** What no further answer ever means: leave all as it is. */
export const endOfInput = (signal: AbortSignal): PromptAnswer | undefined =>
  signal.aborted ? undefined : "noForAll";

function consequence(answer: PromptAnswer | undefined, destination: string): string {
  switch (answer) {
    case "yes":
      return `Confirmed. ${destination} will be overwritten.`;
    case "no":
      return `${destination} will be skipped`;
    case "yesForAll":
      return "Confirmed. All future file conflicts will be overwritten.";
    case "noForAll":
      return "No file will be overwritten from now onwards.";
    case undefined:
      return `Unrecognizable answer, skipping ${destination}.`;
  }
}
