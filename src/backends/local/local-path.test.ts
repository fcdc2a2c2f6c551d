import { strict as assert } from "node:assert";
import { posix, win32 } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { StorageError } from "../../foundation/errors.ts";
import { asPath } from "../backend.ts";
import { collisionKey, localPathFor } from "./local-path.ts";

const unsafeEverywhere = [
  "..",
  ".",
  "../evil",
  "../../evil.txt",
  "a/../../evil",
  "a/..",
  "a/../b",
  "./a",
  "a/./b",
  "a/.",
  "/..",
  "//../x",
  "",
  "/",
  "//",
  "folder/",
  "a//",
  "nul\0byte",
  "\0",
  "half-\ud83d",
  "\ude00",
  "n".repeat(256),
  `a/${"é".repeat(128)}/b`,
];

test("what leads out of the folder, or is no name, is UnsafeName on every platform", () => {
  for (const platform of ["linux", "darwin", "win32"] as const) {
    for (const path of unsafeEverywhere.filter((each) => platform !== "win32" || !each.includes("é"))) {
      assert.throws(
        () => localPathFor(asPath(path), platform),
        { code: "UnsafeName" },
        `${platform}: ${path}`,
      );
    }
  }
});

test("doubled and leading slashes collapse, as AzCopy does; other names stay as they are", () => {
  for (const [path, local] of [
    ["a.txt", "a.txt"],
    ["a//b.txt", "a/b.txt"],
    ["/lead.txt", "lead.txt"],
    ["///a////b", "a/b"],
    ["/etc/passwd", "etc/passwd"],
    ["..a/b../.c/...", "..a/b../.c/..."],
    ["back\\slash", "back\\slash"],
    ["..\\evil", "..\\evil"],
    ["C:\\x", "C:\\x"],
    ["CON", "CON"],
    ["trailing. ", "trailing. "],
    ["new\nline", "new\nline"],
    ["n".repeat(255), "n".repeat(255)],
    ["é".repeat(127), "é".repeat(127)],
  ] as const) {
    assert.equal(localPathFor(asPath(path), "linux"), local);
  }
});

test("on Windows a drive, a backslash or a device leads nowhere", () => {
  for (const [path, local] of [
    ["C:\\Windows\\x", "C%3A%5CWindows%5Cx"],
    ["C:/x", "C%3A/x"],
    ["..\\..\\evil", "..%5C..%5Cevil"],
    ["\\\\server\\share", "%5C%5Cserver%5Cshare"],
    ["stream:ads", "stream%3Aads"],
    ["é".repeat(255), "é".repeat(255)],
  ] as const) {
    assert.equal(localPathFor(asPath(path), "win32"), local);
  }
  for (const path of [
    "CON",
    "a/nul.txt/b",
    "dot./x",
    "blank /x",
    ".. ",
    "... ",
    "a\u0001b",
    "é".repeat(256),
  ]) {
    assert.throws(() => localPathFor(asPath(path), "win32"), { code: "UnsafeName" }, path);
  }
});

test("no text whatever leads out of the folder", () => {
  const piece = fc.constantFrom(
    ...'/\\.:%?*<>|" ~$a',
    "..",
    "../",
    "..\\",
    "C:",
    "\0",
    "é",
    "CON",
    "2E",
    "%2e%2e",
  );
  const text = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, fc.constantFrom("linux" as const, "win32" as const), (path, platform) => {
      let local: string;
      try {
        local = localPathFor(asPath(path), platform);
      } catch (error) {
        assert(error instanceof StorageError && error.code === "UnsafeName");
        return;
      }
      const { resolve, sep } = platform === "win32" ? win32 : posix;
      const root = platform === "win32" ? "D:\\out\\root" : "/out/root";
      const full = resolve(root, local);
      assert(full.startsWith(root + sep) && full.length > root.length + 1, full);
      assert.equal(
        full
          .slice(root.length + 1)
          .split(sep)
          .join("/"),
        local,
        "the system reads it as it is written",
      );
    }),
    { numRuns: 5_000 },
  );
});

test("names that one file would stand for have one key, others do not", () => {
  const folding = { caseSensitive: false };
  const same = (a: string, b: string, options = folding): boolean =>
    collisionKey(a, options) === collisionKey(b, options);
  assert(same("Readme.TXT", "README.txt"));
  assert(same("Ärger/É", "ärger/é"));
  assert(!same("straße", "strasse"));
  assert(!same("a", "b"));
  assert(!same("é", "e\u0301"));
  assert(
    collisionKey("é", { ...folding, normalises: true }) ===
      collisionKey("e\u0301", { ...folding, normalises: true }),
  );
  assert(!same("Readme", "README", { caseSensitive: true }));
  assert(same("😀a", "😀A"));
});
