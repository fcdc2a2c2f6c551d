import type { EnumFlag, FlagSpec } from "./flag-table.ts";

/** A flag's value, or what Go's strconv would say of the text. */
export type Parsed = { readonly value: boolean | number | string } | { readonly problem: string };

const syntax = "invalid syntax";
const range = "value out of range";

/** Reads the text of a flag as pflag does. Values of enums are checked later, by canonical(). */
export function parseValue(flag: FlagSpec, text: string): Parsed {
  switch (flag.type) {
    case "bool":
      return parseBool(text);
    case "float64":
      return parseFloat64(text);
    case "uint32":
      return parseInteger(text, "strconv.ParseUint", 0n, 2n ** 32n - 1n);
    case "int":
      return parseInteger(text, "strconv.ParseInt", -(2n ** 63n), 2n ** 63n - 1n);
    case "string":
    case "enum":
      return { value: text };
  }
}

/** The value of an enum as the table spells it; undefined when it is none of them. */
export function canonical(flag: EnumFlag, text: string): string | undefined {
  if (text === flag.default) return text;
  const known = [...flag.values, ...(flag.laterValues ?? [])];
  return known.find((value) => value.toLowerCase() === text.toLowerCase());
}

const trueWords = ["1", "t", "T", "TRUE", "true", "True"];
const falseWords = ["0", "f", "F", "FALSE", "false", "False"];

function parseBool(text: string): Parsed {
  if (trueWords.includes(text)) return { value: true };
  if (falseWords.includes(text)) return { value: false };
  return problem("strconv.ParseBool", text, syntax);
}

const decimalFloat = /^[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?$/;
const hexadecimalFloat = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)$/;
const infinity = /^[+-]?inf(inity)?$/i;

/** As Go's strconv.ParseFloat: decimal or hexadecimal with an exponent of two, "_" between digits, inf and nan. */
function parseFloat64(text: string): Parsed {
  if (infinity.test(text)) return { value: text.startsWith("-") ? -Infinity : Infinity };
  if (text.toLowerCase() === "nan") return { value: Number.NaN };
  if (/__|_$|^_|[^\da-fA-F]_|_[^\da-fA-F]/.test(text)) return problem("strconv.ParseFloat", text, syntax);
  const plain = text.replaceAll("_", "");
  const value = decimalFloat.test(plain) ? Number(plain) : parseHexadecimal(plain);
  if (value === undefined) return problem("strconv.ParseFloat", text, syntax);
  return Number.isFinite(value) ? { value } : problem("strconv.ParseFloat", text, range);
}

function parseHexadecimal(text: string): number | undefined {
  const [, sign, whole = "", fraction = "", exponent = ""] = hexadecimalFloat.exec(text) ?? [];
  if (sign === undefined || `${whole}${fraction}` === "") return undefined;
  const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}

const integer =
  /^([+-]?)(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/;

/** As Go's ParseInt and ParseUint with base 0: decimal, 0x, 0o or a leading 0, 0b, "_" between digits. */
function parseInteger(text: string, parser: string, least: bigint, most: bigint): Parsed {
  const [, sign, digits = ""] = integer.exec(text) ?? [];
  if (sign === undefined || (least === 0n && sign !== "")) return problem(parser, text, syntax);
  const plain = digits.replaceAll("_", "");
  const magnitude = BigInt(/^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain);
  const value = sign === "-" ? -magnitude : magnitude;
  return value < least || value > most ? problem(parser, text, range) : { value: Number(value) };
}

function problem(parser: string, text: string, what: string): Parsed {
  return { problem: `${parser}: parsing ${JSON.stringify(text)}: ${what}` };
}
