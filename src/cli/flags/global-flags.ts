import { logLevels } from "../../foundation/log.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";

/** Flags of every command (surface spec 2.1). */
export const globalFlags = [
  {
    name: "await-continue",
    type: "bool",
    default: false,
    hidden: true,
    help: "Do nothing before the line `continue` arrives on standard input, for a minute at most.",
  },
  {
    name: "await-open",
    type: "bool",
    default: false,
    hidden: true,
    help: "Open no file before the line `open` arrives on standard input, for five minutes at most.",
  },
  {
    name: "cancel-from-stdin",
    type: "bool",
    default: false,
    hidden: true,
    help: "Cancel the job when the line cancel arrives on standard input.",
  },
  {
    name: "cap-mbps",
    type: "float64",
    default: 0,
    help: "The most megabits to move in a second; 0 sets no limit.",
  },
  {
    name: "check-version",
    type: "bool",
    default: false,
    hidden: true,
    help: "Accepted for compatibility; this version looks nothing up.",
  },
  {
    name: "debug-skip-files",
    type: "string",
    default: "",
    hidden: true,
    help: "Relative paths, separated by ';', whose transfers are cancelled. For tests of resuming.",
  },
  {
    name: "log-level",
    type: "enum",
    default: "INFO",
    values: logLevels,
    typeName: "LogLevel",
    help: "How much the job log tells: NONE (no log at all), ERROR, WARNING, INFO or DEBUG (every request).",
  },
  {
    name: "memory-profile",
    type: "string",
    default: "",
    hidden: true,
    help: "Accepted for compatibility; no profile is written.",
  },
  {
    name: "output-level",
    type: "enum",
    default: "default",
    values: ["default", "essential", "quiet"],
    typeName: "OutputVerbosity",
    help: "How much is printed: default, essential (how the job begins and ends, and errors) or quiet (nothing: only the exit code tells).",
  },
  {
    name: "output-type",
    type: "enum",
    default: "text",
    values: ["text", "json", "none"],
    typeName: "OutputFormat",
    help: "How it is printed: text for people, json for programs (one object a line).",
  },
  {
    name: "request-priority",
    type: "int",
    default: -1,
    hidden: true,
    help: "Accepted for compatibility; requests carry no priority.",
  },
  {
    name: "retry-status-codes",
    type: "string",
    default: "",
    hidden: true,
    help: "Statuses to try again beside the usual ones, separated by ';'.",
  },
  {
    name: "skip-version-check",
    type: "bool",
    default: false,
    hidden: true,
    help: "Accepted for compatibility; no version is ever checked.",
  },
  {
    name: "trusted-microsoft-suffixes",
    type: "string",
    default: "",
    hidden: true,
    help: "Host name endings, separated by ';', that sign-in tokens may be sent to beside those of the Azure clouds. Name only hosts that you trust with your account.",
  },
] as const satisfies FlagTable;

export type GlobalFlags = FlagValues<typeof globalFlags>;
