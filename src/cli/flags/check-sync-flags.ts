import type { ArgumentError } from "./argument-error.ts";
import { badMetadata } from "./check-copy-flags.ts";
import { bytesOf, type Checked, levelProblem, meaningOf, metadataOf, problemOf } from "./checked-values.ts";
import { optionError } from "./copy-flags-later.ts";
import type { GlobalFlags } from "./global-flags.ts";
import type { SyncFlags } from "./sync-flags.ts";

/** The most that a sync may remove: a number of objects, or a share of the destination's from 0 to 1. */
export type RemovalLimit = { readonly count: number } | { readonly share: number };

/** The flags of sync that are written in one way and meant in another, in our own words. */
export interface SyncSettings {
  /** undefined: chosen by the size of each file. */
  readonly blockBytes: number | undefined;
  readonly putBlobBytes: number | undefined;
  /** undefined: none was given. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** undefined: no limit. */
  readonly removalsMost: RemovalLimit | undefined;
}

export interface SyncFlagsToCheck {
  readonly flags: SyncFlags;
  readonly globals: Pick<GlobalFlags, "outputLevel">;
  readonly direction: "LocalBlob" | "BlobLocal";
}

/**
 * Checks what the flags of a sync say together and for its direction, in AzCopy's order and words (surface spec 2.3),
 * then what AzCopy does not have. The first fault found is given.
 */
export function checkSyncFlags({
  flags,
  globals,
  direction,
}: SyncFlagsToCheck): SyncSettings | ArgumentError {
  const blockBytes = bytesOf(flags.blockSizeMb);
  const putBlobBytes = bytesOf(flags.putBlobSizeMb);
  const metadata = metadataOf(flags.metadata, badMetadata);
  const removalsMost = removalLimit(flags.maxDelete);
  const problem =
    bothSymlinkFlags(flags) ??
    outputProblem(flags, globals) ??
    problemOf(blockBytes) ??
    problemOf(putBlobBytes) ??
    symlinkProblem(flags) ??
    (direction === "LocalBlob" ? uploadProblem(flags) : downloadProblem(flags)) ??
    problemOf(metadata) ??
    problemOf(removalsMost);
  if (problem !== undefined) return syncError(problem);
  return {
    blockBytes: meaningOf(blockBytes),
    putBlobBytes: meaningOf(putBlobBytes),
    metadata: meaningOf(metadata),
    removalsMost: meaningOf(removalsMost),
  };
}

/** The error of a sync that was given something it cannot do. */
export function syncError(problem: string): ArgumentError {
  const whole = problem.startsWith(optionError) ? problem : `Cannot perform sync due to error: ${problem}`;
  return { route: "C", message: whole };
}

function bothSymlinkFlags(flags: SyncFlags): string | undefined {
  if (!flags.followSymlinks || !flags.preserveSymlinks) return undefined;
  return (
    `${optionError}cannot both follow and preserve symlinks ` +
    "(--preserve-symlinks and --follow-symlinks contradict)"
  );
}

function symlinkProblem(flags: SyncFlags): string | undefined {
  const name = flags.preserveSymlinks ? "preserve" : flags.followSymlinks ? "follow" : undefined;
  return name === undefined
    ? undefined
    : `the '--${name}-symlinks' flag is not applicable for sync operations`;
}

function outputProblem(flags: SyncFlags, globals: SyncFlagsToCheck["globals"]): string | undefined {
  const asks =
    flags.deleteDestination === "prompt"
      ? levelProblem(globals, "delete-destination option 'Prompt'")
      : undefined;
  return asks ?? (flags.dryRun ? levelProblem(globals, "dry-run mode") : undefined);
}

function uploadProblem(flags: SyncFlags): string | undefined {
  if (flags.checkMd5 !== "FailIfDifferent") return "check-md5 is set but the job is not a download";
  if (!flags.preserveLastModifiedTime) return undefined;
  return "preserve-last-modified-time is not supported while uploading to Blob Storage";
}

function downloadProblem(flags: SyncFlags): string | undefined {
  return flags.metadata === "" ? undefined : "metadata is not supported while downloading";
}

function removalLimit(text: string): Checked<RemovalLimit> {
  if (text === "") return { value: undefined };
  const [, number, percent] = /^(\d+)$|^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (number !== undefined) return { value: { count: Number(number) } };
  if (percent !== undefined && Number(percent) <= 100) return { value: { share: Number(percent) / 100 } };
  return {
    problem:
      `${optionError}--max-delete takes a number of objects (1000) or a share of those at the destination ` +
      `(10%), from 0% to 100%: ${JSON.stringify(text)} is neither`,
  };
}
