import type { RemoveRequest } from "../commands/change-requests.ts";
import type { Asked } from "./asked.ts";
import { changeTarget, listsProblem, resolveChange } from "./change-target.ts";
import type { ArgumentError } from "./flags/argument-error.ts";
import { inputError } from "./flags/change-flags.ts";
import { levelProblem } from "./flags/checked-values.ts";
import type { Invocation } from "./flags/parse.ts";
import type { RemoveFlags } from "./flags/remove-flags.ts";

type RemoveInvocation = Extract<Invocation, { command: "remove" }>;

/**
 * Puts a parsed `remove` into the words of the command. Returns what is wrong with its flags, in AzCopy's order;
 * throws FromToError for what is no blob storage.
 */
export function removeRequest(
  invocation: RemoveInvocation,
  platform: NodeJS.Platform,
): Asked<RemoveRequest> | ArgumentError {
  const { flags, globals } = invocation;
  const [address = ""] = invocation.args;
  const fromTo = resolveChange(flags.fromTo, address, "Trash");
  const lists = listsProblem(flags);
  if (lists !== undefined) return lists;
  const level = flags.dryRun ? levelProblem(globals, "dry-run mode") : undefined;
  if (level !== undefined) return { route: "C", message: `${inputError}${level}` };
  const aimed = changeTarget(flags, address, fromTo, platform);
  if ("route" in aimed) return aimed;
  const { target, warnings } = aimed;
  return { request: { ...target, snapshots: snapshotsOf(flags) }, warnings };
}

function snapshotsOf({ deleteSnapshots }: RemoveFlags): RemoveRequest["snapshots"] {
  switch (deleteSnapshots) {
    case "":
    case "None":
      return "refuse";
    case "Include":
      return "include";
    case "Only":
      return "only";
  }
}
