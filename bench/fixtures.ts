import { createCipheriv } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

const MiB = 2 ** 20;
/** The service's most. */
const blobsPerPage = 5_000;
/** 2026-01-01: nginx makes ETags of time and size, and the lists have to name the same ones. */
const modifiedSeconds = 1_767_225_600;
const smallBytesLeast = 4_096;
const smallBytesMost = 6_144;

export interface Sizes {
  readonly largeBytes: number;
  readonly smallFiles: number;
}

/** The files that are uploaded from and served as blobs: `<folder>/bench/{large,small,three}/`. */
export class Fixtures {
  readonly sizes: Sizes;
  readonly #folder: string;

  /** Writes them, with content that looks random, and the pages of the containers' lists. */
  constructor(folder: string, sizes: Sizes) {
    this.#folder = folder;
    this.sizes = sizes;
    const noise = new Noise();
    for (const container of ["large", "small", "three", "empty"]) {
      mkdirSync(this.path(container), { recursive: true });
    }
    writeLarge(this.path("large", "large.bin"), sizes.largeBytes, noise);
    for (let number = 0; number < sizes.smallFiles; number++) {
      const span = smallBytesMost - smallBytesLeast + 1;
      writeSmall(
        this.path("small", fileName(number)),
        noise.bytes(smallBytesLeast + ((number * 997) % span)),
      );
    }
    for (const number of [0, 1, 2]) writeSmall(this.path("three", fileName(number)), noise.bytes(5_000));
    this.#writeLists();
  }

  path(...parts: readonly string[]): string {
    return join(this.#folder, "bench", ...parts);
  }

  files(container: string): string[] {
    return readdirSync(this.path(container)).sort();
  }

  bytes(container: string): number {
    return this.files(container).reduce(
      (total, name) => total + statSync(this.path(container, name)).size,
      0,
    );
  }

  #writeLists(): void {
    const folder = join(this.#folder, "lists");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "empty.xml"), page("empty", [], ""));
    for (const container of ["large", "small", "three"]) {
      const blobs = this.files(container).map((name) =>
        blobXml(name, statSync(this.path(container, name)).size),
      );
      for (let from = 0; from < blobs.length; from += blobsPerPage) {
        const next = from + blobsPerPage;
        const marker = from === 0 ? "" : String(from);
        const nextMarker = next < blobs.length ? String(next) : "";
        writeFileSync(
          join(folder, `${container}${marker}.xml`),
          page(container, blobs.slice(from, next), nextMarker),
        );
      }
    }
  }
}

const fileName = (number: number): string => `file-${String(number).padStart(6, "0")}.json`;

function writeLarge(file: string, bytes: number, noise: Noise): void {
  const handle = openSync(file, "w");
  for (let left = bytes; left > 0; left -= 8 * MiB) writeSync(handle, noise.bytes(Math.min(left, 8 * MiB)));
  closeSync(handle);
  utimesSync(file, modifiedSeconds, modifiedSeconds);
}

function writeSmall(file: string, content: Buffer): void {
  writeFileSync(file, content);
  utimesSync(file, modifiedSeconds, modifiedSeconds);
}

/** Bytes that look random, the same ones every time. */
class Noise {
  readonly #cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16));

  bytes(count: number): Buffer {
    return this.#cipher.update(Buffer.alloc(count));
  }
}

function blobXml(name: string, bytes: number): string {
  const time = new Date(modifiedSeconds * 1_000).toUTCString();
  const etag = `${modifiedSeconds.toString(16)}-${bytes.toString(16)}`;
  return (
    `<Blob><Name>${name}</Name><Properties><Creation-Time>${time}</Creation-Time><Last-Modified>${time}</Last-Modified>` +
    `<Etag>${etag}</Etag><Content-Length>${bytes}</Content-Length><Content-Type>application/json</Content-Type>` +
    "<Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5 /><Cache-Control /><Content-Disposition />" +
    "<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>" +
    "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>" +
    "</Properties><OrMetadata /></Blob>"
  );
}

function page(container: string, blobs: readonly string[], nextMarker: string): string {
  const next = nextMarker === "" ? "<NextMarker />" : `<NextMarker>${nextMarker}</NextMarker>`;
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    `<EnumerationResults ServiceEndpoint="http://127.0.0.1/bench" ContainerName="${container}">` +
    `<MaxResults>${blobsPerPage}</MaxResults><Blobs>${blobs.join("")}</Blobs>${next}</EnumerationResults>`
  );
}
