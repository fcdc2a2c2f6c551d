import type { FlagTable } from "./flag-table.ts";

/** How remove and set-properties begin an error about what they were given. */
export const inputError = "failed to parse user input due to error: ";

/** What they say of a text that is no value of the type. */
export function inputRefusal(typeName: string): (text: string) => string {
  return (text) => `${inputError}couldn't parse ${JSON.stringify(text)} into a "${typeName}"`;
}

/** The flags by which remove and set-properties are told which blobs are meant. */
export const targetFlags = [
  {
    name: "exclude-path",
    type: "string",
    default: "",
    help: "Leave out what lies at these paths below the address, separated by ';'. Taken literally: '*' and '?' mean themselves.",
  },
  {
    name: "exclude-pattern",
    type: "string",
    default: "",
    help: "Leave out blobs of which the name (the part after the last '/') matches one of these patterns, separated by ';' (*.tmp;~*).",
  },
  {
    name: "include-path",
    type: "string",
    default: "",
    help: "Only what lies at these paths below the address, separated by ';' (docs;img/logo.png). Taken literally: '*' and '?' mean themselves.",
  },
  {
    name: "include-pattern",
    type: "string",
    default: "",
    help: "Only blobs of which the name (the part after the last '/') matches one of these patterns, separated by ';' (*.jpg;read?e).",
  },
  {
    name: "list-of-files",
    type: "string",
    default: "",
    help: "Only what lies at the paths in this text `file`, one a line, in UTF-8 and not percent-encoded. An empty file means no blob at all.",
  },
  {
    name: "recursive",
    type: "bool",
    default: false,
    help: "Go into virtual folders below the address.",
  },
  {
    name: "trailing-dot",
    type: "enum",
    default: "Enable",
    values: ["Enable", "Disable", "AllowToUnsafeDestination"],
    typeName: "TrailingDotOption",
    refusal: inputRefusal("TrailingDotOption"),
    hidden: true,
    help: "Accepted for compatibility: names of blobs may end in dots.",
  },
] as const satisfies FlagTable;
