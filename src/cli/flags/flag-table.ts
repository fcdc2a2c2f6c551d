interface FlagFacts {
  /** Without the dashes. */
  readonly name: string;
  /** What it does, for the help text. A word in `backquotes` names the value, as in pflag. */
  readonly help: string;
  /** Accepted, but not shown in the help text. */
  readonly hidden?: true;
  /** Known from AzCopy, and parsed; a value other than the default is refused. Never shown. */
  readonly later?: true;
  /** The environment variable that says the same. */
  readonly env?: string;
}

export interface EnumFlag extends FlagFacts {
  readonly type: "enum";
  readonly default: string;
  /** Compared without regard to case, and handed on as written here. */
  readonly values: readonly string[];
  /** Values that AzCopy knows and this version refuses. */
  readonly laterValues?: readonly string[];
  /** What AzCopy calls the type in its messages. */
  readonly typeName: string;
  /** What is said of a text that is none of the values, where `couldn't parse "x" into a "T"` is not all. */
  readonly refusal?: (text: string) => string;
}

/** One flag of a command. Parser, help text, shell completion and manual page all come from this. */
export type FlagSpec =
  | (FlagFacts & { readonly type: "bool"; readonly default: boolean })
  | (FlagFacts & { readonly type: "string"; readonly default: string })
  | (FlagFacts & { readonly type: "float64" | "uint32" | "int"; readonly default: number })
  | EnumFlag;

export type FlagTable = readonly FlagSpec[];

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type FlagValue<Flag> = Flag extends { type: "bool" }
  ? boolean
  : Flag extends { type: "float64" | "uint32" | "int" }
    ? number
    : Flag extends { type: "enum"; values: readonly (infer Value)[]; default: infer Default }
      ? Value | Default
      : string;

/** The values of a table's flags: { recursive: boolean, blockSizeMb: number, … }. */
export type FlagValues<Table extends FlagTable> = {
  readonly [Flag in Table[number] as CamelCase<Flag["name"]>]: FlagValue<Flag>;
};

/** The key of a flag in FlagValues: "block-size-mb" is blockSizeMb. */
export function keyOf(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
