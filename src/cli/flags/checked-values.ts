import { MiB } from "../../foundation/units.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { parseMetadata } from "./metadata.ts";

/** What a flag's text means; undefined: it says nothing. Or what is wrong with it, in AzCopy's words. */
export type Checked<Value> = { readonly value: Value | undefined } | { readonly problem: string };

export const problemOf = (checked: Checked<unknown>): string | undefined =>
  "problem" in checked ? checked.problem : undefined;

export const meaningOf = <Value>(checked: Checked<Value>): Value | undefined =>
  "value" in checked ? checked.value : undefined;

/** A size in MiB as bytes; 0 leaves the choice to the job. */
export function bytesOf(mebibytes: number): Checked<number> {
  if (mebibytes < 0) return { problem: "negative block size not allowed" };
  const bytes = mebibytes * MiB;
  if (bytes >= 2 ** 63) return { problem: "block size too big for int64" };
  if (Number.isInteger(bytes)) return { value: bytes === 0 ? undefined : bytes };
  return {
    problem:
      "while fractional numbers of MiB are allowed as the block size, the fraction must result to a whole number of " +
      `bytes. ${mebibytes.toFixed(12)} MiB resolves to ${bytes.toFixed(3)} bytes`,
  };
}

/** What --metadata and --blob-tags say to take all away. A copy, which adds to nothing, does nothing then. */
export const isClear = (text: string): boolean => text.toLowerCase() === "clear";

/** --metadata of objects that are written. `formatProblem` is what to say of a text of the wrong form. */
export function metadataOf(text: string, formatProblem: string): Checked<Readonly<Record<string, string>>> {
  if (text === "" || isClear(text)) return { value: undefined };
  const parsed = parseMetadata(text);
  if ("metadata" in parsed) return { value: parsed.metadata };
  if (parsed.problem === "format") return { problem: formatProblem };
  return { problem: `invalid metadata key value '${parsed.key}': can't have spaces or special characters` };
}

/** Why less output than usual and `what` cannot go together ("dry-run mode"); undefined when they can. */
export function levelProblem(globals: Pick<GlobalFlags, "outputLevel">, what: string): string | undefined {
  if (globals.outputLevel === "default") return undefined;
  const level = globals.outputLevel === "quiet" ? "Quiet" : "Essential";
  return `cannot set output level '${level}' with ${what}`;
}
