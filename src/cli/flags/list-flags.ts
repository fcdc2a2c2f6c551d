import type { FlagTable, FlagValues } from "./flag-table.ts";

/** What list calls the properties, in the order of its JSON lines (surface spec 4.9.8). */
export const listProperties = [
  "LastModifiedTime",
  "VersionId",
  "BlobType",
  "BlobAccessTier",
  "ContentType",
  "ContentEncoding",
  "ContentMD5",
  "LeaseState",
  "LeaseStatus",
  "LeaseDuration",
  "ArchiveStatus",
] as const;

export type ListProperty = (typeof listProperties)[number];

/** How list begins an error about a flag's value. */
export const listOptionError = "failed to parse user input due to error: ";

/** Flags of list (surface spec 2.7); depth and prefix are our own. */
export const listFlags = [
  {
    name: "depth",
    type: "uint32",
    default: 0,
    help: "Go so many `levels` deep and show what lies below as folders: 1 lists only what is directly there. 0 goes all the way down.",
  },
  {
    name: "location",
    type: "string",
    default: "",
    help: "What the address leads to, where that does not show (emulators, private host names): Blob or BlobFS.",
  },
  {
    name: "machine-readable",
    type: "bool",
    default: false,
    help: "Show sizes as plain numbers of bytes.",
  },
  {
    name: "mega-units",
    type: "bool",
    default: false,
    help: "Show sizes in KB, MB, GB (powers of 1000) instead of KiB, MiB, GiB (powers of 1024).",
  },
  {
    name: "prefix",
    type: "string",
    default: "",
    help: "List only what begins with this `text`, below the address; the service does the picking.",
  },
  {
    name: "properties",
    type: "string",
    default: "",
    help: `Show these properties as well, separated by ';': ${listProperties.join(", ")}. VersionId lists all versions.`,
  },
  {
    name: "running-tally",
    type: "bool",
    default: false,
    help: "Close with the number of blobs and their size together.",
  },
  {
    name: "trailing-dot",
    type: "enum",
    default: "",
    values: ["Enable", "Disable", "AllowToUnsafeDestination"],
    typeName: "TrailingDotOption",
    refusal: (text: string) =>
      `${listOptionError}couldn't parse ${JSON.stringify(text)} into a "TrailingDotOption"`,
    hidden: true,
    help: "Means nothing for blobs.",
  },
] as const satisfies FlagTable;

export type ListFlags = FlagValues<typeof listFlags>;

/** Reads --properties: in the order given, duplicates kept, what is no property left out, as AzCopy does. */
export function parseListProperties(text: string): ListProperty[] {
  return text.split(";").flatMap((name) => {
    const known = listProperties.find((property) => property.toLowerCase() === name.toLowerCase());
    return known === undefined ? [] : [known];
  });
}
