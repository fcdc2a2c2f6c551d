import type { FlagTable } from "./flag-table.ts";

/** What copy says of a text that is no value of the type. */
export function refusal(typeName: string): (text: string) => string {
  return (text) => `${optionError}couldn't parse ${JSON.stringify(text)} into a "${typeName}"`;
}

/** How copy begins an error about a flag's value. */
export const optionError = "error parsing the input given by the user. Failed with error ";

const help = "";
const later = true;
const off = { type: "bool", default: false, later, help } as const;
const inert = { type: "bool", default: true, hidden: true, help } as const;
const text = { type: "string", default: "", later, help } as const;

/**
 * Flags of AzCopy's copy that this version does not carry out. They are known, so that scripts that spell out a
 * default go on working and all others get an honest answer.
 */
export const laterCopyFlags = [
  { name: "backup", ...off },
  { name: "blob-tags", ...text },
  { name: "cpk-by-name", ...text },
  { name: "cpk-by-value", ...off },
  { name: "decompress", ...off },
  { name: "delete-destination-file", ...off },
  { name: "disable-auto-decoding", ...off },
  { name: "exclude-attributes", ...text },
  { name: "exclude-blob-type", ...text },
  { name: "exclude-container", ...text },
  { name: "exclude-regex", ...text },
  { name: "follow-symlinks", ...off },
  { name: "force-if-read-only", ...off },
  {
    name: "hardlinks",
    type: "enum",
    default: "follow",
    values: ["follow", "skip", "preserve"],
    typeName: "HardlinkHandlingType",
    refusal: refusal("HardlinkHandlingType"),
    later,
    help,
  },
  { name: "include-after", ...text },
  { name: "include-attributes", ...text },
  { name: "include-before", ...text },
  { name: "include-directory-stub", ...off },
  { name: "include-regex", ...text },
  { name: "list-of-files", ...text },
  { name: "list-of-versions", ...text },
  {
    name: "page-blob-tier",
    type: "enum",
    default: "None",
    values: ["None", "P4", "P6", "P10", "P15", "P20", "P30", "P40", "P50"],
    typeName: "PageBlobTier",
    refusal: refusal("PageBlobTier"),
    later,
    help,
  },
  {
    name: "posix-properties-style",
    type: "enum",
    default: "Standard",
    values: ["Standard", "AMLFS"],
    typeName: "PosixPropertiesStyle",
    refusal: refusal("PosixPropertiesStyle"),
    later,
    help,
  },
  { name: "preserve-info", ...off },
  { name: "preserve-permissions", ...off },
  { name: "preserve-posix-properties", ...off },
  { name: "preserve-smb-info", ...off },
  { name: "preserve-smb-permissions", ...off },
  { name: "preserve-symlinks", ...off },
  { name: "s2s-detect-source-changed", ...off },
  {
    name: "s2s-handle-invalid-metadata",
    type: "enum",
    default: "ExcludeIfInvalid",
    values: ["ExcludeIfInvalid", "FailIfInvalid", "RenameIfInvalid"],
    typeName: "InvalidMetadataHandleOption",
    refusal: refusal("InvalidMetadataHandleOption"),
    later,
    help,
  },
  { name: "s2s-preserve-blob-tags", ...off },
  {
    name: "trailing-dot",
    type: "enum",
    default: "Enable",
    values: ["Enable", "Disable", "AllowToUnsafeDestination"],
    typeName: "TrailingDotOption",
    refusal: refusal("TrailingDotOption"),
    later,
    help,
  },
] as const satisfies FlagTable;

/** Flags of AzCopy's copy that mean nothing between disk and blob storage, whatever their value. */
export const inertCopyFlags = [
  { name: "flush-threshold", type: "uint32", default: 7_500, hidden: true, help },
  { name: "preserve-owner", ...inert },
  { name: "s2s-get-properties-in-backend", ...inert },
  { name: "s2s-preserve-access-tier", ...inert },
  { name: "s2s-preserve-properties", ...inert },
] as const satisfies FlagTable;
