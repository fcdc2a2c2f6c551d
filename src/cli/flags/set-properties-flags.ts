import { inputRefusal, targetFlags } from "./change-flags.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";

/** The flags of set-properties (surface spec 2.5). */
export const setPropertiesFlags = [
  ...targetFlags,
  {
    name: "blob-tags",
    type: "string",
    default: "",
    help: "Index tags, as key=value&key2=value2 and percent-encoded. They take the place of all that a blob has; clear removes all.",
  },
  {
    name: "block-blob-tier",
    type: "enum",
    default: "None",
    values: ["None", "Hot", "Cool", "Cold", "Archive"],
    typeName: "BlockBlobTier",
    refusal: inputRefusal("BlockBlobTier"),
    help: "Access tier of block blobs: Hot, Cool, Cold or Archive. None leaves it as it is.",
  },
  {
    name: "dry-run",
    type: "bool",
    default: false,
    help: "Only tell which blobs would be changed.",
  },
  {
    name: "from-to",
    type: "string",
    default: "",
    help: "What is changed: BlobNone. Needed where an address does not show it: emulators, private host names.",
  },
  {
    name: "metadata",
    type: "string",
    default: "",
    help: "Metadata, as key=value;key2=value2. It takes the place of all that a blob has; clear removes all. A backslash takes the meaning from a ';' or '=' after it.",
  },
  {
    name: "page-blob-tier",
    type: "enum",
    default: "None",
    values: ["None", "P4", "P6", "P10", "P15", "P20", "P30", "P40", "P50"],
    typeName: "PageBlobTier",
    refusal: inputRefusal("PageBlobTier"),
    later: true,
    help: "",
  },
  {
    name: "rehydrate-priority",
    type: "enum",
    default: "Standard",
    values: ["Standard", "High", "None"],
    typeName: "RehydratePriorityType",
    refusal: inputRefusal("RehydratePriorityType"),
    help: "How fast blobs come out of the archive, with --block-blob-tier: Standard (hours) or High (sooner, and dearer).",
  },
] as const satisfies FlagTable;

export type SetPropertiesFlags = FlagValues<typeof setPropertiesFlags>;
