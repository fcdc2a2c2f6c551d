import type { ListedObject, ListTally } from "../../commands/list.ts";
import { type ListProperty, listProperties } from "../flags/list-flags.ts";
import { twoDecimals } from "./go-numbers.ts";

/** How `list` shows objects. */
export interface ObjectStyle {
  /** As they were asked for: in that order, twice if twice. */
  readonly properties: readonly ListProperty[];
  /** Powers of 1024, powers of 1000, or plain numbers of bytes. */
  readonly sizes: "binary" | "decimal" | "bytes";
}

/** One line of `list` as text (surface spec 9.1), with its line break. */
export function objectText(object: ListedObject, { properties, sizes }: ObjectStyle): string {
  const size = sizeText(object.entry.bytes, sizes);
  if (properties.length === 0) return `${object.path}; Content Length: ${size}\n`;
  const parts = properties.map((property) => `${property}: ${shownValue(property, object, textTime)}; `);
  return `${object.path}; ${parts.join("")}Content Length: ${size}\n`;
}

/** The object of a ListObject line: properties in one order whatever the request, those without a value left out. */
export function objectFields(
  object: ListedObject,
  { properties, sizes }: ObjectStyle,
): Readonly<Record<string, string>> {
  const fields: Record<string, string> = { Path: object.path };
  for (const property of properties.length === 0 ? [] : listProperties) {
    if (!properties.includes(property)) continue;
    const value = shownValue(property, object, jsonTime);
    if (value !== "") fields[property] = value;
  }
  fields["ContentLength"] = sizeText(object.entry.bytes, sizes);
  return fields;
}

/** The closing lines of `list --running-tally`. */
export function tallyText({ objects, bytes }: ListTally, { sizes }: ObjectStyle): string {
  return `\nFile count: ${objects}\nTotal file size: ${sizeText(bytes, sizes)}\n`;
}

/** The object of a ListSummary line. */
export function tallyFields(
  { objects, bytes }: ListTally,
  { sizes }: ObjectStyle,
): Readonly<Record<string, string>> {
  return { FileCount: String(objects), TotalFileSize: sizeText(bytes, sizes) };
}

function shownValue(property: ListProperty, { entry }: ListedObject, time: (ms: number) => string): string {
  const { details = {} } = entry;
  switch (property) {
    case "LastModifiedTime":
      return entry.modifiedMs === undefined ? "" : time(entry.modifiedMs);
    case "VersionId":
      return entry.versionId ?? "";
    case "BlobType":
      return details.blobType ?? "";
    case "BlobAccessTier":
      return details.tier ?? "";
    case "ContentType":
      return details.contentType ?? "";
    case "ContentEncoding":
      return details.contentEncoding ?? "";
    case "ContentMD5":
      return entry.contentMd5 ?? "";
    case "LeaseState":
      return details.leaseState ?? "";
    case "LeaseStatus":
      return details.leaseStatus ?? "";
    case "LeaseDuration":
      return details.leaseDuration ?? "";
    case "ArchiveStatus":
      return details.archiveStatus ?? "";
  }
}

/** As Go prints a time of the zone GMT. */
const textTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} +0000 GMT`;

const jsonTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const units = {
  binary: { step: 1_024, names: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] },
  decimal: { step: 1_000, names: ["B", "KB", "MB", "GB", "TB", "PB", "EB"] },
};

function sizeText(bytes: number | bigint, sizes: ObjectStyle["sizes"]): string {
  if (sizes === "bytes") return String(bytes);
  const { step, names } = units[sizes];
  let value = Number(bytes);
  let unit = 0;
  for (; value >= step && unit < names.length - 1; unit++) value /= step;
  return `${twoDecimals(value)} ${names[unit]}`;
}
