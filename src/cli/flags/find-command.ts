import { type CommandSpec, flagsOfCommands, laterCommands, rootCommand } from "./commands.ts";
import type { FlagTable } from "./flag-table.ts";
import { globalFlags } from "./global-flags.ts";
import { nearest } from "./nearest.ts";

/** A command and what else stands on its command line; or the message about a word that is no command. */
export type FoundCommand =
  | { readonly command: CommandSpec; readonly rest: readonly string[] }
  | { readonly problem: string };

/** Flags whose value may be the next word, which is then no command. */
const valued: ReadonlySet<string> = new Set(
  [...Object.values<FlagTable>(flagsOfCommands), globalFlags]
    .flat()
    .filter((flag) => flag.type !== "bool")
    .map((flag) => `--${flag.name}`),
);

/**
 * Finds the command that a command line is for; flags may stand before its words. A word that is no command of a
 * group ends the search at the group, as in AzCopy; at the root it is an error.
 */
export function findCommand(args: readonly string[]): FoundCommand {
  const rest = [...args];
  let command = rootCommand;
  for (let i = 0; i < rest.length && command.commands.length > 0; ) {
    const word = rest[i] ?? "";
    if (word === "--") break;
    if (word.startsWith("-")) {
      i += valued.has(word) ? 2 : 1;
      continue;
    }
    const next = subCommand(command, word);
    if (next === undefined) {
      if (command === rootCommand) return { problem: unknownCommand(word) };
      break;
    }
    command = next;
    rest.splice(i, 1);
  }
  return { command, rest };
}

/** The command of a group that is called `word`. */
export function subCommand(group: CommandSpec, word: string): CommandSpec | undefined {
  return group.commands.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** What to say of a word that is no command: AzCopy has it, or it is misspelt, or nobody knows. */
export function unknownCommand(word: string): string {
  if (laterCommands.some((names) => names.includes(word))) {
    return `the command "${word}" is known but not available in this version yet`;
  }
  const meant = rootCommand.commands.filter((each) => each.suggestedFor.includes(word));
  const names = rootCommand.commands.map((each) => each.name);
  const suggestions = new Set([...nearest(word, names), ...meant.map((each) => each.name)]);
  const message = `unknown command ${JSON.stringify(word)} for "azcopy"`;
  if (suggestions.size === 0) return message;
  const lines = [...suggestions].map((name) => `\t${name}\n`).join("");
  return `${message}\n\nDid you mean this?\n${lines}`;
}
