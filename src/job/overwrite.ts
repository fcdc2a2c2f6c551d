import type { Destination, Entry, Expectation, RelativePath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import type { SkipReason, Transfer } from "../journal/records.ts";
import type { PromptAnswer } from "./events.ts";
import type { OverwriteRule } from "./order.ts";

export type Decision =
  | { readonly write: true; readonly expect: Expectation }
  | { readonly write: false; readonly reason: SkipReason };

/**
 * Whether a transfer may write its destination, and on what condition (semantics 4.2):
 *
 *   rule            there     decision
 *   true            -         write, whatever stands there
 *   false           nothing   write, if still nothing stands there
 *   false           object    skip "exists"
 *   ifSourceNewer   nothing   write, if still nothing stands there
 *   ifSourceNewer   older     write, if that object still stands there
 *   ifSourceNewer   other     skip "newer"
 *   prompt          nothing   write, if still nothing stands there
 *   prompt          object    as answered; no answer skips "declined"
 *
 * The condition travels with the write, so nobody's object is replaced in the time between look and write.
 */
export async function decideOverwrite(
  rule: OverwriteRule,
  transfer: Transfer,
  path: RelativePath,
  world: { destination: Destination; prompt: OverwritePrompt },
  signal: AbortSignal,
): Promise<Decision> {
  if (rule === "true") return { write: true, expect: { kind: "any" } };
  const there = await statOrUnknown(world.destination, rule, path, signal);
  if (there === undefined) return { write: true, expect: { kind: "absent" } };
  if (rule === "false") return { write: false, reason: "exists" };
  if (rule === "ifSourceNewer") {
    const newer = (transfer.modifiedMs ?? 0) > (there.modifiedMs ?? 0);
    return newer ? { write: true, expect: expectationOf(there) } : { write: false, reason: "newer" };
  }
  const yes = await world.prompt.ask(path);
  return yes ? { write: true, expect: expectationOf(there) } : { write: false, reason: "declined" };
}

function expectationOf(entry: Entry): Expectation {
  return entry.version === undefined ? { kind: "any" } : { kind: "version", version: entry.version };
}

/** A token that may write but not read cannot look; with rule "false" the write's own condition decides. */
async function statOrUnknown(
  destination: Destination,
  rule: OverwriteRule,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  try {
    return await destination.stat(path, signal);
  } catch (error) {
    if (rule === "false" && error instanceof StorageError && error.code === "AccessDenied") return undefined;
    throw error;
  }
}

/** Asks about one object at a time, and remembers an answer that was meant for all. */
export class OverwritePrompt {
  readonly #ask: (path: RelativePath) => Promise<PromptAnswer | undefined>;
  #forAll: boolean | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ask: (path: RelativePath) => Promise<PromptAnswer | undefined>) {
    this.#ask = ask;
  }

  ask(path: RelativePath): Promise<boolean> {
    const answer = this.#turn.then(() => this.#answer(path));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #answer(path: RelativePath): Promise<boolean> {
    if (this.#forAll !== undefined) return this.#forAll;
    const answer = await this.#ask(path);
    if (answer === "yesForAll" || answer === "noForAll") this.#forAll = answer === "yesForAll";
    return answer === "yes" || answer === "yesForAll";
  }
}
