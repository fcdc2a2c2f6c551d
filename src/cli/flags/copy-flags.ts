import { inertCopyFlags, laterCopyFlags, refusal } from "./copy-flags-later.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";

const ownCopyFlags = [
  {
    name: "as-subdir",
    type: "bool",
    default: true,
    help: "Put a source folder into the destination as a folder of its own. With =false its content goes straight into the destination.",
  },
  {
    name: "blob-type",
    type: "enum",
    default: "Detect",
    values: ["Detect", "BlockBlob"],
    laterValues: ["PageBlob", "AppendBlob"],
    typeName: "BlobType",
    refusal: refusal("BlobType"),
    help: "Kind of the blobs to write: Detect or BlockBlob. This version writes block blobs.",
  },
  {
    name: "block-blob-tier",
    type: "enum",
    default: "None",
    values: ["None", "Hot", "Cool", "Cold", "Archive"],
    typeName: "BlockBlobTier",
    refusal: refusal("BlockBlobTier"),
    help: "Access tier of the uploaded blobs: Hot, Cool, Cold or Archive. None leaves the choice to the account.",
  },
  {
    name: "block-size-mb",
    type: "float64",
    default: 0,
    help: "Size of the blocks that large files travel in, in MiB; fractions such as 0.25 are fine. 0 chooses by the size of the file.",
  },
  {
    name: "cache-control",
    type: "string",
    default: "",
    help: "Cache-Control of the uploaded blobs.",
  },
  {
    name: "check-length",
    type: "bool",
    default: true,
    help: "Compare the lengths of source and destination after each transfer.",
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
    name: "content-disposition",
    type: "string",
    default: "",
    help: "Content-Disposition of the uploaded blobs.",
  },
  {
    name: "content-encoding",
    type: "string",
    default: "",
    help: "Content-Encoding of the uploaded blobs.",
  },
  {
    name: "content-language",
    type: "string",
    default: "",
    help: "Content-Language of the uploaded blobs.",
  },
  {
    name: "content-type",
    type: "string",
    default: "",
    help: "Content-Type of the uploaded blobs, instead of one that fits each file.",
  },
  {
    name: "dry-run",
    type: "bool",
    default: false,
    help: "Only tell what would be copied.",
  },
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
    help: "Leave out what lies at these paths below the source, separated by ';'. Taken literally: '*' and '?' mean themselves.",
  },
  {
    name: "exclude-pattern",
    type: "string",
    default: "",
    help: "Leave out files of which the name matches one of these patterns, separated by ';' (*.tmp;~*).",
  },
  {
    name: "from-to",
    type: "string",
    default: "",
    help: "What is copied to what, as LocalBlob or BlobLocal. Needed where an address does not show it: emulators, private host names.",
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
    help: "Copy only what lies at these paths below the source, separated by ';' (docs;img/logo.png). Taken literally: '*' and '?' mean themselves.",
  },
  {
    name: "include-pattern",
    type: "string",
    default: "",
    help: "Copy only files of which the name matches one of these patterns, separated by ';' (*.jpg;*.pdf;read?e).",
  },
  {
    name: "metadata",
    type: "string",
    default: "",
    help: "Metadata of the uploaded blobs, as key=value;key2=value2. A backslash takes the meaning from a ';' or '=' after it.",
  },
  {
    name: "no-guess-mime-type",
    type: "bool",
    default: false,
    help: "Do not choose a Content-Type by the name and content of each file.",
  },
  {
    name: "overwrite",
    type: "enum",
    default: "true",
    values: ["true", "false", "prompt", "ifSourceNewer"],
    laterValues: ["posixproperties"],
    typeName: "OverwriteOption",
    refusal: refusal("OverwriteOption"),
    help: "What to do with files and blobs that exist at the destination: true replaces them, false skips them, prompt asks, ifSourceNewer replaces what is older than its source.",
  },
  {
    name: "preserve-last-modified-time",
    type: "bool",
    default: false,
    help: "Give downloaded files the modification time of their blobs.",
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
  {
    name: "recursive",
    type: "bool",
    default: false,
    help: "Go into folders below the source.",
  },
] as const satisfies FlagTable;

/** Flags of copy (surface spec 2.2): those that it carries out, and those that it only knows. */
export const copyFlags = [...ownCopyFlags, ...inertCopyFlags, ...laterCopyFlags] as const satisfies FlagTable;

export type CopyFlags = FlagValues<typeof copyFlags>;
