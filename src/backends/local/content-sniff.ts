/** How much of the content's beginning sniffContentType looks at, bytes. */
export const sniffedBytesMax = 512;

/** Stands for any byte in a pattern: a character that Latin-1 text cannot contain. */
const anyByte = "\u0100";
const any4 = anyByte.repeat(4);

interface Signature {
  readonly type: string;
  /** Bytes as Latin-1 text. */
  readonly pattern: string;
  /** Blanks before it do not matter. */
  readonly afterBlanks?: true;
}

/** Case does not matter in these, blanks may stand before them, and a blank or ">" must follow. */
const htmlTags = [
  "<!DOCTYPE HTML",
  "<HTML",
  "<HEAD",
  "<SCRIPT",
  "<IFRAME",
  "<H1",
  "<DIV",
  "<FONT",
  "<TABLE",
  "<A",
  "<STYLE",
  "<TITLE",
  "<B",
  "<BODY",
  "<BR",
  "<P",
  "<!--",
];

/** In this order; the first that fits decides (WHATWG MIME Sniffing, in the form of Go's http.DetectContentType). */
const signatures: readonly Signature[] = [
  { type: "text/xml", pattern: "<?xml", afterBlanks: true },
  { type: "application/pdf", pattern: "%PDF-" },
  { type: "application/postscript", pattern: "%!PS-Adobe-" },
  { type: "text/plain", pattern: `\xfe\xff${anyByte}${anyByte}` },
  { type: "text/plain", pattern: `\xff\xfe${anyByte}${anyByte}` },
  { type: "text/plain", pattern: `\xef\xbb\xbf${anyByte}` },
  { type: "image/x-icon", pattern: "\x00\x00\x01\x00" },
  { type: "image/x-icon", pattern: "\x00\x00\x02\x00" },
  { type: "image/bmp", pattern: "BM" },
  { type: "image/gif", pattern: "GIF87a" },
  { type: "image/gif", pattern: "GIF89a" },
  { type: "image/webp", pattern: `RIFF${any4}WEBPVP` },
  { type: "image/png", pattern: "\x89PNG\r\n\x1a\n" },
  { type: "image/jpeg", pattern: "\xff\xd8\xff" },
  { type: "audio/aiff", pattern: `FORM${any4}AIFF` },
  { type: "audio/mpeg", pattern: "ID3" },
  { type: "application/ogg", pattern: "OggS\x00" },
  { type: "audio/midi", pattern: "MThd\x00\x00\x00\x06" },
  { type: "video/avi", pattern: `RIFF${any4}AVI ` },
  { type: "audio/wave", pattern: `RIFF${any4}WAVE` },
];
/** After the check for MP4, which is no fixed pattern. */
const moreSignatures: readonly Signature[] = [
  { type: "video/webm", pattern: "\x1a\x45\xdf\xa3" },
  { type: "application/vnd.ms-fontobject", pattern: `${anyByte.repeat(34)}LP` },
  { type: "font/ttf", pattern: "\x00\x01\x00\x00" },
  { type: "font/otf", pattern: "OTTO" },
  { type: "font/collection", pattern: "ttcf" },
  { type: "font/woff", pattern: "wOFF" },
  { type: "font/woff2", pattern: "wOF2" },
  { type: "application/x-gzip", pattern: "\x1f\x8b\x08" },
  { type: "application/zip", pattern: "PK\x03\x04" },
  { type: "application/x-rar-compressed", pattern: "Rar!\x1a\x07\x00" },
  { type: "application/x-rar-compressed", pattern: "Rar!\x1a\x07\x01\x00" },
  { type: "application/wasm", pattern: "\x00asm" },
];

/** What no text contains. */
const binaryByte = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/**
 * The content type that the content's first bytes tell, without parameters: as Go's http.DetectContentType, which
 * AzCopy asks (semantics 4.5). "text/plain" for text and for nothing at all, "application/octet-stream" for
 * whatever else is not known.
 */
export function sniffContentType(content: Uint8Array): string {
  const head = content.subarray(0, sniffedBytesMax);
  // One character a byte, so that patterns and regular expressions apply.
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  const unindented = text.replace(/^[\t\n\f\r ]+/, "");
  if (htmlTags.some((tag) => isTag(unindented, tag))) return "text/html";
  const fits = ({ pattern, afterBlanks }: Signature): boolean =>
    matches(afterBlanks === true ? unindented : text, pattern);
  const type = signatures.find(fits)?.type ?? (isMp4(text) ? "video/mp4" : moreSignatures.find(fits)?.type);
  return type ?? (binaryByte.test(unindented) ? "application/octet-stream" : "text/plain");
}

function isTag(text: string, tag: string): boolean {
  const next = text[tag.length];
  return (next === " " || next === ">") && text.slice(0, tag.length).toUpperCase() === tag;
}

function matches(text: string, pattern: string): boolean {
  if (text.length < pattern.length) return false;
  for (let i = 0; i < pattern.length; i++) if (pattern[i] !== anyByte && pattern[i] !== text[i]) return false;
  return true;
}

/** A box "ftyp" that names a brand "mp4…", the four bytes of its version left out. */
function isMp4(text: string): boolean {
  if (text.length < 12 || text.slice(4, 8) !== "ftyp") return false;
  const boxBytes = Buffer.from(text.slice(0, 4), "latin1").readUInt32BE();
  if (text.length < boxBytes || boxBytes % 4 !== 0) return false;
  for (let at = 8; at < boxBytes; at += 4) {
    if (at !== 12 && text.slice(at, at + 3) === "mp4") return true;
  }
  return false;
}
