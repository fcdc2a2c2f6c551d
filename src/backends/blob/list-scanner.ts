import { StorageError } from "../../foundation/errors.ts";
import { parseHttpDate } from "../../transport/http-date.ts";
import { asPath, type Entry } from "../backend.ts";
import { type Details, takeDetail } from "./detail-scanner.ts";
import { decodeText, malformed, position, textOf } from "./xml.ts";

export interface BlobPage {
  /** Blobs and, where the listing stops at "/", virtual folders: in the service's order. */
  readonly entries: readonly Entry[];
  /** Lists what comes next; "" at the end. */
  readonly nextMarker: string;
}

export interface ScanOptions {
  /** What the listing asked for: every name must begin with it. */
  readonly prefix: string;
  /** How many characters of a name belong to the store's root, and are not part of the entry's path. */
  readonly rootLength: number;
  /** true: entries carry details, at several times the cost. */
  readonly details?: boolean;
}

/**
 * Reads a page of List Blobs, at a microsecond or two an entry. A blob with metadata hdi_isfolder=true is a folder,
 * with is_symlink=true a symlink. Names the XML cannot hold come percent-encoded (Encoded="true") and are decoded.
 * Throws "Corrupt" when the body is no such page, or names something outside the prefix.
 */
export function scanBlobPage(body: Uint8Array, options: ScanOptions): BlobPage {
  return new PageScanner(body, options).scan();
}

type Extras = Pick<Entry, "snapshot" | "versionId" | "details">;

const document = "page of List Blobs";
const lessThan = "<";
const slash = 47;
const quote = 34;
const tagStart = 60;
const space = 32;

class PageScanner {
  readonly #bytes: Buffer;
  readonly #text: string;
  /** Offsets in #text are offsets in #bytes as well. */
  readonly #ascii: boolean;
  readonly #options: ScanOptions;
  #at = 0;
  /** The next "&" at or after the last look: most names have none, and a search in each would cost more. */
  #ampersand = -1;

  // The blob being read.
  #path = "";
  #bytesLength = 0;
  #modifiedMs: number | undefined;
  #version: string | undefined;
  #contentMd5: string | undefined;
  #kind: Entry["kind"] = "file";
  /** What only some listings tell; undefined where this one told nothing of it. */
  #extras: Extras | undefined;

  constructor(body: Uint8Array, options: ScanOptions) {
    // The service begins with a byte order mark, which would keep offsets in bytes and characters apart.
    const mark = body[0] === 0xef ? 3 : 0;
    this.#bytes = Buffer.from(body.buffer, body.byteOffset + mark, body.length - mark);
    this.#text = this.#bytes.toString("utf8");
    this.#ascii = this.#text.length === this.#bytes.length;
    this.#options = options;
  }

  scan(): BlobPage {
    const text = this.#text;
    const start = text.indexOf("<Blobs");
    if (start < 0) throw malformed(document);
    this.#at = position(text, ">", start, document) + 1;
    const entries: Entry[] = [];
    if (text.charCodeAt(this.#at - 2) !== slash) {
      for (;;) {
        const open = nextTag(text, this.#at) + 1;
        if (text.startsWith("Blob>", open)) {
          this.#at = open + 5;
          this.#scanBlob();
          entries.push(this.#entry());
        } else if (text.startsWith("BlobPrefix>", open)) {
          this.#at = open + 11;
          this.#scanPrefix();
          entries.push(this.#entry());
        } else if (text.startsWith("/Blobs>", open)) {
          break;
        } else {
          throw malformed(document);
        }
      }
    }
    return { entries, nextMarker: textOf(text.slice(this.#at), "NextMarker") ?? "" };
  }

  #reset(): void {
    this.#path = "";
    this.#bytesLength = 0;
    this.#modifiedMs = undefined;
    this.#version = undefined;
    this.#contentMd5 = undefined;
    this.#kind = "file";
    this.#extras = undefined;
  }

  #entry(): Entry {
    const path = asPath(this.#path);
    const kind = this.#kind;
    const bytes = kind === "folder" ? 0 : this.#bytesLength;
    const modifiedMs = this.#modifiedMs;
    const version = this.#version;
    const contentMd5 = this.#contentMd5;
    if (this.#extras !== undefined) {
      const entry = { kind, path, bytes, modifiedMs, version, ...this.#extras };
      return contentMd5 === undefined ? entry : { ...entry, contentMd5 };
    }
    if (contentMd5 === undefined) return { kind, path, bytes, modifiedMs, version };
    return { kind, path, bytes, modifiedMs, version, contentMd5 };
  }

  #scanBlob(): void {
    const text = this.#text;
    this.#reset();
    for (;;) {
      const open = nextTag(text, this.#at) + 1;
      if (text.startsWith("/Blob>", open)) {
        this.#at = open + 6;
        return;
      }
      if (text.startsWith("Name", open)) this.#scanName(open);
      else if (text.startsWith("Properties>", open)) this.#scanProperties(open + 11);
      else if (text.startsWith("Metadata>", open)) this.#scanMetadata(open + 9);
      else if (text.startsWith("VersionId>", open)) this.#scanExtra("versionId", open + 10);
      else if (text.startsWith("Snapshot>", open)) this.#scanExtra("snapshot", open + 9);
      else this.#skip(open);
    }
  }

  /** Takes in an element of text alone, which begins at `start`. */
  #scanExtra(key: "versionId" | "snapshot", start: number): void {
    const end = position(this.#text, lessThan, start, document);
    if (end > start) this.#extras = { ...this.#extras, [key]: decodeText(this.#taken(start, end)) };
    this.#at = position(this.#text, ">", end, document) + 1;
  }

  #scanPrefix(): void {
    const text = this.#text;
    this.#reset();
    for (;;) {
      const open = nextTag(text, this.#at) + 1;
      if (text.startsWith("/BlobPrefix>", open)) {
        this.#at = open + 12;
        this.#kind = "folder";
        if (this.#path.endsWith("/")) this.#path = this.#path.slice(0, -1);
        return;
      }
      if (text.startsWith("Name", open)) this.#scanName(open);
      else this.#skip(open);
    }
  }

  /** Sets #path from a Name element, whose tag begins before `open`. */
  #scanName(open: number): void {
    const text = this.#text;
    const start = position(text, ">", open, document) + 1;
    const end = position(text, lessThan, start, document);
    this.#at = end + "</Name>".length;
    const encoded = text.charCodeAt(open + 4) === space && text.slice(open, start).includes('"true"');
    const { prefix, rootLength } = this.#options;
    if (this.#ampersand < start) {
      const next = text.indexOf("&", start);
      this.#ampersand = next < 0 ? text.length : next;
    }
    if (!encoded && this.#ampersand >= end) {
      if (!text.startsWith(prefix, start)) throw outside(text.slice(start, end), prefix);
      this.#path = this.#taken(start + rootLength, end);
      return;
    }
    const decoded = decodeText(text.slice(start, end));
    const name = encoded ? percentDecoded(decoded) : decoded;
    if (!name.startsWith(prefix)) throw outside(name, prefix);
    this.#path = name.slice(rootLength);
  }

  #scanProperties(from: number): void {
    const text = this.#text;
    const details: Details | undefined = this.#options.details === true ? {} : undefined;
    let at = from;
    for (;;) {
      const open = nextTag(text, at) + 1;
      const close = position(text, ">", open, document);
      if (text.charCodeAt(open) === slash) {
        this.#at = close + 1;
        if (details !== undefined) this.#extras = { ...this.#extras, details };
        return;
      }
      if (text.charCodeAt(close - 1) === slash) {
        at = close + 1;
        continue;
      }
      const end = position(text, lessThan, close, document);
      this.#property(open, close, end);
      if (details !== undefined) takeDetail(details, text, open, close, end);
      at = end + (close - open) + 3;
    }
  }

  /** Takes in one property: its name is text[open, close), its value text(close, end). */
  #property(open: number, close: number, end: number): void {
    const text = this.#text;
    const start = close + 1;
    switch (close - open) {
      case 4:
        if (text.startsWith("Etag", open)) {
          const quoted = text.charCodeAt(start) === quote;
          this.#version = quoted ? this.#taken(start + 1, end - 1) : this.#taken(start, end);
        }
        return;
      case 11:
        if (text.startsWith("Content-MD5", open)) this.#contentMd5 = this.#taken(start, end);
        return;
      case 12:
        if (text.startsWith("ResourceType>directory<", open)) this.#kind = "folder";
        return;
      case 13:
        if (text.startsWith("Last-Modified", open)) this.#modifiedMs = parseHttpDate(text.slice(start, end));
        return;
      case 14:
        if (text.startsWith("Content-Length", open)) this.#bytesLength = Number(text.slice(start, end));
    }
  }

  /** Metadata has names of the user's choice, such as "Blob" or "Metadata": only their nesting tells them apart. */
  #scanMetadata(from: number): void {
    const text = this.#text;
    let at = from;
    for (;;) {
      const open = nextTag(text, at) + 1;
      const close = position(text, ">", open, document);
      if (text.charCodeAt(open) === slash) {
        this.#at = close + 1;
        return;
      }
      if (text.charCodeAt(close - 1) === slash) {
        at = close + 1;
        continue;
      }
      const end = position(text, lessThan, close, document);
      const length = close - open;
      if (length === 12 && text.slice(open, close).toLowerCase() === "hdi_isfolder") {
        if (text.slice(close + 1, end).toLowerCase() === "true") this.#kind = "folder";
      } else if (length === 10 && text.slice(open, close).toLowerCase() === "is_symlink") {
        if (text.slice(close + 1, end).toLowerCase() === "true") this.#kind = "symlink";
      }
      at = end + length + 3;
    }
  }

  /** Passes over an element with all it holds. */
  #skip(open: number): void {
    const text = this.#text;
    const close = position(text, ">", open, document);
    this.#at = close + 1;
    if (text.charCodeAt(close - 1) === slash) return;
    const name = text.slice(open, close).split(" ", 1)[0] ?? "";
    const end = `</${name}>`;
    if (name.startsWith("/")) throw malformed(document);
    this.#at = position(text, end, this.#at, document) + end.length;
  }

  /** text[start, end) as a string of its own: a slice of the page would keep the whole page in memory. */
  #taken(start: number, end: number): string {
    if (this.#ascii) return this.#bytes.toString("latin1", start, end);
    return Buffer.from(this.#text.slice(start, end)).toString();
  }
}

/** Where the next tag begins: mostly right at `from`, since the service writes no blanks. */
function nextTag(text: string, from: number): number {
  return text.charCodeAt(from) === tagStart ? from : position(text, lessThan, from, document);
}

function percentDecoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw malformed(document);
  }
}

function outside(name: string, prefix: string): StorageError {
  const message = `the service listed "${name}", which is outside of "${prefix}". Nothing of this listing can be trusted; try again, and report it if it stays.`;
  return new StorageError("Corrupt", message);
}
