import type { RelativePath } from "../backends/backend.ts";
import { compileName, type NameMatcher } from "./name-pattern.ts";

/** A compiled wildcard path, judged entry by entry as a walk meets them: nothing is expanded beforehand. */
export interface Glob {
  /** Whether the walk has to go below the root's direct children. */
  readonly deep: boolean;
  /** Whether anything that is wanted may lie below this folder. */
  enters(folder: RelativePath): boolean;
  /** Whether this file is named by the pattern or, with `recursive`, lies in a folder that is. */
  wants(path: RelativePath): boolean;
  /** Whether the pattern itself names this path, whatever is there. */
  names(path: RelativePath): boolean;
}

/**
 * Compiles a "/"-separated pattern in the dialect of Go's filepath.Glob; each part is for one name, so "**" is "*".
 * Without `recursive` only what the pattern names is taken, with it whole folders that it names (semantics 1.1).
 * Throws "InvalidArgument" for a part that is not valid.
 */
export function compileGlob(pattern: string, recursive: boolean): Glob {
  const parts: readonly NameMatcher[] = pattern.split("/").map(compileName);
  const deepest = parts.length;
  /** How many parts of the path there are, as far as the pattern reaches; undefined when one does not match. */
  const matched = (path: string): { readonly depth: number; readonly beyond: boolean } | undefined => {
    let depth = 0;
    let start = 0;
    for (const part of parts) {
      const slash = path.indexOf("/", start);
      const name = slash < 0 ? path.slice(start) : path.slice(start, slash);
      if (!part(name, 0)) return undefined;
      depth++;
      if (slash < 0) return { depth, beyond: false };
      start = slash + 1;
    }
    return { depth, beyond: true };
  };
  return {
    deep: recursive || deepest > 1,
    enters: (folder) => {
      const found = matched(folder.endsWith("/") ? folder.slice(0, -1) : folder);
      return found !== undefined && (recursive || (found.depth < deepest && !found.beyond));
    },
    wants: (path) => {
      const found = matched(path);
      return found !== undefined && found.depth === deepest && (recursive || !found.beyond);
    },
    names: (path) => {
      const found = matched(path);
      return found !== undefined && found.depth === deepest && !found.beyond;
    },
  };
}

export interface GlobParts {
  /** Everything up to the last separator before the first "*": what relative paths start from. */
  readonly root: string;
  /** The rest, "/"-separated, in the dialect of compileGlob(). */
  readonly pattern: string;
}

/**
 * Splits a cleaned local path at its wildcards; undefined where it has none. Only "*" makes a path one with
 * wildcards ("?" and "[" then count too, after the root), and a "\" takes its meaning away except on Windows,
 * where it separates (semantics 1.1).
 */
export function splitGlob(path: string, platform: string): GlobParts | undefined {
  const windows = platform === "win32";
  const text = windows ? path.replaceAll("\\", "/") : path;
  const star = /(?<!\\)\*/.exec(text)?.index;
  if (star === undefined) return undefined;
  const slash = text.lastIndexOf("/", star);
  const root = path.slice(0, slash);
  return {
    // The separator is part of a root such as "/" and "C:\".
    root: root === "" || /^[A-Za-z]:$/.test(root) ? path.slice(0, slash + 1) : root,
    pattern: text.slice(slash + 1),
  };
}

/** The same split at the first "*" that has a "\" before it: such a path names a file with a star in its name. */
export function splitEscapedGlob(path: string): GlobParts | undefined {
  const star = path.indexOf("\\*");
  if (star < 0) return undefined;
  const slash = path.lastIndexOf("/", star);
  return { root: path.slice(0, slash) || "/", pattern: path.slice(slash + 1) };
}
