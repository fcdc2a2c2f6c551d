import type { CopyRequest } from "../commands/copy.ts";
import { resolveFromTo } from "../commands/from-to.ts";
import { parseFilter, splitList } from "../listing/filter.ts";
import type { ArgumentError } from "./flags/argument-error.ts";
import { type CopySettings, checkCopyFlags } from "./flags/check-copy-flags.ts";
import type { CopyFlags } from "./flags/copy-flags.ts";
import type { Invocation } from "./flags/parse.ts";

type CopyInvocation = Extract<Invocation, { command: "copy" }>;

/**
 * Puts a parsed `copy` into the words of the command. Returns what is wrong with its flags; throws FromToError for
 * a pair of places that cannot be told or carried out.
 */
export function copyRequest(
  invocation: CopyInvocation,
  platform: NodeJS.Platform,
): CopyRequest | ArgumentError {
  const { flags, given, globals } = invocation;
  const [source = "", destination = ""] = invocation.args;
  const direction = resolveFromTo(flags.fromTo, source, destination);
  const settings = checkCopyFlags({ flags, given, globals, direction });
  if ("route" in settings) return settings;
  return {
    source,
    destination,
    recursive: flags.recursive,
    asSubdir: flags.asSubdir,
    includePath: flags.includePath === "" ? undefined : splitList(flags.includePath),
    fromTo: flags.fromTo,
    filter: parseFilter(flags, platform),
    dryRun: flags.dryRun,
    rules: {
      overwrite: flags.overwrite,
      blockBytes: settings.blockBytes,
      putBytes: settings.putBlobBytes,
      putMd5: flags.putMd5,
      checkMd5: flags.checkMd5,
      preserveModified: flags.preserveLastModifiedTime,
      guessContentType: !flags.noGuessMimeType,
      fixed: fixedProperties(flags, settings),
    },
  };
}

function fixedProperties(flags: CopyFlags, settings: CopySettings): CopyRequest["rules"]["fixed"] {
  const texts = {
    contentType: flags.contentType,
    contentEncoding: flags.contentEncoding,
    contentLanguage: flags.contentLanguage,
    contentDisposition: flags.contentDisposition,
    cacheControl: flags.cacheControl,
    tier: flags.blockBlobTier === "None" ? "" : flags.blockBlobTier,
  };
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
  return settings.metadata === undefined ? given : { ...given, metadata: settings.metadata };
}
