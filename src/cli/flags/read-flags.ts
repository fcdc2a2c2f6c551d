import type { FlagSpec, FlagTable } from "./flag-table.ts";
import { parseValue } from "./flag-values.ts";
import { nearest } from "./nearest.ts";

/** What stands on a command line, before anything is said about what it means. */
export interface ReadFlags {
  /** By flag name, without the defaults; enums still as they were typed. */
  readonly values: ReadonlyMap<string, boolean | number | string>;
  readonly positional: readonly string[];
  readonly help: boolean;
  readonly version: boolean;
}

/** A boolean that every command has (help) or the root alone (version), with a letter of its own. */
interface Switch {
  readonly name: "help" | "version";
  readonly letter: string;
}

const helpSwitch: Switch = { name: "help", letter: "h" };
const versionSwitch: Switch = { name: "version", letter: "v" };

/**
 * Reads flags as pflag does: anywhere among the arguments, `--flag value` or `--flag=value`, booleans with a value
 * only after "=", the last of a repeated flag counts, "--" ends them, nothing may be abbreviated. A request for
 * help counts wherever it stands, also beside what is wrong.
 */
export function readFlags(
  args: readonly string[],
  table: FlagTable,
  isRoot: boolean,
): ReadFlags | { readonly problem: string } {
  const reader = new Reader(args, table, isRoot ? [helpSwitch, versionSwitch] : [helpSwitch]);
  const problem = reader.read();
  if (problem !== undefined && !reader.asksForHelp()) return { problem };
  return {
    values: reader.values,
    positional: reader.positional,
    help: problem !== undefined || reader.switches.get("help") === true,
    version: reader.switches.get("version") === true,
  };
}

class Reader {
  readonly values = new Map<string, boolean | number | string>();
  readonly switches = new Map<Switch["name"], boolean>();
  readonly positional: string[] = [];
  readonly #args: readonly string[];
  readonly #flags: ReadonlyMap<string, FlagSpec>;
  readonly #switches: readonly Switch[];
  #next = 0;

  constructor(args: readonly string[], table: FlagTable, switches: readonly Switch[]) {
    this.#args = args;
    this.#flags = new Map(table.map((flag) => [flag.name, flag]));
    this.#switches = switches;
  }

  /** Reads everything; gives what is wrong with the first flag that cannot be read. */
  read(): string | undefined {
    for (let arg = this.#take(); arg !== undefined; arg = this.#take()) {
      if (arg === "--") {
        this.positional.push(...this.#args.slice(this.#next));
        return undefined;
      }
      if (!arg.startsWith("-") || arg === "-") {
        this.positional.push(arg);
        continue;
      }
      const problem = arg.startsWith("--") ? this.#long(arg) : this.#letters(arg.slice(1), arg);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** Whether help is asked for by what has been read, or by the arguments after what could not be read. */
  asksForHelp(): boolean {
    const rest = this.#args.slice(this.#next);
    const end = rest.indexOf("--");
    const words = end < 0 ? rest : rest.slice(0, end);
    return this.switches.get("help") === true || words.some((word) => word === "-h" || word === "--help");
  }

  #take(): string | undefined {
    return this.#args[this.#next++];
  }

  #long(arg: string): string | undefined {
    if (/^--[-=]/.test(arg)) return `bad flag syntax: ${arg}`;
    const equals = arg.indexOf("=");
    const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
    const text = equals < 0 ? undefined : arg.slice(equals + 1);
    const known = this.#switches.find((each) => each.name === name);
    if (known !== undefined) return this.#switch(known, text ?? "true");
    const flag = this.#flags.get(name);
    if (flag === undefined) return this.#unknown(`unknown flag: --${name}`, name);
    if (flag.type === "bool") return this.#set(flag, text ?? "true");
    const value = text ?? this.#take();
    return value === undefined ? `flag needs an argument: --${name}` : this.#set(flag, value);
  }

  #letters(letters: string, arg: string): string | undefined {
    const [letter = "", ...rest] = letters;
    const known = this.#switches.find((each) => each.letter === letter);
    if (known === undefined) {
      return this.#unknown(
        `unknown shorthand flag: '${letter}' in -${letters}`,
        arg.slice(1).split("=")[0] ?? "",
      );
    }
    if (rest[0] === "=" && rest.length > 1) return this.#switch(known, rest.slice(1).join(""));
    const problem = this.#switch(known, "true");
    return problem ?? (rest.length > 0 ? this.#letters(rest.join(""), arg) : undefined);
  }

  #switch({ name, letter }: Switch, text: string): string | undefined {
    const parsed = parseValue({ name, type: "bool", default: false, help: "" }, text);
    if ("problem" in parsed) return invalid(text, `-${letter}, --${name}`, parsed.problem);
    this.switches.set(name, parsed.value === true);
    return undefined;
  }

  #set(flag: FlagSpec, text: string): string | undefined {
    const parsed = parseValue(flag, text);
    if ("problem" in parsed) return invalid(text, `--${flag.name}`, parsed.problem);
    this.values.set(flag.name, parsed.value);
    return undefined;
  }

  #unknown(message: string, name: string): string {
    const shown = [...this.#flags.values()].filter((flag) => !flag.hidden && !flag.later);
    const [best] = nearest(
      name,
      shown.map((flag) => flag.name),
    );
    return best === undefined ? message : `${message}\nDid you mean --${best}?`;
  }
}

const invalid = (text: string, flag: string, problem: string): string =>
  `invalid argument ${JSON.stringify(text)} for "${flag}" flag: ${problem}`;
