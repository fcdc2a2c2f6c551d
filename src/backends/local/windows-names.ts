/** Characters that no Windows file name may contain, and the codes that AzCopy stores them under (semantics 1.7). */
const codes: Readonly<Record<string, string>> = {
  "<": "%3C",
  ">": "%3E",
  "\\": "%5C",
  ":": "%3A",
  '"': "%22",
  "|": "%7C",
  "?": "%3F",
  "*": "%2A",
};
const characters = new Map(Object.entries(codes).map(([character, code]) => [code, character]));

/**
 * A name that contains one of the codes as it is gets "25" after the "%", so that decoding gives it back. AzCopy
 * leaves it alone, and turns "a%3Ab" into "a:b" on the way back.
 */
const toEncode = /[<>\\:"|?*]|%(?=(?:25)*(?:3C|3E|5C|3A|22|7C|3F|2A))/g;
const toDecode = /%(?:3C|3E|5C|3A|22|7C|3F|2A)|%25(?=(?:25)*(?:3C|3E|5C|3A|22|7C|3F|2A))/g;

/** The path with characters that Windows does not take as %XX; "/" separates folders. Reversible. */
export function encodeWindowsNames(path: string): string {
  return path.replace(toEncode, (found) => codes[found] ?? "%25");
}

/** Undoes encodeWindowsNames; any other text stays as it is. */
export function decodeWindowsNames(path: string): string {
  return path.replace(toDecode, (found) => characters.get(found) ?? "%");
}

/** Names that Windows gives to devices, whatever the case and whatever follows a dot. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/** Why Windows cannot have a file or folder of this (encoded) name; undefined when it can. */
export function windowsNameFault(name: string): string | undefined {
  if (device.test(name)) return "Windows keeps that name for a device";
  if (/[. ]$/.test(name)) return "Windows drops a dot or a space at the end of a name";
  if (/[\u0000-\u001f]/.test(name)) return "Windows takes no control characters in names";
  return undefined;
}
