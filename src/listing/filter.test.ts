import { strict as assert } from "node:assert";
import test from "node:test";
import { asPath, type Entry } from "../backends/backend.ts";
import { compileFilter, type FilterFlags, parseFilter, splitList } from "./filter.ts";

const file = (path: string): Entry => ({
  kind: "file",
  path: asPath(path),
  bytes: 1,
  modifiedMs: 0,
  version: undefined,
});
const filterOf = (flags: FilterFlags, platform = "linux") => compileFilter(parseFilter(flags, platform));
const passing = (flags: FilterFlags, paths: readonly string[]): string[] => {
  const filter = filterOf(flags);
  return paths.filter((path) => filter.wants(file(path)));
};

const tree = [
  "a.jpg",
  "a.txt",
  "b.TXT",
  "sub.txt",
  "sub/a.txt",
  "sub/b.jpg",
  "sub/deep/c.txt",
  "sub2/d.txt",
  "subfile",
];

test("filters leave in and out what AzCopy's do", () => {
  const rows: [flags: FilterFlags, left: string[]][] = [
    [{}, tree],
    [{ includePattern: "", excludePattern: ";;", excludePath: ";" }, tree],
    [{ includePattern: "*.txt" }, ["a.txt", "sub.txt", "sub/a.txt", "sub/deep/c.txt", "sub2/d.txt"]],
    [{ includePattern: "*.jpg;;b.*" }, ["a.jpg", "b.TXT", "sub/b.jpg"]],
    [{ includePattern: "sub/a.txt" }, []],
    [{ includePattern: "*" }, tree],
    [{ includePattern: "a.*", excludePattern: "*.jpg" }, ["a.txt", "sub/a.txt"]],
    [{ excludePattern: "sub" }, tree],
    [{ excludePattern: "*.txt;*.TXT" }, ["a.jpg", "sub/b.jpg", "subfile"]],
    [{ excludePath: "sub" }, ["a.jpg", "a.txt", "b.TXT"]],
    [{ excludePath: "sub/" }, ["a.jpg", "a.txt", "b.TXT", "sub.txt", "sub2/d.txt", "subfile"]],
    [{ excludePath: "sub/deep;a." }, ["b.TXT", "sub.txt", "sub/a.txt", "sub/b.jpg", "sub2/d.txt", "subfile"]],
    [{ excludePath: "/sub" }, tree],
    [{ excludePath: "./sub" }, tree],
    [{ excludePath: "sub/*" }, tree],
  ];
  for (const [flags, left] of rows) assert.deepEqual(passing(flags, tree), left, JSON.stringify(flags));
});

test("a pattern that is not valid is an error, not a silence", () => {
  assert.throws(() => filterOf({ includePattern: "*.txt;[a" }), {
    code: "InvalidArgument",
    message: /"\[a"/,
  });
  assert.throws(() => filterOf({ excludePattern: "[" }), { code: "InvalidArgument" });
});

test("folders that are wholly excluded are not entered", () => {
  const { enters } = filterOf({ excludePath: "sub/deep;old" });
  assert(enters);
  const rows: [folder: string, enters: boolean][] = [
    ["sub", true],
    ["sub/", true],
    ["sub/deep", false],
    ["sub/deep/", false],
    ["sub/deeper", false],
    ["sub/deep/x", false],
    ["sub/de", true],
    ["old", false],
    ["old2", false],
    ["ol", true],
  ];
  for (const [folder, expected] of rows) assert.equal(enters(asPath(folder)), expected, folder);
  assert.equal(filterOf({ excludePath: "sub/" }).enters?.(asPath("sub")), false);
  assert.equal(filterOf({ excludePath: "sub/" }).enters?.(asPath("sub2")), true);
  assert.equal(filterOf({ includePattern: "*.txt" }).enters, undefined);
});

test("a sole file is judged by its name alone", () => {
  const filter = filterOf({ includePattern: "*.txt", excludePath: "a" });
  assert.equal(filter.wantsSole(file("a.txt")), true);
  assert.equal(filter.wantsSole(file("a.jpg")), false);
  assert.equal(filter.wants(file("a.txt")), false);
});

test("on Windows a backslash in a path is a slash; a filter is plain data", () => {
  const spec = parseFilter({ excludePath: "sub\\deep", includePattern: "a;b" }, "win32");
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), {
    includePatterns: ["a", "b"],
    excludePatterns: [],
    excludePaths: ["sub/deep"],
  });
  assert.deepEqual(parseFilter({ excludePath: "a\\b" }, "linux").excludePaths, ["a\\b"]);
  assert.deepEqual(splitList(" a; b;"), [" a", " b"]);
});
