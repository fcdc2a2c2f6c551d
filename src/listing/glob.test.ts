import { strict as assert } from "node:assert";
import test from "node:test";
import { asPath } from "../backends/backend.ts";
import { compileGlob, splitEscapedGlob, splitGlob } from "./glob.ts";

test("a wildcard path is split at the last separator before its first star", () => {
  const rows: [platform: string, path: string, root: string | undefined, pattern?: string][] = [
    ["linux", "/w/d", undefined],
    ["linux", "/w/d/*", "/w/d", "*"],
    ["linux", "/w/d/*/b.txt", "/w/d", "*/b.txt"],
    ["linux", "/w/d/s*", "/w/d", "s*"],
    ["linux", "/w/d*/e/f", "/w", "d*/e/f"],
    ["linux", "/*", "/", "*"],
    ["linux", "/w/[i]n/*", "/w/[i]n", "*"],
    ["linux", "/w/i?/a.txt", undefined],
    ["linux", "/w/a\\*b", undefined],
    ["linux", "/w/a\\*b/c*", "/w/a\\*b", "c*"],
    ["win32", "C:\\w\\d\\*.txt", "C:\\w\\d", "*.txt"],
    ["win32", "C:\\w\\*\\b.txt", "C:\\w", "*/b.txt"],
    ["win32", "C:\\*", "C:\\", "*"],
    ["win32", "\\\\server\\share\\*", "\\\\server\\share", "*"],
  ];
  for (const [platform, path, root, pattern = ""] of rows) {
    assert.deepEqual(splitGlob(path, platform), root === undefined ? undefined : { root, pattern }, path);
  }
  assert.deepEqual(splitEscapedGlob("/w/d/a\\*b"), { root: "/w/d", pattern: "a\\*b" });
  assert.equal(splitEscapedGlob("/w/d"), undefined);
});

test("a glob takes what it names, and with recursive what lies in folders that it names", () => {
  const files = ["a.txt", "s.txt", "s2/b.txt", "sub/b.txt", "sub/deep/c.txt", "sub/deep/s.txt", ".h/b.txt"];
  const rows: [pattern: string, plain: string[], recursive: string[]][] = [
    ["*", ["a.txt", "s.txt"], files],
    ["**", ["a.txt", "s.txt"], files],
    ["*.txt", ["a.txt", "s.txt"], ["a.txt", "s.txt"]],
    ["s*", ["s.txt"], ["s.txt", "s2/b.txt", "sub/b.txt", "sub/deep/c.txt", "sub/deep/s.txt"]],
    ["*/b.txt", ["s2/b.txt", "sub/b.txt", ".h/b.txt"], ["s2/b.txt", "sub/b.txt", ".h/b.txt"]],
    ["s*/*", ["s2/b.txt", "sub/b.txt"], ["s2/b.txt", "sub/b.txt", "sub/deep/c.txt", "sub/deep/s.txt"]],
    ["*/deep/*.txt", ["sub/deep/c.txt", "sub/deep/s.txt"], ["sub/deep/c.txt", "sub/deep/s.txt"]],
    ["x*", [], []],
  ];
  for (const [pattern, plain, recursive] of rows) {
    const taken = (deep: boolean) => files.filter((file) => compileGlob(pattern, deep).wants(asPath(file)));
    assert.deepEqual(taken(false), plain, pattern);
    assert.deepEqual(taken(true), recursive, `${pattern} recursive`);
  }
});

test("a glob enters only folders that may hold what it takes", () => {
  const rows: [pattern: string, recursive: boolean, folder: string, enters: boolean][] = [
    ["*", false, "sub", false],
    ["*", true, "sub", true],
    ["s*", true, "d", false],
    ["s*", true, "sub", true],
    ["s*", true, "sub/", true],
    ["s*", true, "sub/deep", true],
    ["*/b.txt", false, "sub", true],
    ["*/b.txt", false, "sub/", true],
    ["*/b.txt", false, "sub/deep", false],
    ["*/b.txt", true, "sub/deep", false],
    ["*/b.txt", true, "sub/b.txt", true],
    ["s*/x/*", false, "sub/x", true],
    ["s*/x/*", false, "sub/y", false],
    ["s*/x/*", false, "d/x", false],
  ];
  for (const [pattern, recursive, folder, enters] of rows) {
    assert.equal(compileGlob(pattern, recursive).enters(asPath(folder)), enters, `${pattern} ${folder}`);
  }
  assert.equal(compileGlob("*", false).deep, false);
  assert.equal(compileGlob("*/b", false).deep, true);
  assert.equal(compileGlob("*", true).deep, true);
});

test("a glob with an invalid part is refused", () => {
  assert.throws(() => compileGlob("*/[a", false), { code: "InvalidArgument" });
});
