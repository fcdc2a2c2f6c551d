import { changeComplaint, removeWords, setPropertiesWords } from "./change-complaint.ts";
import {
  copyExample,
  copyLong,
  jobsCleanLong,
  jobsLong,
  jobsResumeLong,
  jobsShowLong,
  listExample,
  listLong,
  makeExample,
  makeLong,
  removeExample,
  removeLong,
  rootLong,
  setPropertiesExample,
  setPropertiesLong,
  syncExample,
  syncLong,
} from "./command-texts.ts";
import { copyFlags } from "./copy-flags.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";
import { jobsCleanFlags, jobsListFlags, jobsResumeFlags, jobsShowFlags } from "./jobs-flags.ts";
import { listFlags } from "./list-flags.ts";
import { makeFlags } from "./make-flags.ts";
import { removeFlags } from "./remove-flags.ts";
import { setPropertiesFlags } from "./set-properties-flags.ts";
import { syncFlags } from "./sync-flags.ts";

/** The flags of every command that does something, by the command's path. */
export const flagsOfCommands = {
  copy: copyFlags,
  sync: syncFlags,
  remove: removeFlags,
  "set-properties": setPropertiesFlags,
  list: listFlags,
  make: makeFlags,
  "jobs list": jobsListFlags,
  "jobs show": jobsShowFlags,
  "jobs resume": jobsResumeFlags,
  "jobs remove": [],
  "jobs clean": jobsCleanFlags,
} as const satisfies Readonly<Record<string, FlagTable>>;

export type CommandPath = keyof typeof flagsOfCommands;

export type FlagsOf<Path extends CommandPath> = FlagValues<(typeof flagsOfCommands)[Path]>;

/** A command, or a group of commands (`commands` is not empty), as parser and help text see it. */
export interface CommandSpec {
  readonly name: string;
  /** "jobs list"; "" for the root. */
  readonly path: string;
  readonly aliases: readonly string[];
  /** Other words that people type when they mean this one. */
  readonly suggestedFor: readonly string[];
  /** How the usage line shows the arguments. */
  readonly argumentsShown: string;
  readonly short: string;
  readonly long: string;
  readonly example: string;
  readonly flags: FlagTable;
  readonly commands: readonly CommandSpec[];
  /** What is wrong with the number or form of the arguments; undefined when nothing is. */
  readonly complaint: (args: readonly string[], fromTo: string) => string | undefined;
}

function command(
  path: string,
  short: string,
  rest: Partial<Omit<CommandSpec, "name" | "path" | "short">>,
): CommandSpec {
  const own: Readonly<Record<string, FlagTable>> = flagsOfCommands;
  return {
    name: path.split(" ").at(-1) ?? "",
    path,
    short,
    aliases: [],
    suggestedFor: [],
    argumentsShown: "",
    long: `${short}.`,
    example: "",
    flags: own[path] ?? [],
    commands: [],
    complaint: () => undefined,
    ...rest,
  };
}

/** Whether `text` is a job id, in any case of its letters. */
export function isJobId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

const oneJobId = (missing: string) => (args: readonly string[]) => {
  const [id] = args;
  if (id === undefined || args.length !== 1) return missing;
  return isJobId(id) ? undefined : `invalid jobId given ${id}`;
};

const oneArgument = (message: string) => (args: readonly string[]) =>
  args.length === 1 ? undefined : message;

const noArguments = (message: string) => (args: readonly string[]) => (args.length > 0 ? message : undefined);

const pipes = ["PipeBlob", "BlobPipe"];

function copyComplaint(args: readonly string[], fromTo: string): string | undefined {
  if (args.length === 2) return undefined;
  if (args.length !== 1) {
    return "wrong number of arguments, please refer to the help page on usage of this command";
  }
  if (fromTo === "") {
    return "fatal: from-to argument required, PipeBlob (upload) or BlobPipe (download) is acceptable";
  }
  const pipe = pipes.find((name) => name.toLowerCase() === fromTo.toLowerCase());
  if (pipe === undefined) return `fatal: invalid from-to argument passed: ${fromTo}`;
  return `--from-to ${pipe} is known but not available in this version yet`;
}

const jobs = command("jobs", "List, look into, resume and forget jobs", {
  long: jobsLong,
  commands: [
    command("jobs clean", "Remove the plans and logs of all jobs", {
      aliases: ["cl"],
      long: jobsCleanLong,
      example: "  azcopy jobs clean --with-status=Completed",
      complaint: noArguments("clean command does not accept arguments"),
    }),
    command("jobs list", "Show all jobs, the newest first", {
      aliases: ["ls"],
      complaint: noArguments("listJobs does not require any argument"),
    }),
    command("jobs remove", "Remove the plan and the logs of one job", {
      aliases: ["rm"],
      argumentsShown: "[jobID]",
      example: "  azcopy jobs remove 5304ea85-2647-554e-68d3-9b17194e419c",
      complaint: oneJobId("remove job command requires the JobID"),
    }),
    command("jobs resume", "Go on with a job that was cut short, and try again what failed", {
      suggestedFor: ["resme", "esume", "resue"],
      argumentsShown: "[jobID]",
      long: jobsResumeLong,
      complaint: oneJobId("this command requires jobId to be passed as argument"),
    }),
    command("jobs show", "Show how a job stands, or its transfers", {
      argumentsShown: "[jobID]",
      long: jobsShowLong,
      complaint: oneJobId("show job command requires the JobID"),
    }),
  ],
});

/** The command tree (surface spec 1.1). */
export const rootCommand: CommandSpec = command("", "", {
  long: rootLong,
  commands: [
    command("copy", "Copy files to blob storage, or blobs to this machine", {
      aliases: ["cp", "c"],
      suggestedFor: ["cpy", "cy", "mv"],
      argumentsShown: "[source] [destination]",
      long: copyLong,
      example: copyExample,
      complaint: copyComplaint,
    }),
    command("help", "Tell about a command", {
      argumentsShown: "[command]",
      long: "Shows the help text of the command that is named: azcopy help jobs list.",
    }),
    jobs,
    command("list", "List the blobs of a container, a virtual folder or an account", {
      aliases: ["ls"],
      argumentsShown: "[containerURL]",
      long: listLong,
      example: listExample,
      complaint: oneArgument("this command only requires container destination"),
    }),
    command("make", "Create a container", {
      aliases: ["mk", "mkdir"],
      suggestedFor: ["mak", "makeCmd"],
      argumentsShown: "[resourceURL]",
      long: makeLong,
      example: makeExample,
      complaint: oneArgument("please provide the resource URL as the only argument"),
    }),
    command("remove", "Remove blobs", {
      aliases: ["rm", "r"],
      suggestedFor: ["delete", "del"],
      argumentsShown: "[resourceURL]",
      long: removeLong,
      example: removeExample,
      complaint: changeComplaint(removeWords),
    }),
    command("set-properties", "Change the tier, the metadata or the tags of blobs", {
      aliases: ["set-props", "sp", "setprops"],
      suggestedFor: ["props", "prop", "set"],
      argumentsShown: "[source]",
      long: setPropertiesLong,
      example: setPropertiesExample,
      complaint: changeComplaint(setPropertiesWords),
    }),
    command("sync", "Make one place hold what another holds, moving only what differs", {
      aliases: ["sc", "s"],
      argumentsShown: "[source] [destination]",
      long: syncLong,
      example: syncExample,
      complaint: (args) =>
        args.length === 2
          ? undefined
          : "2 arguments source and destination are required for this command. " +
            `Number of commands passed ${args.length}`,
    }),
    command("version", "Show the version of this program", {}),
  ],
});

/** AzCopy's other commands, with their aliases: known, so that nobody takes them for typing mistakes. */
export const laterCommands: readonly (readonly string[])[] = [
  ["bench", "ben", "benchmark"],
  ["login"],
  ["logout"],
  ["env"],
  ["doc"],
  ["completion"],
  ["cancel"],
  ["pause"],
  ["load"],
  ["__complete", "__completeNoDesc"],
];
