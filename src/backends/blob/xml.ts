import { StorageError } from "../../foundation/errors.ts";

/**
 * The XML that the service writes is a small part of XML: elements, text, entities; no comments, no CDATA, and "<"
 * never but as the beginning of a tag. Hence a few searches for "<" and ">" read it, fifty times faster than a parser.
 */

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Text with its entities replaced by what they stand for. */
export function decodeText(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, entity);
}

function entity(whole: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return named[name.toLowerCase()] ?? whole;
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
}

/** Text as an element may hold it. */
export const encodeText = (text: string): string =>
  text.replace(/[&<>]/g, (character) => (character === "&" ? "&amp;" : character === "<" ? "&lt;" : "&gt;"));

/** The text of the first element `name` that has no attributes; undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const open = `<${name}>`;
  const start = xml.indexOf(open);
  if (start < 0) return xml.includes(`<${name}/>`) || xml.includes(`<${name} />`) ? "" : undefined;
  const end = xml.indexOf("<", start + open.length);
  return end < 0 ? undefined : decodeText(xml.slice(start + open.length, end));
}

/** An answer that is not the document it should be. */
export function malformed(what: string): StorageError {
  const message = `the service's answer is no ${what}. Check that the address is that of a Blob service.`;
  return new StorageError("Corrupt", message);
}

/** Where `character` is next; throws "Corrupt" when it does not come. */
export function position(xml: string, character: string, from: number, what: string): number {
  const at = xml.indexOf(character, from);
  if (at < 0) throw malformed(what);
  return at;
}
