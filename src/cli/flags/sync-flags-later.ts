import { refusal } from "./copy-flags-later.ts";
import type { FlagTable } from "./flag-table.ts";

const help = "";
const later = true;
const off = { type: "bool", default: false, later, help } as const;
const text = { type: "string", default: "", later, help } as const;

/** Flags of AzCopy's sync that this version does not carry out: known, as those of copy are. */
export const laterSyncFlags = [
  { name: "cpk-by-name", ...text },
  { name: "cpk-by-value", ...off },
  { name: "delete-destination-file", ...off },
  { name: "exclude-attributes", ...text },
  { name: "exclude-regex", ...text },
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
  { name: "include-attributes", ...text },
  { name: "include-directory-stub", ...off },
  { name: "include-regex", ...text },
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
  { name: "preserve-permissions", ...off },
  { name: "preserve-posix-properties", ...off },
  { name: "preserve-smb-permissions", ...off },
  { name: "s2s-preserve-blob-tags", ...off },
] as const satisfies FlagTable;

const hidden = true;

/** Flags that change nothing between disk and blob storage, in AzCopy either. */
export const inertSyncFlags = [
  { name: "hash-meta-dir", type: "string", default: "", hidden, help },
  { name: "include-root", type: "bool", default: false, hidden, help },
  { name: "preserve-info", type: "bool", default: false, hidden, help },
  { name: "preserve-smb-info", type: "bool", default: false, hidden, help },
  { name: "s2s-preserve-access-tier", type: "bool", default: true, hidden, help },
  {
    name: "trailing-dot",
    type: "enum",
    default: "Enable",
    values: ["Enable", "Disable", "AllowToUnsafeDestination"],
    typeName: "TrailingDotOption",
    refusal: refusal("TrailingDotOption"),
    hidden,
    help,
  },
] as const satisfies FlagTable;
