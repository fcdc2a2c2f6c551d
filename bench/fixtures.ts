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
import { blobsPerPage, blobXml, modifiedSeconds, page } from "./list-pages.ts";
import { type ManyNames, makeManyNames } from "./many-names.ts";

const MiB = 2 ** 20;
const smallBytesLeast = 4_096;
const smallBytesMost = 6_144;

export interface Sizes {
  readonly largeBytes: number;
  readonly smallFiles: number;
  /** Blobs that are only listed. */
  readonly names: number;
}

/** The files that are uploaded from and served as blobs: `<folder>/bench/{large,small,three}/`. */
export class Fixtures {
  readonly sizes: Sizes;
  readonly #folder: string;
  #many: ManyNames | undefined;

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

  /** Made when a row first asks for them: they take their time. */
  get many(): ManyNames {
    this.#many ??= makeManyNames(this.#folder, this.sizes.names);
    return this.#many;
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
