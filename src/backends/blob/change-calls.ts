import { StorageError } from "../../foundation/errors.ts";
import type { Entry, PropertyChange, RemovalRules } from "../backend.ts";
import type { BlobCall, BlobClient } from "./blob-client.ts";
import { quoted } from "./blob-entry.ts";
import { metadataHeaders } from "./property-headers.ts";
import { encodeText } from "./xml.ts";

/**
 * Delete Blob for an entry, on condition that it still is what was listed; undefined for a virtual folder, which is
 * no object. Throws "PreconditionFailed" for an entry without a version: whatever has its name by now might go.
 */
export function removalCall(client: BlobClient, entry: Entry, rules: RemovalRules): BlobCall | undefined {
  // Its path may be the name of a blob as well, which nobody meant.
  if (isVirtual(entry)) return undefined;
  const state = stateQuery(client, entry);
  const headers: Record<string, string> = state === "" ? condition(entry, "remove") : {};
  // A snapshot or version has no snapshots, and the service refuses the header for it.
  if (rules.snapshots !== "refuse" && state === "") headers["x-ms-delete-snapshots"] = rules.snapshots;
  return {
    method: "DELETE",
    at: client.blobAt(entry.path, "remove"),
    query: state,
    headers,
    what: "remove",
    needs: "Delete (d), for versions Delete Version (x)",
  };
}

/** Set Blob Metadata, on condition that the blob still is what was listed. Throws as removalCall() does. */
export function metadataCall(
  client: BlobClient,
  entry: Entry,
  metadata: Readonly<Record<string, string>>,
): BlobCall | undefined {
  if (isVirtual(entry)) return undefined;
  return {
    method: "PUT",
    at: client.blobAt(entry.path, "set the metadata of"),
    query: "comp=metadata",
    headers: { ...metadataHeaders(metadata), ...condition(entry, "set the metadata of") },
    what: "set the metadata of",
    needs: "Write (w)",
  };
}

/** Set Blob Tags. The service takes no condition but one on the tags themselves. */
export function tagsCall(
  client: BlobClient,
  entry: Entry,
  tags: NonNullable<PropertyChange["tags"]>,
): BlobCall | undefined {
  if (isVirtual(entry)) return undefined;
  const elements = Object.entries(tags).map(
    ([key, value]) => `<Tag><Key>${encodeText(key)}</Key><Value>${encodeText(value)}</Value></Tag>`,
  );
  const body = `<?xml version="1.0" encoding="utf-8"?><Tags><TagSet>${elements.join("")}</TagSet></Tags>`;
  return {
    method: "PUT",
    at: client.blobAt(entry.path, "tag"),
    query: "comp=tags",
    headers: { "content-type": "application/xml; charset=UTF-8" },
    body: Buffer.from(body),
    what: "tag",
    needs: "Tags (t)",
  };
}

/** Set Blob Tier. The service takes no condition but one on the tags. */
export function tierCall(
  client: BlobClient,
  entry: Entry,
  tier: string,
  rehydratePriority: PropertyChange["rehydratePriority"],
): BlobCall | undefined {
  if (isVirtual(entry)) return undefined;
  const headers: Record<string, string> = { "x-ms-access-tier": tier };
  if (rehydratePriority !== undefined) headers["x-ms-rehydrate-priority"] = rehydratePriority;
  const state = stateQuery(client, entry);
  return {
    method: "PUT",
    at: client.blobAt(entry.path, "set the tier of"),
    query: state === "" ? "comp=tier" : `comp=tier&${state}`,
    headers,
    what: "set the tier of",
    needs: "Write (w)",
  };
}

/** A folder that is there only because blobs have names below it. */
const isVirtual = (entry: Entry): boolean => entry.kind === "folder" && entry.version === undefined;

/** Names one of several states of the blob, which never changes: no condition is needed. "" for the blob itself. */
function stateQuery(client: BlobClient, { snapshot, versionId }: Entry): string {
  if (snapshot !== undefined) return `snapshot=${encodeURIComponent(snapshot)}`;
  if (versionId !== undefined) return `versionid=${encodeURIComponent(versionId)}`;
  return client.objectQuery;
}

function condition({ path, version }: Entry, what: string): Record<string, string> {
  if (version !== undefined) return { "if-match": quoted(version) };
  const message = `cannot ${what} "${path}": the service did not tell its version, so it may no longer be what was listed. List it again.`;
  throw new StorageError("PreconditionFailed", message);
}
