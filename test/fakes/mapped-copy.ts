import { posix, win32 } from "node:path";
import { asPath } from "../../src/backends/backend.ts";
import type { Endpoint } from "../../src/backends/endpoint.ts";
import { localPathFor } from "../../src/backends/local/local-path.ts";
import { decodeWindowsNames } from "../../src/backends/local/windows-names.ts";
import { type CopyRoute, type MappingFlags, resolveCopy } from "../../src/commands/resolve-copy.ts";
import { compileFilter, parseFilter } from "../../src/listing/filter.ts";
import { select } from "../../src/listing/select.ts";
import type { NamedWorld } from "./named-world.ts";

const { signal } = new AbortController();

/** Flags as a command line has them: "R" for --recursive, "flat" for --as-subdir=false, else an --include-path list. */
export type FlagWords = readonly string[];

export const account = "https://acct.blob.core.windows.net";

export interface Asked {
  readonly world: NamedWorld;
  readonly source: string;
  readonly destination: string;
  readonly flags: FlagWords;
  readonly workingFolder?: string;
  readonly platform?: string;
  readonly fromTo?: string;
}

/** resolveCopy() in a world of names. */
export function routeOf({ world, source, destination, flags, ...rest }: Asked): Promise<CopyRoute> {
  const { workingFolder = "/w", platform = "linux", fromTo } = rest;
  const mapping: MappingFlags = {
    recursive: flags.includes("R"),
    asSubdir: !flags.includes("flat"),
    includePath: flags.filter((flag) => flag !== "R" && flag !== "flat").flatMap((list) => list.split(";")),
    fromTo,
  };
  return resolveCopy({
    source,
    destination,
    flags: mapping,
    workingFolder,
    platform,
    localNames: {
      toLocal: (path) => localPathFor(path, platform as NodeJS.Platform),
      fromLocal: (path) => asPath(platform === "win32" ? decodeWindowsNames(path) : path),
    },
    openSource: world.open,
    openDestination: world.open,
    signal,
  });
}

/**
 * Every name that a copy would write, sorted: "c/v/a.txt" in the account, "/x/a.txt" on this machine. A gap is
 * listed as "! " and its error's code and path.
 */
export async function namesOf(asked: Asked): Promise<string[]> {
  const route = await routeOf(asked);
  const all = compileFilter(parseFilter({}, "linux"));
  const options = route.found === undefined ? {} : { found: route.found };
  const names: string[] = [];
  for await (const page of select(asked.world.open(route.source), route.selection, all, options, signal)) {
    for (const { path } of page.files)
      names.push(nameIn(route.destination, route.renamedTo ?? path, asked.platform));
    for (const { path, error } of page.gaps) names.push(`! ${error.code} ${path}`);
  }
  return names.sort();
}

function nameIn(endpoint: Endpoint, path: string, platform: string | undefined): string {
  switch (endpoint.kind) {
    case "null":
      return "nowhere";
    case "local":
      return (platform === "win32" ? win32 : posix).join(endpoint.path, path);
    case "blob":
      return [endpoint.container, endpoint.path, path].filter((part) => part !== "").join("/");
  }
}
