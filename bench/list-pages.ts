import { createHash } from "node:crypto";

/** The service's most. */
export const blobsPerPage = 5_000;
/** 2026-01-01: nginx makes ETags of time and size, and the lists have to name the same ones. */
export const modifiedSeconds = 1_767_225_600;

export interface BlobXmlOptions {
  readonly contentType?: string;
  /** Whether the blob has an MD5: a real one, of something else. */
  readonly contentMd5?: boolean;
}

/** A blob as List Blobs shows it. */
export function blobXml(name: string, bytes: number, options: BlobXmlOptions = {}): string {
  const { contentType = "application/json", contentMd5 = false } = options;
  const time = new Date(modifiedSeconds * 1_000).toUTCString();
  const etag = `${modifiedSeconds.toString(16)}-${bytes.toString(16)}`;
  const md5 = contentMd5 ? `<Content-MD5>${md5Of(name)}</Content-MD5>` : "<Content-MD5 />";
  return (
    `<Blob><Name>${name}</Name><Properties><Creation-Time>${time}</Creation-Time><Last-Modified>${time}</Last-Modified>` +
    `<Etag>${etag}</Etag><Content-Length>${bytes}</Content-Length><Content-Type>${contentType}</Content-Type>` +
    `<Content-Encoding /><Content-Language /><Content-CRC64 />${md5}<Cache-Control /><Content-Disposition />` +
    "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>" +
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>" +
    "</Properties><OrMetadata /></Blob>"
  );
}

const md5Of = (text: string): string => createHash("md5").update(text).digest("base64");

/** The answer to List Blobs. `nextMarker` "": the last page. */
export function page(container: string, blobs: readonly string[], nextMarker: string): string {
  const next = nextMarker === "" ? "<NextMarker />" : `<NextMarker>${nextMarker}</NextMarker>`;
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ServiceEndpoint="http://127.0.0.1/bench" ContainerName="${container}">` +
    `<MaxResults>${blobsPerPage}</MaxResults><Blobs>${blobs.join("")}</Blobs>${next}</EnumerationResults>`
  );
}
