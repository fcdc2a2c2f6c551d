import { strict as assert } from "node:assert";
import test from "node:test";
import { asPath, type Entry } from "../backend.ts";
import { checkPlaces, divisionAfter, groupPrefix, LevelSkip } from "./divide-listing.ts";

const blob = (path: string): Entry => ({
  kind: "file",
  path: asPath(path),
  bytes: 0,
  modifiedMs: 0,
  version: "1",
});
const folder = (path: string): Entry => ({ ...blob(path), kind: "folder", version: undefined });
/** "a/" is a virtual folder, as are all that end in "/". */
const level = (...names: string[]): Entry[] =>
  names.map((name) => (name.endsWith("/") ? folder(name.slice(0, -1)) : blob(name)));
const many = (count: number, prefix: string): Entry[] =>
  Array.from({ length: count }, (_, i) => blob(`${prefix}${String(i).padStart(4, "0")}`));

test("a page divides a listing around the large folders it ends in, and around those only", () => {
  const rows: [items: Entry[], bound: string, folders: string[]][] = [
    [many(100, "f"), "", []],
    [many(100, "a/"), "", ["a/"]],
    [many(100, "a/b/c/"), "", ["a/", "a/b/", "a/b/c/"]],
    [many(100, "a/b/c/"), "a/", ["a/b/", "a/b/c/"]],
    [many(100, "a/b/c/"), "a", ["a/", "a/b/", "a/b/c/"]],
    [many(100, "a//"), "", ["a/", "a//"]],
    // The last is small so far, but its neighbours are large.
    [[...many(45, "a/"), ...many(45, "b/"), ...many(10, "c/")], "", ["c/"]],
    [[...many(90, "a/"), ...many(10, "b/")], "", ["b/"]],
    // Many small ones, of which the last turns out large, or not.
    [[...Array.from({ length: 70 }, (_, i) => blob(`a${i}/x`)), ...many(30, "z/")], "", ["z/"]],
    [[...Array.from({ length: 80 }, (_, i) => blob(`a${i}/x`)), ...many(20, "z/")], "", []],
    // The page ends in no folder.
    [[...many(99, "a/"), blob("b")], "", []],
    [[], "", []],
  ];
  for (const [items, bound, folders] of rows) {
    const rules = { enters: undefined, entriesMin: 25, long: false };
    assert.deepEqual(divisionAfter(items, bound, rules).folders, folders);
  }
});

test("a long listing is divided around small folders as well, on its outermost level", () => {
  const items = Array.from({ length: 100 }, (_, i) => blob(`${i >> 2}/${i >> 1}/${i}`));
  const divided = (long: boolean): readonly string[] =>
    divisionAfter(items, "", { enters: undefined, entriesMin: 25, long }).folders;
  assert.deepEqual(divided(false), []);
  assert.deepEqual(divided(true), ["24/"]);
});

test("an excluded folder is where a division ends", () => {
  const enters = (path: string): boolean => path !== "a/b";
  const rules = { enters, entriesMin: 25, long: false };
  const { folders, excluded } = divisionAfter(many(100, "a/b/c/"), "", rules);
  assert.deepEqual({ folders, excluded }, { folders: ["a/", "a/b/"], excluded: true });
});

test("small folders are listed together by the longest text that enough of them share", () => {
  const rows: [items: string[], after: string, foldersMin: number, group: string][] = [
    [["ab1/", "ab2/", "ab3/", "b/"], "", 1, "ab1/"],
    [["ab1/", "ab2/", "ab3/", "b/"], "", 2, "ab"],
    [["ab1/", "ab2/", "ab3/", "b/"], "", 3, "ab"],
    [["ab1/", "ab2/", "ac/", "b/"], "", 3, "a"],
    // There is no such text: as many as there are.
    [["ab1/", "ab2/", "ac/", "b/"], "", 9, "a"],
    [["a/", "b/", "c/"], "", 9, "a/"],
    // Not what brings again what is done.
    [["ab2/", "ab3/", "ac/", "b/"], "ab1/", 3, "ab2/"],
    [["ac1/", "ac2/", "ad/", "b/"], "ab/", 3, "ac"],
    // Not half a character.
    [["😀/", "😁/", "😂/"], "", 3, "😀/"],
    [["a😀/", "a😁/", "a😂/"], "", 3, "a"],
  ];
  for (const [items, after, foldersMin, group] of rows) {
    assert.equal(groupPrefix(level(...items), 0, { prefix: "", after }, foldersMin), group, items.join(" "));
  }
  assert.equal(groupPrefix(level("d/a/", "d/b/"), 0, { prefix: "d/", after: "c" }, 2), "d/a/");
});

test("a page that has blobs apart from folders is refused; any order of names is not", () => {
  for (const fine of [
    [],
    ["a", "b"],
    ["b/", "a/"],
    ["a", "b/"],
    ["a/", "a-b"],
    ["b", "a/", "a"],
    ["b/", "a"],
  ]) {
    checkPlaces(level(...fine));
  }
  assert.throws(() => checkPlaces(level("a", "b", "a/")), { code: "Corrupt" });
});

const skipOf = (after: string, whole: boolean) =>
  new LevelSkip({ prefix: "", marker: undefined, after, whole });

test("what comes next in a level is found by its place, over pages", () => {
  const skip = skipOf("b/", true);
  assert.equal(skip.doneOf(level("z", "a")), 2);
  assert.equal(skip.doneOf(level("c", "b/", "a2")), 2);
  assert.equal(skipOf("b", false).doneOf(level("a", "b", "b-b", "b/")), 2);
  assert.equal(skipOf("b", true).doneOf(level("a", "b", "b-b", "b/", "c")), 4);
});

test("a place that is gone is found by name, unless the level is out of order", () => {
  const skip = skipOf("b/", true);
  assert.equal(skip.doneOf(level("a", "c")), 2);
  const again = skip.again;
  assert(again);
  assert.equal(again.doneOf(level("a", "c")), 1);
  assert.equal(again.again, undefined);
  assert.throws(() => skipOf("d", false).again?.doneOf(level("b", "a", "e")), { code: "Corrupt" });
  const found = skipOf("a", false);
  found.doneOf(level("a"));
  assert.equal(found.again, undefined);
});
