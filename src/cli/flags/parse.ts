import type { ArgumentError } from "./argument-error.ts";
import {
  type CommandPath,
  type CommandSpec,
  type FlagsOf,
  flagsOfCommands,
  rootCommand,
} from "./commands.ts";
import { findCommand, subCommand, unknownCommand } from "./find-command.ts";
import { type FlagSpec, type FlagTable, keyOf } from "./flag-table.ts";
import { canonical } from "./flag-values.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { helpText, usageText } from "./help.ts";
import { type ReadFlags, readFlags } from "./read-flags.ts";
import { parseRetryStatusCodes } from "./retry-status-codes.ts";

/** A command to be carried out. `command` tells which flags there are. */
export type Invocation = {
  [Path in CommandPath]: {
    readonly kind: "run";
    readonly command: Path;
    readonly args: readonly string[];
    readonly flags: FlagsOf<Path>;
    /** Names of the flags that were given, also where they say what is the default. */
    readonly given: ReadonlySet<string>;
    readonly globals: GlobalFlags;
  };
}[CommandPath];

/** What a command line asks for. */
export type ParsedCommandLine =
  | Invocation
  /** To stdout, exit code 0. `globals`: asked for by the command `help`, which ends as commands do (EndOfJob). */
  | { readonly kind: "help"; readonly text: string; readonly globals: GlobalFlags | undefined }
  /** To stderr, exit code 0. */
  | { readonly kind: "unknown topic"; readonly text: string }
  | { readonly kind: "version" }
  /** No command at all. */
  | { readonly kind: "bare"; readonly text: string; readonly globals: GlobalFlags }
  /** Exit code 1. `usage` is what printArgumentError() wants; `globals` are there for route C. */
  | {
      readonly kind: "wrong";
      readonly error: ArgumentError;
      readonly usage: string;
      readonly globals: GlobalFlags;
    };

/** Reads a command line, without the program's own name (surface spec 1.1 to 1.5). Touches nothing. */
export function parseCommandLine(args: readonly string[]): ParsedCommandLine {
  const found = findCommand(args);
  if ("problem" in found) {
    const error = { route: "A", message: found.problem } as const;
    return { kind: "wrong", error, usage: "Run 'azcopy --help' for usage.", globals: defaultGlobals() };
  }
  const { command, rest } = found;
  const read = readFlags(rest, [...command.flags, ...globalFlags], command === rootCommand);
  if ("problem" in read) return wrong(command, { route: "A", message: read.problem }, defaultGlobals());
  if (read.help) return { kind: "help", text: helpText(command), globals: undefined };
  if (read.version || command.path === "version") return { kind: "version" };
  return interpret(command, read);
}

function interpret(command: CommandSpec, read: ReadFlags): ParsedCommandLine {
  const fromTo = String(read.values.get("from-to") ?? "");
  const complaint = command.complaint(read.positional, fromTo);
  if (complaint !== undefined) {
    // An id is looked at later by resume than by the others; the user sees no difference.
    const route = command.path === "jobs resume" && read.positional.length === 1 ? "B" : "A";
    return wrong(command, { route, message: complaint }, defaultGlobals());
  }
  const globals = valuesOf(globalFlags, read.values, "B");
  if ("message" in globals) return wrong(command, globals, defaultGlobals());
  const values = globals.values as unknown as GlobalFlags;
  const codes = parseRetryStatusCodes(values.retryStatusCodes);
  if ("problem" in codes) return wrong(command, { route: "B", message: codes.problem }, values);
  if (command.path === "help") return topic(read.positional, values);
  if (command === rootCommand) return { kind: "bare", text: helpText(command), globals: values };
  if (command.commands.length > 0) return { kind: "help", text: helpText(command), globals: undefined };
  const own = refusedFlags(command, read) ?? valuesOf(command.flags, read.values, "C");
  if ("message" in own) return wrong(command, own, values);
  assertPath(command.path);
  // The one place where table and type meet: `own.values` was built from the table that FlagsOf reads.
  return {
    kind: "run",
    command: command.path,
    args: read.positional,
    flags: own.values,
    given: new Set(read.values.keys()),
    globals: values,
  } as unknown as Invocation;
}

function assertPath(path: string): asserts path is CommandPath {
  if (!(path in flagsOfCommands)) throw new Error(`no flags are declared for "${path}"`);
}

function wrong(command: CommandSpec, error: ArgumentError, globals: GlobalFlags): ParsedCommandLine {
  return { kind: "wrong", error, usage: usageText(command), globals };
}

function defaultGlobals(): GlobalFlags {
  return Object.fromEntries(
    globalFlags.map((flag) => [keyOf(flag.name), flag.default]),
  ) as unknown as GlobalFlags;
}

function topic(words: readonly string[], globals: GlobalFlags): ParsedCommandLine {
  let command = rootCommand;
  for (const word of words) {
    const next = subCommand(command, word);
    if (next !== undefined) command = next;
    else if (command === rootCommand) return { kind: "unknown topic", text: unknownTopic(words) };
    else break;
  }
  return { kind: "help", text: helpText(command), globals };
}

function unknownTopic(words: readonly string[]): string {
  const known = unknownCommand(words[0] ?? "");
  if (known.startsWith("the command")) return `${known}\n`;
  return `Unknown help topic [${words.map((word) => `\`${word}\``).join(" ")}]\n${usageText(rootCommand)}`;
}

type Values = Readonly<Record<string, boolean | number | string>>;

/** The value of every flag of a table; or the first enum that has none, or is not to be had. */
function valuesOf(
  table: FlagTable,
  read: ReadFlags["values"],
  route: "B" | "C",
): { readonly values: Values } | ArgumentError {
  const values: Record<string, boolean | number | string> = {};
  for (const flag of table) {
    const value = read.get(flag.name) ?? flag.default;
    if (flag.type === "enum") {
      const text = String(value);
      const known = canonical(flag, text);
      if (known === undefined) return { route, message: refusalOf(flag, text) };
      if (flag.laterValues?.includes(known)) return { route, message: notYet(`${flag.name}=${known}`) };
      values[keyOf(flag.name)] = known;
    } else values[keyOf(flag.name)] = value;
    if (flag.later && values[keyOf(flag.name)] !== flag.default) {
      return { route, message: notYet(flag.name) };
    }
  }
  return { values };
}

function refusalOf(flag: FlagSpec & { readonly type: "enum" }, text: string): string {
  return flag.refusal?.(text) ?? `couldn't parse ${JSON.stringify(text)} into a "${flag.typeName}"`;
}

const notYet = (flag: string): string => `--${flag} is known but not available in this version yet`;

const syncReplacement =
  "the include and exclude parameters have been replaced by include-pattern and exclude-pattern. " +
  "They work on filenames only (not paths)";

/** The first of the flags that AzCopy itself has given up, where it is used. */
function refusedFlags(command: CommandSpec, read: ReadFlags): ArgumentError | undefined {
  const used = ["include", "exclude"].find((name) => (read.values.get(name) ?? "") !== "");
  if (used === undefined) return undefined;
  if (command.path === "sync") return { route: "C", message: syncReplacement };
  const message =
    command.path === "copy"
      ? "the include and exclude parameters have been replaced by include-pattern; include-path; " +
        "exclude-pattern and exclude-path. For info, run: azcopy copy help"
      : `--${used} is no longer available: a resumed job carries out all that is not done`;
  return { route: "C", message };
}
