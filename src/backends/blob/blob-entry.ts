import { parseHttpDate } from "../../transport/http-date.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Entry, EntryDetails, RelativePath } from "../backend.ts";

/** The entry that the answer to HEAD describes. */
export function entryOf(path: RelativePath, { headers }: HttpResponse): Entry {
  const isTrue = (name: string): boolean => headers[name]?.toLowerCase() === "true";
  const folder = isTrue("x-ms-meta-hdi_isfolder") || headers["x-ms-resource-type"] === "directory";
  const kind = folder ? "folder" : isTrue("x-ms-meta-is_symlink") ? "symlink" : "file";
  const contentMd5 = headers["content-md5"];
  return {
    kind,
    path,
    bytes: folder ? 0 : Number(headers["content-length"] ?? 0),
    modifiedMs: parseHttpDate(headers["last-modified"] ?? ""),
    version: unquoted(headers["etag"]),
    ...(contentMd5 === undefined || contentMd5 === "" ? undefined : { contentMd5 }),
  };
}

/** As entryOf(), with all that the answer tells. */
export function detailedEntryOf(path: RelativePath, response: HttpResponse): Entry {
  const { headers } = response;
  const details: { -readonly [Key in keyof EntryDetails]: string } = {};
  for (const [key, name] of detailHeaders) {
    const value = headers[name];
    if (value !== undefined && value !== "") details[key] = value;
  }
  const versionId = headers["x-ms-version-id"];
  return { ...entryOf(path, response), details, ...(versionId === undefined ? undefined : { versionId }) };
}

const detailHeaders = [
  ["blobType", "x-ms-blob-type"],
  ["tier", "x-ms-access-tier"],
  ["contentType", "content-type"],
  ["contentEncoding", "content-encoding"],
  ["leaseState", "x-ms-lease-state"],
  ["leaseDuration", "x-ms-lease-duration"],
  ["leaseStatus", "x-ms-lease-status"],
  ["archiveStatus", "x-ms-archive-status"],
] as const;

/** ETags are kept without quotes, as listings give them. */
const unquoted = (etag: string | undefined): string | undefined => etag?.replace(/^"|"$/g, "");

/** An ETag as conditions carry it. */
export const quoted = (version: string): string => `"${version}"`;
