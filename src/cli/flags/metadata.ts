/** What --metadata says. */
export type ParsedMetadata =
  | { readonly metadata: Readonly<Record<string, string>> }
  | { readonly problem: "format" }
  | { readonly problem: "key"; readonly key: string };

/** Characters that the service takes in no name of metadata. */
const badInKey = /[ !#$%^&*,<>{}|\\:.()+'"?/]/;

/**
 * Reads `key=value;key2=value2`. A backslash takes the meaning from the character after it; a value may hold "=".
 * A key alone has an empty value where it is the last item; anywhere else the format is wrong.
 */
export function parseMetadata(text: string): ParsedMetadata {
  const entries: [string, string][] = [];
  let key = "";
  let value: string | undefined;
  let escaped = false;
  for (const character of text) {
    if (!escaped && character === "\\") {
      escaped = true;
      continue;
    }
    if (!escaped && character === ";") {
      if (value === undefined) return { problem: "format" };
      entries.push([key, value]);
      key = "";
      value = undefined;
    } else if (!escaped && character === "=" && value === undefined) value = "";
    else if (value === undefined) key += character;
    else value += character;
    escaped = false;
  }
  if (key !== "" || value !== undefined) entries.push([key, value ?? ""]);
  for (const [name] of entries) {
    if (name === "") return { problem: "format" };
    if (badInKey.test(name)) return { problem: "key", key: name };
  }
  return { metadata: Object.fromEntries(entries) };
}
