import { type CommandSpec, rootCommand } from "./commands.ts";
import type { FlagSpec, FlagTable } from "./flag-table.ts";
import { globalFlags } from "./global-flags.ts";

const columnsMax = 120;
const helpColumnsMin = 40;
/** Between the names of commands and their descriptions, as in cobra. */
const namePaddingMin = 11;

/** A command's help text, in cobra's layout (surface spec 1.5). Ends in a line break. */
export function helpText(command: CommandSpec): string {
  return `${command.long.trimEnd()}\n\n${usageText(command)}`;
}

/** The part of the help text from "Usage:" on, which stands below errors as well. Ends in a line break. */
export function usageText(command: CommandSpec): string {
  const path = pathOf(command);
  const { commands, aliases, name, example } = command;
  const isGroup = commands.length > 0;
  const sections = [usageLines(command)];
  if (aliases.length > 0) sections.push(`Aliases:\n  ${[name, ...aliases].join(", ")}`);
  if (example !== "") sections.push(`Examples:\n${example}`);
  if (isGroup) sections.push(`Available Commands:\n${commandLines(commands)}`);
  if (command === rootCommand) sections.push(`Flags:\n${flagLines(globalFlags, ["help", "version"], name)}`);
  else {
    sections.push(`Flags:\n${flagLines(command.flags, ["help"], name)}`);
    sections.push(`Flags Applying to All Commands:\n${flagLines(globalFlags, [], name)}`);
  }
  if (isGroup) sections.push(`Use "${path} [command] --help" for more information about a command.`);
  return `${sections.join("\n\n")}\n`;
}

const pathOf = (command: CommandSpec): string => `azcopy ${command.path}`.trimEnd();

function usageLines(command: CommandSpec): string {
  const path = pathOf(command);
  const withArguments = [path, command.argumentsShown, "[flags]"].filter((word) => word !== "").join(" ");
  if (command.commands.length === 0) return `Usage:\n  ${withArguments}`;
  const alone = command === rootCommand ? `  ${withArguments}\n` : "";
  return `Usage:\n${alone}  ${path} [command]`;
}

function commandLines(commands: readonly CommandSpec[]): string {
  const width = Math.max(namePaddingMin, ...commands.map((each) => each.name.length));
  return commands.map((each) => `  ${each.name.padEnd(width)} ${each.short}`).join("\n");
}

interface FlagLine {
  readonly left: string;
  readonly right: string;
  readonly name: string;
}

function flagLines(table: FlagTable, switches: readonly string[], command: string): string {
  const lines: FlagLine[] = table.filter((flag) => !flag.hidden && !flag.later).map(flagLine);
  for (const name of switches) {
    const right = `${name} for ${command === "" ? "azcopy" : command}`;
    lines.push({ name, left: `  -${name[0]}, --${name}`, right });
  }
  lines.sort((a, b) => (a.name < b.name ? -1 : 1));
  const indent = Math.max(...lines.map((line) => line.left.length)) + 3;
  return lines.map(({ left, right }) => `${left.padEnd(indent)}${wrap(right, indent)}`).join("\n");
}

const typeNames = {
  bool: "",
  string: "string",
  enum: "string",
  float64: "float",
  uint32: "uint32",
  int: "int",
};

function flagLine(flag: FlagSpec): FlagLine {
  const quoted = /`([^`]*)`/.exec(flag.help)?.[1];
  const valueName = quoted ?? typeNames[flag.type];
  const left = `      --${flag.name}${valueName === "" ? "" : ` ${valueName}`}`;
  return { name: flag.name, left, right: `${flag.help.replaceAll("`", "")}${defaultShown(flag)}` };
}

/** Values that go without saying (false, 0, nothing) are not shown, as in pflag. */
function defaultShown(flag: FlagSpec): string {
  if (!flag.default) return "";
  const isText = flag.type === "string" || flag.type === "enum";
  return ` (default ${isText ? JSON.stringify(flag.default) : flag.default})`;
}

/** Breaks a text into lines that fit beside the flags; all but the first are indented. */
function wrap(text: string, indent: number): string {
  const width = Math.max(helpColumnsMin, columnsMax - indent);
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}
