import type { PropertyChange } from "../backends/backend.ts";
import type { SetPropertiesRequest } from "../commands/change-requests.ts";
import type { Asked } from "./asked.ts";
import { changeTarget, listsProblem, resolveChange } from "./change-target.ts";
import type { ArgumentError } from "./flags/argument-error.ts";
import { parseBlobTags } from "./flags/blob-tags.ts";
import { inputError } from "./flags/change-flags.ts";
import { type Checked, isClear, levelProblem, metadataOf, problemOf } from "./flags/checked-values.ts";
import type { Invocation } from "./flags/parse.ts";
import type { SetPropertiesFlags } from "./flags/set-properties-flags.ts";

type SetPropertiesInvocation = Extract<Invocation, { command: "set-properties" }>;

const badMetadata =
  "metadata names must conform to C# naming rules (https://learn.microsoft.com/en-us/rest/api/storageservices/" +
  "naming-and-referencing-containers--blobs--and-metadata#metadata-names)";

type Pairs = Readonly<Record<string, string>>;

/**
 * Puts a parsed `set-properties` into the words of the command. Returns what is wrong with its flags, in AzCopy's
 * order; throws FromToError for what is no blob storage.
 */
export function setPropertiesRequest(
  invocation: SetPropertiesInvocation,
  platform: NodeJS.Platform,
): Asked<SetPropertiesRequest> | ArgumentError {
  const { flags, given, globals } = invocation;
  const [address = ""] = invocation.args;
  const fromTo = resolveChange(flags.fromTo, address, "None");
  const lists = listsProblem(flags);
  if (lists !== undefined) return lists;
  const metadata = newMetadata(flags.metadata);
  const tags = newTags(flags.blobTags);
  const problem =
    problemOf(metadata) ??
    problemOf(tags) ??
    (flags.dryRun ? levelProblem(globals, "dry-run mode") : undefined);
  if (problem !== undefined) return { route: "C", message: `${inputError}${problem}` };
  const aimed = changeTarget(flags, address, fromTo, platform);
  if ("route" in aimed) return aimed;
  if (flags.blockBlobTier === "Archive" && flags.metadata !== "") {
    return { route: "C", message: `${inputError}metadata can't be set if blob is set to be archived` };
  }
  const change = { ...tierOf(flags, given), ...named("metadata", metadata), ...named("tags", tags) };
  return {
    request: { ...aimed.target, change },
    warnings: [...clearWarnings(flags), ...aimed.warnings],
  };
}

function newMetadata(text: string): Checked<Pairs> {
  return isClear(text) ? { value: {} } : metadataOf(text, badMetadata);
}

function newTags(text: string): Checked<Pairs> {
  if (text === "") return { value: undefined };
  return isClear(text) ? { value: {} } : parseBlobTags(text);
}

function named(name: "metadata" | "tags", checked: Checked<Pairs>): PropertyChange {
  return "value" in checked && checked.value !== undefined ? { [name]: checked.value } : {};
}

/** The service's own priority is Standard: it goes along only where it was asked for in so many words. */
function tierOf(flags: SetPropertiesFlags, given: ReadonlySet<string>): PropertyChange {
  const { blockBlobTier: tier, rehydratePriority } = flags;
  if (tier === "None") return {};
  if (rehydratePriority === "None" || !given.has("rehydrate-priority")) return { tier };
  return { tier, rehydratePriority };
}

/** The blank at the end is AzCopy's: scripts know the line like that. */
function clearWarnings(flags: SetPropertiesFlags): string[] {
  const warning = (what: string, flag: string): string =>
    `*** WARNING *** ${what} will be cleared because of input --${flag}=clear `;
  const warnings: string[] = [];
  if (isClear(flags.metadata)) warnings.push(warning("Metadata", "metadata"));
  if (isClear(flags.blobTags)) warnings.push(warning("BlobTags", "blob-tags"));
  return warnings;
}
