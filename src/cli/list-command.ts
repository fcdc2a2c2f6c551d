import { listAddress } from "../commands/blob-address.ts";
import type { CommandContext } from "../commands/context.ts";
import { listObjects } from "../commands/list.ts";
import { StorageError } from "../foundation/errors.ts";
import { listOptionError, parseListProperties } from "./flags/list-flags.ts";
import type { Invocation } from "./flags/parse.ts";
import { CommandError } from "./job-commands.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import type { ObjectStyle } from "./reporters/object-lines.ts";

type ListInvocation = Extract<Invocation, { command: "list" }>;

/** `azcopy list`. Throws CommandError for flags and addresses that cannot be, in AzCopy's words. */
export async function runList(
  context: CommandContext,
  { args, flags }: ListInvocation,
  output: CommandOutput,
): Promise<number> {
  const properties = parseListProperties(flags.properties);
  const style: ObjectStyle = {
    properties,
    sizes: flags.machineReadable ? "bytes" : flags.megaUnits ? "decimal" : "binary",
  };
  const request = {
    target: address(args[0] ?? "", flags.location),
    details: properties.length > 0,
    versions: properties.includes("VersionId"),
    depth: flags.depth,
    prefix: flags.prefix,
  };
  try {
    const tally = await listObjects(context, request, (page) => output.showObjects(page, style));
    if (flags.runningTally) output.showTally(tally, style);
    output.endOfJob("");
    return tally.gaps === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code === "InvalidArgument") throw error;
    throw new CommandError(`failed to traverse container: cannot list files due to reason ${error.message}`, {
      cause: error,
    });
  }
}

function address(target: string, location: string): string {
  try {
    return listAddress(target, location);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new CommandError(`${listOptionError}${error.message}`, { cause: error });
  }
}
