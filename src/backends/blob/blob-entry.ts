import { parseHttpDate } from "../../transport/http-date.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import type { Entry, RelativePath } from "../backend.ts";

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

/** ETags are kept without quotes, as listings give them. */
const unquoted = (etag: string | undefined): string | undefined => etag?.replace(/^"|"$/g, "");

/** An ETag as conditions carry it. */
export const quoted = (version: string): string => `"${version}"`;
