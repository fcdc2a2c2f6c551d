import type { PropertyChange } from "../../backends/backend.ts";
import { compareUtf8 } from "../../foundation/utf8-order.ts";
import type { DryRunDetail } from "../../job/events.ts";
import { goJson } from "./json-messages.ts";

/** What a line of a dry run says (surface spec 4.6). */
export function plannedText({ action, source, destination }: DryRunDetail): string {
  switch (action) {
    case "copy":
      return `copy ${source} to ${destination}`;
    case "remove":
      return `remove ${source}`;
    case "change":
      return `set-properties ${source}`;
  }
}

/**
 * The content of a Dryrun line (surface spec 4.9.7). A blob is taken for a block blob: its name alone does not show
 * what it is. The removal of a local file has no name in AzCopy, which prints the number of the pair.
 */
export function dryRunContent(detail: DryRunDetail): string {
  const { fromTo, source, destination, bytes, change } = detail;
  return goJson({
    EntityType: "File",
    BlobType: fromTo.startsWith("Blob") ? "BlockBlob" : "Detect",
    FromTo: fromTo === "LocalTrash" ? "256" : fromTo,
    Source: source,
    Destination: destination,
    ...(bytes === 0 ? {} : { SourceSize: bytes }),
    ...(change === undefined ? {} : changeKeys(change)),
  });
}

function changeKeys({ tags, metadata, tier }: PropertyChange): object {
  return {
    ...pairsKey("BlobTags", tags),
    ...pairsKey("Metadata", metadata),
    BlobTier: tier ?? "None",
  };
}

/** In the order in which Go prints a map. */
function pairsKey(key: string, pairs: Readonly<Record<string, string>> = {}): object {
  const entries = Object.entries(pairs).sort(([a], [b]) => compareUtf8(a, b));
  return entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) };
}
