import type { Checked } from "./checked-values.ts";

const tagsMax = 10;
const keyLengthMax = 128;
const valueLengthMax = 256;
/** What the service takes in keys and values of index tags. */
const allowed = /^[a-zA-Z0-9 +\-./:=_]*$/;

/**
 * Reads `key=value&key2=value2`, percent-encoded as in an address ("+" is a blank); a value may hold "=", the last of
 * a repeated key counts. Wrong are more than 10 tags, an item without "=", a key or value of the wrong length, and
 * characters that the service does not take.
 */
export function parseBlobTags(text: string): Checked<Readonly<Record<string, string>>> {
  const tags = new Map<string, string>();
  for (const item of text.split("&")) {
    const equals = item.indexOf("=");
    if (equals < 0) {
      return {
        problem: `invalid blob tag ${JSON.stringify(item)}: tags are written as key=value&key2=value2`,
      };
    }
    const key = decoded(item.slice(0, equals));
    const value = decoded(item.slice(equals + 1));
    if (typeof key !== "string") return key;
    if (typeof value !== "string") return value;
    tags.set(key, value);
  }
  if (tags.size > tagsMax) return { problem: `at-most ${tagsMax} tags can be associated with a blob` };
  for (const [key, value] of tags) {
    if (key === "" || key.length > keyLengthMax || value.length > valueLengthMax) {
      return {
        problem:
          `tag keys must be between 1 and ${keyLengthMax} characters, ` +
          `and tag values must be between 0 and ${valueLengthMax} characters`,
      };
    }
    if (!allowed.test(key)) return { problem: `incorrect character set used in key: ${key}` };
    if (!allowed.test(value)) return { problem: `incorrect character set used in value: ${value}` };
  }
  return { value: Object.fromEntries(tags) };
}

function decoded(text: string): string | { readonly problem: string } {
  const [bad] = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text) ?? [];
  if (bad !== undefined) return { problem: `invalid URL escape ${JSON.stringify(bad)}` };
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return { problem: `incorrect character set used in value: ${text}` };
  }
}
