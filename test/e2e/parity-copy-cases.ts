import { mkdirSync, symlinkSync } from "node:fs";
import type { Case, Place } from "./parity-contest.ts";
import type { Tree } from "./trees.ts";

const tree: Tree = { "a.txt": "a", "s.txt": "s", "s2/b.txt": "b", "sub/b.txt": "bb", "sub/deep/c.txt": "c" };
const blobs: Tree = {
  "a.txt": "a",
  "d/b.txt": "b",
  "d/sub/c.txt": "c",
  "d/sub2/c2.txt": "c2",
  "d/d/e.txt": "e",
  same: "1",
  "same2/x": "2",
};
const recursive = "--recursive";

const up =
  (from: string, to: string, ...flags: string[]) =>
  (place: Place): string[] => ["copy", place.here(from), place.there(to), "--from-to=LocalBlob", ...flags];
const down =
  (from: string, to: string, ...flags: string[]) =>
  (place: Place): string[] => ["copy", place.there(from), place.here(to), "--from-to=BlobLocal", ...flags];
const noMatch = { why: "a wildcard without a match is an error", in: ["exit code", "summary"] } as const;

const uploads: readonly Case[] = [
  { title: "up: a file to a container", words: up("a.txt", "") },
  { title: "up: a file to a name", words: up("a.txt", "v") },
  { title: "up: a file to a name that is a prefix, too", blobs: { "v/x": "1" }, words: up("a.txt", "v") },
  { title: "up: a file to a prefix with a slash", words: up("a.txt", "v/") },
  { title: "up: a folder", words: up("", "", recursive) },
  { title: "up: a folder with a slash to a name", words: up("sub/", "v", recursive) },
  { title: "up: a folder with a dot", words: up("sub/.", "v/", recursive) },
  { title: "up: a folder without its name", words: up("", "v", recursive, "--as-subdir=false") },
  { title: "up: a folder, not recursive", words: up("", "") },
  { title: "up: a star", words: up("*", "") },
  { title: "up: a star, recursive", words: up("*", "v", recursive) },
  { title: "up: a pattern", words: up("*.txt", "") },
  { title: "up: a pattern of files and folders", words: up("s*", "v", recursive) },
  { title: "up: a pattern of files and folders, not recursive", words: up("s*", "v/") },
  { title: "up: a star in the middle", words: up("*/b.txt", "") },
  { title: "up: a class and a star", words: up("[as].t*", "") },
  { title: "up: two stars", words: up("**", "", recursive) },
  { title: "up: no match", words: up("*.none", ""), differs: noMatch },
  { title: "up: a question mark alone", words: up("?.txt", "") },
  { title: "up: no such file", words: up("none", "") },
  { title: "up: a link", prepare: link, words: up("link", "") },
  { title: "up: links inside", prepare: link, words: up("", "", recursive) },
  { title: "up: empty folders", prepare: emptyFolder, words: up("", "", recursive) },
  {
    title: "up: no container",
    prepare: ({ container }) => container.client.delete(),
    words: up("", "", recursive),
    differs: { why: "one error up front", in: ["summary"] },
  },
  {
    title: "up: headers",
    words: up(
      "*",
      "",
      "--content-type=a/b",
      "--content-encoding=gzip",
      "--content-language=de",
      "--content-disposition=inline",
      "--cache-control=no-store",
    ),
  },
  { title: "up: no guess", words: up("*", "", "--no-guess-mime-type") },
  {
    title: "up: metadata, tier, MD5",
    words: up("*", "", "--metadata=k=v", "--block-blob-tier=Cool", "--put-md5"),
  },
  { title: "up: not over what is there", blobs: { "a.txt": "A" }, words: up("*", "", "--overwrite=false") },
  {
    title: "up: over what is older",
    younger: ["a.txt"],
    blobs: { "a.txt": "A", "s.txt": "S" },
    words: up("*", "", "--overwrite=ifSourceNewer"),
  },
  {
    title: "up: over everything",
    blobs: { "a.txt": "A", "s.txt": "S" },
    words: up("*", "", "--overwrite=true"),
  },
  { title: "up: an unknown way of overwriting", words: up("*", "", "--overwrite=maybe") },
  { title: "up: would copy", words: up("", "v", recursive, "--dry-run") },
  { title: "up: blocks", files: { big: 2_500_000 }, words: up("big", "", "--block-size-mb=1", "--put-md5") },
];

const downloads: readonly Case[] = [
  { title: "down: a blob to a folder", words: down("a.txt", "") },
  { title: "down: a blob to a new name", words: down("d/b.txt", "new") },
  { title: "down: a blob over a file", files: { f: "old" }, words: down("a.txt", "f") },
  { title: "down: a virtual folder", words: down("d", "", recursive) },
  { title: "down: a virtual folder with a slash to a new folder", words: down("d/", "new", recursive) },
  { title: "down: a virtual folder without its name", words: down("d", "", recursive, "--as-subdir=false") },
  { title: "down: a virtual folder, not recursive", words: down("d/", "") },
  { title: "down: a star", words: down("d/*", "") },
  { title: "down: a star, recursive", words: down("d/*", "new/", recursive) },
  { title: "down: a container", words: down("", "", recursive) },
  { title: "down: a container without its name", words: down("", "", recursive, "--as-subdir=false") },
  { title: "down: a container, not recursive", words: down("", "") },
  { title: "down: a star of a container", words: down("*", "") },
  { title: "down: a pattern in the address", words: down("*.txt", "") },
  { title: "down: no such blob", words: down("none", "") },
  {
    title: "down: no such virtual folder",
    words: down("none/", "", recursive),
    differs: { why: "a missing virtual folder is an error", in: ["exit code", "summary"] },
  },
  {
    title: "down: a folder onto a file",
    files: { f: "old" },
    words: down("d", "f", recursive),
    differs: { why: "one error up front", in: ["summary"] },
  },
  {
    title: "down: nowhere",
    words: (place) => ["copy", place.there(), "/dev/null", "--from-to=BlobLocal", recursive],
  },
  {
    title: "down: not over what is there",
    files: { "a.txt": "A" },
    words: down("*", "", "--overwrite=false"),
  },
  {
    title: "down: over what is older",
    files: { "a.txt": "A", same: "S" },
    younger: ["same"],
    words: down("*", "", "--overwrite=ifSourceNewer"),
  },
  { title: "down: MD5 checked", words: down("*", "", recursive, "--check-md5=FailIfDifferentOrMissing") },
  { title: "down: would copy", words: down("d", "", recursive, "--dry-run") },
];

export const copyCases: readonly Case[] = [
  ...uploads.map((each) => ({ files: tree, ...each })),
  ...downloads.map((each) => ({ blobs, ...each })),
];

async function link({ here }: Place): Promise<void> {
  symlinkSync("a.txt", here("link"));
  symlinkSync("sub", here("folder-link"));
}

async function emptyFolder({ here }: Place): Promise<void> {
  mkdirSync(here("nothing/inside"), { recursive: true });
}
