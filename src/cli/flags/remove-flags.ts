import { inputRefusal, targetFlags } from "./change-flags.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";

const help = "";
const later = true;
const off = { type: "bool", default: false, later, help } as const;
const text = { type: "string", default: "", later, help } as const;

/** The flags of remove (surface spec 2.4). */
export const removeFlags = [
  ...targetFlags,
  {
    name: "delete-snapshots",
    type: "enum",
    default: "",
    values: ["None", "Include", "Only"],
    typeName: "DeleteSnapshotsOption",
    refusal: inputRefusal("DeleteSnapshotsOption"),
    help: "What to do with the snapshots of a blob: include removes them with it, only removes them and leaves the blob. Without this flag, blobs that have snapshots stay.",
  },
  {
    name: "dry-run",
    type: "bool",
    default: false,
    help: "Only tell what would be removed.",
  },
  {
    name: "from-to",
    type: "string",
    default: "",
    help: "What is removed: BlobTrash. Needed where an address does not show it: emulators, private host names.",
  },
  { name: "cpk-by-name", ...text },
  { name: "cpk-by-value", ...off },
  { name: "force-if-read-only", ...off },
  { name: "include-after", ...text },
  { name: "include-before", ...text },
  { name: "list-of-versions", ...text },
  {
    name: "permanent-delete",
    type: "enum",
    default: "None",
    values: ["None"],
    laterValues: ["Snapshots", "Versions", "SnapshotsAndVersions"],
    typeName: "PermanentDeleteOption",
    refusal: inputRefusal("PermanentDeleteOption"),
    later,
    help,
  },
] as const satisfies FlagTable;

export type RemoveFlags = FlagValues<typeof removeFlags>;
