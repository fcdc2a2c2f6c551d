import { FromToError, type Location, locationOf } from "../commands/from-to.ts";
import type { FilterSpec } from "../listing/filter.ts";
import { parseFilter, splitList } from "../listing/filter.ts";
import type { ArgumentError } from "./flags/argument-error.ts";
import { inputError } from "./flags/change-flags.ts";
import { readListOfFiles } from "./list-of-files.ts";
import { literalWarnings } from "./literal-warnings.ts";

/** What --from-to calls the other end of a removal, and of a change of properties. */
export type ChangeEnd = "Trash" | "None";

/** What a command that changes blobs is aimed at. */
export interface ChangeTarget {
  readonly target: string;
  readonly fromTo: string;
  readonly recursive: boolean;
  readonly filter: FilterSpec;
  readonly includePath: readonly string[] | undefined;
  readonly dryRun: boolean;
}

interface TargetFlags {
  readonly recursive: boolean;
  readonly dryRun: boolean;
  readonly includePath: string;
  readonly excludePath: string;
  readonly includePattern: string;
  readonly excludePattern: string;
  readonly listOfFiles: string;
}

const changeable: readonly Location[] = ["Blob", "File", "BlobFS"];

/**
 * Settles by the flag or the looks of the address what is changed. Throws FromToError: "InvalidArgument" for a name
 * that is none, "Unsupported" for one of AzCopy's that this version does not carry out.
 */
export function resolveChange(flag: string, target: string, end: ChangeEnd): string {
  const names = changeable.map((location) => `${location}${end}`);
  const plain = (flag === "" ? `${locationOf(target)}${end}` : flag).toLowerCase().replace("filesmb", "file");
  const name = names.find((each) => each.toLowerCase() === plain);
  if (name === `Blob${end}`) return name;
  if (name !== undefined) {
    throw new FromToError(
      "Unsupported",
      `--from-to ${name} is known but not available in this version yet: available is Blob${end}`,
      [],
    );
  }
  throw new FromToError(
    "InvalidArgument",
    `${inputError}invalid --from-to value specified: ${JSON.stringify(flag)}. Valid values are ${names.join(", ")}`,
    [],
  );
}

/** Two lists of paths, of which one would have to give way. */
export function listsProblem(flags: TargetFlags): ArgumentError | undefined {
  if (flags.listOfFiles === "" || flags.includePath === "") return undefined;
  return { route: "C", message: `${inputError}cannot combine list of files and include path` };
}

/**
 * Reads the flags that say which objects are meant; the list of files is read from the disk. Paths that were given
 * but name nothing select nothing: they never mean everything.
 */
export function changeTarget(
  flags: TargetFlags,
  target: string,
  fromTo: string,
  platform: NodeJS.Platform,
): { readonly target: ChangeTarget; readonly warnings: readonly string[] } | ArgumentError {
  let includePath = flags.includePath === "" ? undefined : splitList(flags.includePath);
  let listed: readonly string[] = [];
  if (flags.listOfFiles !== "") {
    const list = readListOfFiles(flags.listOfFiles, inputError);
    if ("problem" in list) return { route: "C", message: list.problem };
    listed = list.paths;
    includePath = list.paths;
  }
  if (platform === "win32") includePath = includePath?.map((path) => path.replaceAll("\\", "/"));
  const { recursive, dryRun } = flags;
  const filter = parseFilter(flags, platform);
  return {
    target: { target, fromTo, recursive, filter, includePath, dryRun },
    warnings: literalWarnings({ ...flags, listed }),
  };
}
