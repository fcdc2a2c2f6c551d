import { refusal } from "./copy-flags-later.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";
import { inertSyncFlags, laterSyncFlags } from "./sync-flags-later.ts";

/** Enums in the order in which AzCopy reads them: of several that are wrong, the same one is named. */
const enumFlags = [
  {
    name: "delete-destination",
    type: "enum",
    default: "false",
    values: ["false", "prompt", "true"],
    typeName: "DeleteDestination",
    refusal: refusal("DeleteDestination"),
    help: "What to do with files or blobs that only the destination has: false keeps them, true removes them, prompt asks about each. Nothing is removed where one of the sides could not be listed as a whole.",
  },
  {
    name: "check-md5",
    type: "enum",
    default: "FailIfDifferent",
    values: ["NoCheck", "LogOnly", "FailIfDifferent", "FailIfDifferentOrMissing"],
    typeName: "HashValidationOption",
    refusal: refusal("HashValidationOption"),
    help: "What to do on download with the MD5 that a blob carries: NoCheck, LogOnly, FailIfDifferent or FailIfDifferentOrMissing.",
  },
  {
    name: "compare-hash",
    type: "enum",
    default: "None",
    values: ["None", "MD5"],
    typeName: "SyncHashType",
    refusal: refusal("SyncHashType"),
    help: "With MD5, what both sides have is copied again where its MD5 differs, whatever the times say; uploads then store the MD5 with the blobs.",
  },
  {
    name: "local-hash-storage-mode",
    type: "enum",
    default: "XAttr",
    values: ["XAttr", "AlternateDataStreams"],
    laterValues: ["HiddenFiles"],
    typeName: "HashStorageMode",
    refusal: refusal("HashStorageMode"),
    hidden: true,
    help: "Accepted for compatibility; MD5s of files are computed anew for each comparison and stored nowhere.",
  },
] as const satisfies FlagTable;

/** Flags that choose what takes part. */
const filterFlags = [
  {
    name: "exclude",
    type: "string",
    default: "",
    hidden: true,
    help: "Replaced by --exclude-pattern and --exclude-path.",
  },
  {
    name: "exclude-path",
    type: "string",
    default: "",
    help: "Leave out what lies at these paths, on both sides, separated by ';'. Taken literally: '*' and '?' mean themselves. What is left out is neither copied nor removed.",
  },
  {
    name: "exclude-pattern",
    type: "string",
    default: "",
    help: "Leave out files of which the name matches one of these patterns, on both sides, separated by ';' (*.tmp;~*).",
  },
  {
    name: "include",
    type: "string",
    default: "",
    hidden: true,
    help: "Replaced by --include-pattern and --include-path.",
  },
  {
    name: "include-path",
    type: "string",
    default: "",
    help: "Compare, copy and remove only what lies at these paths, separated by ';' (docs;img/logo.png). Taken literally: '*' and '?' mean themselves.",
  },
  {
    name: "include-pattern",
    type: "string",
    default: "",
    help: "Compare, copy and remove only files of which the name matches one of these patterns, separated by ';' (*.jpg;*.pdf;read?e).",
  },
  {
    name: "recursive",
    type: "bool",
    default: true,
    help: "Go into folders below; with =false only the files directly in the two places take part.",
  },
] as const satisfies FlagTable;

const ownSyncFlags = [
  {
    name: "allow-empty-source",
    type: "bool",
    default: false,
    help: "Let a source without any file empty the destination. Otherwise nothing is removed then.",
  },
  {
    name: "block-size-mb",
    type: "float64",
    default: 0,
    help: "Size of the blocks that large files travel in, in MiB; fractions such as 0.25 are fine. 0 chooses by the size of the file.",
  },
  {
    name: "dry-run",
    type: "bool",
    default: false,
    help: "Only tell what would be copied and removed.",
  },
  {
    name: "follow-symlinks",
    type: "bool",
    default: false,
    hidden: true,
    help: "Known, and refused: it does not apply to blobs.",
  },
  {
    name: "from-to",
    type: "string",
    default: "",
    help: "What is synced to what, as LocalBlob or BlobLocal. Needed where an address does not show it: emulators, private host names.",
  },
  {
    name: "max-delete",
    type: "string",
    default: "",
    help: "Remove nothing if more than this would go: a `number` of objects (1000), or a share of those at the destination (10%).",
  },
  {
    name: "metadata",
    type: "string",
    default: "",
    help: "Metadata of the uploaded blobs, as key=value;key2=value2. A backslash takes the meaning from a ';' or '=' after it.",
  },
  {
    name: "mirror-mode",
    type: "bool",
    default: false,
    help: "Copy everything again, whatever times, sizes and MD5s say.",
  },
  {
    name: "preserve-last-modified-time",
    type: "bool",
    default: false,
    help: "Give downloaded files the modification time of their blobs.",
  },
  {
    name: "preserve-symlinks",
    type: "bool",
    default: false,
    hidden: true,
    help: "Known, and refused: it does not apply to blobs.",
  },
  {
    name: "put-blob-size-mb",
    type: "float64",
    default: 0,
    help: "Files of at most this many MiB are uploaded in one piece. 0 chooses by the size of the file.",
  },
  {
    name: "put-md5",
    type: "bool",
    default: false,
    help: "Store the MD5 of each uploaded file with its blob.",
  },
] as const satisfies FlagTable;

/** Flags of sync (surface spec 2.3, and what it has beyond AzCopy). */
export const syncFlags = [
  ...enumFlags,
  ...filterFlags,
  ...ownSyncFlags,
  ...inertSyncFlags,
  ...laterSyncFlags,
] as const satisfies FlagTable;

export type SyncFlags = FlagValues<typeof syncFlags>;
