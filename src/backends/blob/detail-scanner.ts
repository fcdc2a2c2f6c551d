import type { EntryDetails } from "../backend.ts";
import { decodeText } from "./xml.ts";

const detailElements: Readonly<Record<string, keyof EntryDetails>> = {
  BlobType: "blobType",
  AccessTier: "tier",
  "Content-Type": "contentType",
  "Content-Encoding": "contentEncoding",
  LeaseState: "leaseState",
  LeaseDuration: "leaseDuration",
  LeaseStatus: "leaseStatus",
  ArchiveStatus: "archiveStatus",
};

/** The details among the properties of a blob; `xml` is what its element Properties holds. */
export function scanDetails(xml: string): EntryDetails {
  const details: { -readonly [Key in keyof EntryDetails]: string } = {};
  for (const [, name = "", value = ""] of xml.matchAll(/<([A-Za-z-]+)>([^<]+)</g)) {
    const key = detailElements[name];
    if (key !== undefined) details[key] = decodeText(value);
  }
  return details;
}
