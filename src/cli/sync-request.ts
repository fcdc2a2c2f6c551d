import type { SyncRequest } from "../commands/change-requests.ts";
import { locationOf, resolveFromTo } from "../commands/from-to.ts";
import { asPosixList } from "../commands/path-mapping.ts";
import { parseFilter, splitList } from "../listing/filter.ts";
import type { Asked } from "./asked.ts";
import type { ArgumentError } from "./flags/argument-error.ts";
import { checkSyncFlags, syncError } from "./flags/check-sync-flags.ts";
import { optionError } from "./flags/copy-flags-later.ts";
import type { Invocation } from "./flags/parse.ts";
import { literalWarnings } from "./literal-warnings.ts";

type SyncInvocation = Extract<Invocation, { command: "sync" }>;

/**
 * Puts a parsed `sync` into the words of the command. Returns what is wrong with its flags; throws FromToError for
 * a pair of places that cannot be told or carried out, and "InvalidArgument" for an --include-path that leads out of
 * the places.
 */
export function syncRequest(
  invocation: SyncInvocation,
  platform: NodeJS.Platform,
): Asked<SyncRequest> | ArgumentError {
  const { flags, globals } = invocation;
  const [source = "", destination = ""] = invocation.args;
  const outside = pairOutside(flags.fromTo, source, destination);
  if (outside !== undefined) {
    return syncError(
      `source '${source}' / destination '${destination}' combination '${outside}' not supported for sync command `,
    );
  }
  const direction = resolveFromTo(flags.fromTo, source, destination);
  const settings = checkSyncFlags({ flags, globals, direction });
  if ("route" in settings) return settings;
  const included = splitList(flags.includePath);
  if (flags.includePath !== "" && included.length === 0) {
    return { route: "C", message: `${optionError}--include-path names no path` };
  }
  const includePath = asPosixList(included, platform);
  const byMd5 = flags.compareHash === "MD5";
  const request: SyncRequest = {
    source,
    destination,
    recursive: flags.recursive,
    fromTo: flags.fromTo,
    filter: parseFilter(flags, platform),
    // The root among them takes in all the others.
    includePath: included.length === 0 || includePath.includes("") ? undefined : includePath,
    rules: {
      blockBytes: settings.blockBytes,
      putBytes: settings.putBlobBytes,
      putMd5: flags.putMd5 || byMd5,
      checkMd5: flags.checkMd5,
      preserveModified: flags.preserveLastModifiedTime,
      guessContentType: true,
      fixed: settings.metadata === undefined ? {} : { metadata: settings.metadata },
    },
    compare: { mirror: flags.mirrorMode, byMd5 },
    removal: {
      mode: flags.deleteDestination,
      most: settings.removalsMost,
      allowEmptySource: flags.allowEmptySource,
    },
    dryRun: flags.dryRun,
  };
  return { request, warnings: literalWarnings(flags) };
}

/** Pairs that AzCopy has, but not for sync. */
const pairsOutside = [
  ...["S3Blob", "GCPBlob", "PipeBlob", "BlobPipe", "PipeFile", "FilePipe"],
  ...["BlobTrash", "FileTrash", "BlobFSTrash", "BlobNone", "FileNone", "BlobFSNone"],
];

function pairOutside(flag: string, source: string, destination: string): string | undefined {
  const name = flag === "" ? `${locationOf(source)}${locationOf(destination)}` : flag;
  return pairsOutside.find((pair) => pair.toLowerCase() === name.toLowerCase());
}
