import type { Case, Place } from "./parity-contest.ts";
import type { Tree } from "./trees.ts";

const tree: Tree = {
  "a.txt": "a",
  "b.json": "{}",
  "[x].txt": "x",
  "sub/c.txt": "c",
  "sub/deep/a.txt": "d",
  "sub2/e.json": "1",
  "subfile.txt": "f",
};

const up =
  (...flags: string[]) =>
  (place: Place): string[] => ["copy", place.here(), place.there(), "--from-to=LocalBlob", ...flags];
const down =
  (...flags: string[]) =>
  (place: Place): string[] => ["copy", place.there(), place.here("to"), "--from-to=BlobLocal", ...flags];

const filters: readonly (readonly [title: string, ...flags: string[]])[] = [
  ["included names", "--recursive", "--include-pattern=*.txt"],
  ["several included names", "--recursive", "--include-pattern=a*;?.json"],
  ["a class of names", "--recursive", "--include-pattern=[ab].*"],
  ["an escaped name", "--recursive", "--include-pattern=\\[x\\].txt"],
  ["a pattern with a slash", "--recursive", "--include-pattern=sub/*"],
  ["excluded names", "--recursive", "--exclude-pattern=*.txt"],
  ["an excluded name of a folder", "--recursive", "--exclude-pattern=sub"],
  ["in and out", "--recursive", "--include-pattern=*.txt", "--exclude-pattern=a*"],
  ["an excluded path", "--recursive", "--exclude-path=sub"],
  ["an excluded folder", "--recursive", "--exclude-path=sub/"],
  ["included paths", "--recursive", "--include-path=a.txt;sub"],
  [
    "included paths without the name of the root",
    "--recursive",
    "--include-path=a.txt;sub",
    "--as-subdir=false",
  ],
  ["included paths and names", "--recursive", "--include-path=sub", "--include-pattern=a*"],
  ["an included path twice removed", "--recursive", "--include-path=sub/deep/a.txt"],
];

export const filterCases: readonly Case[] = filters.flatMap(([title, ...flags]) => [
  { title: `up: ${title}`, files: tree, words: up(...flags) },
  { title: `down: ${title}`, blobs: tree, words: down(...flags) },
]);
