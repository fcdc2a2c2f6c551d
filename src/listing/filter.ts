import type { Entry, RelativePath } from "../backends/backend.ts";
import { compileName, type NameMatcher } from "./name-pattern.ts";

/** What files a job leaves in and out. Plain data: it stands in the job's header. */
export interface FilterSpec {
  /** Only files of which the name (the path's last part) matches one of these. */
  readonly includePatterns: readonly string[];
  /** No file of which the name matches one of these. */
  readonly excludePatterns: readonly string[];
  /** No file of which the path below the source's root begins with one of these texts, taken literally. */
  readonly excludePaths: readonly string[];
}

/** The filter flags as they were given: lists separated by ";". */
export interface FilterFlags {
  readonly includePattern?: string | undefined;
  readonly excludePattern?: string | undefined;
  readonly excludePath?: string | undefined;
}

/** Reads the filter flags. `platform` is where the user types: on Windows "\" in a path means "/". */
export function parseFilter(flags: FilterFlags, platform: string): FilterSpec {
  const excludePaths = splitList(flags.excludePath);
  return {
    includePatterns: splitList(flags.includePattern),
    excludePatterns: splitList(flags.excludePattern),
    excludePaths:
      platform === "win32" ? excludePaths.map((path) => path.replaceAll("\\", "/")) : excludePaths,
  };
}

/** What the user left in and out, compiled once and asked once an entry. */
export interface Filter {
  /** Whether this file, found below the source's root, is to be copied. */
  wants(entry: Entry): boolean;
  /** As wants(), for the file that is itself the source: it has a name and no path below anything. */
  wantsSole(entry: Entry): boolean;
  /** Whether anything wanted may lie below this folder; undefined: every folder is to be entered. */
  readonly enters: ((folder: RelativePath) => boolean) | undefined;
}

/**
 * Compiles a filter (semantics 2.1). Throws "InvalidArgument" for a pattern that is not valid, which otherwise
 * would let everything or nothing pass.
 */
export function compileFilter(spec: FilterSpec): Filter {
  const included = spec.includePatterns.map(compileName);
  const excluded = spec.excludePatterns.map(compileName);
  const prefixes = spec.excludePaths;
  const byName = included.length > 0 || excluded.length > 0;
  const passesName = (path: string): boolean => {
    if (!byName) return true;
    const from = path.lastIndexOf("/") + 1;
    if (included.length > 0 && !anyMatches(included, path, from)) return false;
    return !anyMatches(excluded, path, from);
  };
  return {
    wants: (entry) => passesName(entry.path) && !beginsWithAny(entry.path, prefixes),
    wantsSole: (entry) => passesName(entry.path),
    enters: prefixes.length === 0 ? undefined : (folder) => !beginsWithAny(asFolder(folder), prefixes),
  };
}

/** The items of a ";" list that are not empty. Nothing is trimmed: a name may begin with a blank. */
export function splitList(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(";").filter((item) => item !== "");
}

function anyMatches(matchers: readonly NameMatcher[], path: string, from: number): boolean {
  for (const matches of matchers) if (matches(path, from)) return true;
  return false;
}

function beginsWithAny(path: string, prefixes: readonly string[]): boolean {
  for (const prefix of prefixes) if (path.startsWith(prefix)) return true;
  return false;
}

/** All that a folder holds has a path that begins so. */
const asFolder = (folder: string): string => (folder === "" || folder.endsWith("/") ? folder : `${folder}/`);
