import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { decodeWindowsNames, encodeWindowsNames, windowsNameFault } from "./windows-names.ts";

const piece = fc.constantFrom(
  ...'<>\\:"|?*%/a',
  "%25",
  "%3A",
  "%3a",
  "%3C",
  "%253A",
  "%25253A",
  "25",
  "3A",
  "%2F",
  "%00",
  "é",
  "😀",
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));

test("reserved characters get AzCopy's codes, and nothing else changes", () => {
  for (const [path, encoded] of [
    ["plain/name.txt", "plain/name.txt"],
    ['<>\\:"|?*', "%3C%3E%5C%3A%22%7C%3F%2A"],
    ["C:\\evil", "C%3A%5Cevil"],
    ["a:b/c?d", "a%3Ab/c%3Fd"],
    ["100%", "100%"],
    ["100%25", "100%25"],
    ["%20 and %2F", "%20 and %2F"],
    ["a%3Ab", "a%253Ab"],
    ["a%253Ab", "a%25253Ab"],
    ["a%3ab", "a%3ab"],
  ] as const) {
    assert.equal(encodeWindowsNames(path), encoded);
    assert.equal(decodeWindowsNames(encoded), path);
  }
});

test("decoding gives every name back, so no two names become one", () => {
  fc.assert(
    fc.property(text, (path) => {
      const encoded = encodeWindowsNames(path);
      assert.doesNotMatch(encoded, /[<>\\:"|?*]/);
      assert.equal(decodeWindowsNames(encoded), path);
    }),
    { numRuns: 3_000 },
  );
});

test("a name that Windows can have comes back from decoding and encoding", () => {
  fc.assert(
    fc.property(text, (path) => {
      const possible = path.replace(/[<>\\:"|?*]/g, "_");
      assert.equal(encodeWindowsNames(decodeWindowsNames(possible)), possible);
    }),
    { numRuns: 3_000 },
  );
});

test("names that Windows gives to devices, trims or refuses are told", () => {
  for (const name of [
    "CON",
    "con",
    "PRN.txt",
    "aux.tar.gz",
    "NUL",
    "com1",
    "COM9.log",
    "lpt¹",
    "CONIN$",
    "nul .txt",
  ]) {
    assert.match(windowsNameFault(name) ?? "", /device/, name);
  }
  for (const name of ["dot.", "blank ", "..", "...", ".", " "])
    assert.match(windowsNameFault(name) ?? "", /end/, name);
  for (const name of ["tab\there", "new\nline"]) assert.match(windowsNameFault(name) ?? "", /control/, name);
  for (const name of ["console", "com", "com10", "nul1", "a.con", ".hidden", "a b", "lpt"]) {
    assert.equal(windowsNameFault(name), undefined, name);
  }
});
