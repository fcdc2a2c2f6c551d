import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blobsPerPage, blobXml, page } from "./list-pages.ts";

const container = "many";
const folder = "exports/2026";
/** What a service answers that is asked for one level (delimiter "/"): by prefix, the folders there. */
const levels = [
  { prefix: "", file: `${container}-root`, child: "exports/" },
  { prefix: "exports/", file: `${container}-exports`, child: `${folder}/` },
];

/** A container of very many blobs, as list pages alone; and a local tree that is in step with it. */
export interface ManyNames {
  readonly container: string;
  /** Holds a file for each blob: of its size, without content (sparse), and newer. */
  readonly localFolder: string;
  readonly count: number;
}

/** Writes both below a folder on tmpfs: a page is about 4 MB, a file about 1 KB of the kernel's memory. */
export function makeManyNames(root: string, count: number): ManyNames {
  const localFolder = join(root, "many-local");
  const lists = join(root, "lists");
  mkdirSync(join(localFolder, folder), { recursive: true });
  mkdirSync(lists, { recursive: true });
  for (const { file, child } of levels) {
    const item = `<BlobPrefix><Name>${child}</Name></BlobPrefix>`;
    writeFileSync(join(lists, `${file}.xml`), page(container, [item], ""));
  }
  for (let from = 0; from < count; from += blobsPerPage) {
    const blobs: string[] = [];
    const next = Math.min(count, from + blobsPerPage);
    for (let number = from; number < next; number++) {
      const name = `${folder}/part-${String(number).padStart(7, "0")}.parquet`;
      const bytes = 4_000_000 + ((number * 7_919) % 60_000_000);
      blobs.push(blobXml(name, bytes, { contentType: "application/octet-stream", contentMd5: true }));
      makeSparse(join(localFolder, name), bytes);
    }
    const file = from === 0 ? container : `${container}${from}`;
    writeFileSync(join(lists, `${file}.xml`), page(container, blobs, next < count ? String(next) : ""));
  }
  return { container, localFolder, count };
}

/** Lines of an nginx map from "delimiter, prefix" as they stand in a query to the page of a level. */
export function levelPages(): string {
  return levels
    .flatMap(({ prefix, file }) =>
      ["/", "%2F"].flatMap((slash) =>
        // Clients encode the slash, or leave it.
        [...new Set([prefix, encodeURIComponent(prefix)])].map(
          (text) => `    "${container}?${slash}?${text}" ${file};`,
        ),
      ),
    )
    .join("\n");
}

function makeSparse(file: string, bytes: number): void {
  const handle = openSync(file, "w");
  ftruncateSync(handle, bytes);
  closeSync(handle);
}
