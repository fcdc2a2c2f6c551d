import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../foundation/errors.ts";
import { MiB } from "../foundation/units.ts";

/** The paths of a list are all in memory: a larger one has to be cut into several. */
const listBytesMax = 256 * MiB;

/** The paths in a file of --list-of-files, or what is wrong with it: whole, no command puts words around that. */
export type PathList = { readonly paths: readonly string[] } | { readonly problem: string };

/**
 * Reads a list of paths (semantics 2.3): UTF-8, with or without a byte order mark, one path a line. Lines are taken
 * as they are, blanks included; empty ones are left out.
 */
export function readListOfFiles(file: string, commandError: string): PathList {
  let bytes: Buffer;
  try {
    const { size } = statSync(file);
    if (size > listBytesMax) {
      const limit = `${listBytesMax / MiB} MiB`;
      return {
        problem: `${commandError}the list of files ${file} is larger than ${limit}: cut it into several`,
      };
    }
    bytes = readFileSync(file);
  } catch (error) {
    const reason = isMissing(error) ? "" : `: ${messageOf(error)}`;
    return { problem: `${commandError}cannot open ${file} file passed with the list-of-file flag${reason}` };
  }
  try {
    return pathsIn(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { problem: `${commandError}the list of files ${file} is not in UTF-8: save it as UTF-8` };
  }
}

function pathsIn(text: string): PathList {
  const paths = text
    .split("\n")
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line))
    .filter((line) => line !== "");
  if (/^\{"Files":\[/.test((paths[0] ?? "").replace(/\s/g, ""))) {
    return {
      problem: "The format for list-of-files has changed. The old JSON format is no longer supported",
    };
  }
  return { paths };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
