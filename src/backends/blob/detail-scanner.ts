import type { EntryDetails } from "../backend.ts";
import { decodeText } from "./xml.ts";

export type Details = { -readonly [Key in keyof EntryDetails]: string };

const elements: readonly (readonly [name: string, key: keyof EntryDetails])[] = [
  ["BlobType", "blobType"],
  ["AccessTier", "tier"],
  ["LeaseState", "leaseState"],
  ["LeaseStatus", "leaseStatus"],
  ["Content-Type", "contentType"],
  ["LeaseDuration", "leaseDuration"],
  ["ArchiveStatus", "archiveStatus"],
  ["Content-Encoding", "contentEncoding"],
];

/** Adds a property of a blob, if it is a detail: its name is text[open, close), its value text(close, end). */
export function takeDetail(details: Details, text: string, open: number, close: number, end: number): void {
  if (end === close + 1) return;
  for (const [name, key] of elements) {
    if (name.length !== close - open || !text.startsWith(name, open)) continue;
    details[key] = decodeText(text.slice(close + 1, end));
    return;
  }
}
