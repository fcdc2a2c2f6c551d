import type { ArgumentError } from "./argument-error.ts";
import { bytesOf, levelProblem, meaningOf, metadataOf, problemOf } from "./checked-values.ts";
import type { CopyFlags } from "./copy-flags.ts";
import { optionError } from "./copy-flags-later.ts";
import type { GlobalFlags } from "./global-flags.ts";

/** The flags of copy that are written in one way and meant in another, in our own words. */
export interface CopySettings {
  /** undefined: chosen by the size of each file. */
  readonly blockBytes: number | undefined;
  readonly putBlobBytes: number | undefined;
  /** undefined: none was given. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

export interface CopyFlagsToCheck {
  readonly flags: CopyFlags;
  readonly given: ReadonlySet<string>;
  readonly globals: Pick<GlobalFlags, "outputLevel">;
  readonly direction: "LocalBlob" | "BlobLocal";
}

/**
 * Checks what the flags of a copy say together and for its direction, in AzCopy's order and words (surface spec
 * 2.2.1 and the table at the end of 2.2). The first fault found is given.
 */
export function checkCopyFlags(checked: CopyFlagsToCheck): CopySettings | ArgumentError {
  const { flags, direction } = checked;
  const blockBytes = bytesOf(flags.blockSizeMb);
  const putBlobBytes = bytesOf(flags.putBlobSizeMb);
  const metadata = metadataOf(flags.metadata, badMetadata);
  const problem =
    outputProblem(checked) ??
    problemOf(blockBytes) ??
    problemOf(putBlobBytes) ??
    problemOf(metadata) ??
    (direction === "LocalBlob" ? uploadProblem(checked) : downloadProblem(checked));
  if (problem !== undefined) return copyError(problem);
  return {
    blockBytes: meaningOf(blockBytes),
    putBlobBytes: meaningOf(putBlobBytes),
    metadata: meaningOf(metadata),
  };
}

function copyError(problem: string): ArgumentError {
  const whole = problem.startsWith(optionError) ? problem : `Cannot perform copy due to error: ${problem}`;
  return { route: "C", message: whole };
}

/** The only problem with a value that copy takes for one of the command line's form. */
export const badMetadata = `${optionError}invalid metadata format. Please refer to the help document for correct format`;

function outputProblem({ flags, globals }: CopyFlagsToCheck): string | undefined {
  const asks = flags.overwrite === "prompt" ? levelProblem(globals, "overwrite option 'prompt'") : undefined;
  return asks ?? (flags.dryRun ? levelProblem(globals, "dry-run mode") : undefined);
}

function uploadProblem(checked: CopyFlagsToCheck): string | undefined {
  const { flags } = checked;
  if (flags.preserveLastModifiedTime) {
    return "preserve-last-modified-time is not supported while uploading to Blob Storage";
  }
  const served = serviceOnly(checked);
  if (served !== undefined) return `${served} is not supported while uploading`;
  return flags.checkMd5 === "FailIfDifferent" ? undefined : "check-md5 is set but the job is not a download";
}

function downloadProblem(checked: CopyFlagsToCheck): string | undefined {
  const { flags } = checked;
  const unsupported = (what: string): string => `${what} is not supported while downloading`;
  if (flags.blockBlobTier !== "None") return unsupported("blob-tier");
  // AzCopy takes a fixed content type for a wish not to have one guessed, and says so.
  if (flags.noGuessMimeType || flags.contentType !== "") return unsupported("no-guess-mime-type");
  const texts = [flags.contentEncoding, flags.contentLanguage, flags.contentDisposition, flags.cacheControl];
  if ([...texts, flags.metadata].some((text) => text !== "")) {
    return unsupported(
      "content-type, content-encoding, content-language, content-disposition, cache-control, or metadata",
    );
  }
  const served = serviceOnly(checked);
  return served === undefined ? undefined : unsupported(served);
}

/** A flag of copies between services that was asked for in so many words. */
function serviceOnly({ flags, given }: CopyFlagsToCheck): string | undefined {
  if (given.has("s2s-preserve-properties") && flags.s2sPreserveProperties) return "s2s-preserve-properties";
  if (given.has("s2s-preserve-access-tier") && flags.s2sPreserveAccessTier) return "s2s-preserve-access-tier";
  return undefined;
}
