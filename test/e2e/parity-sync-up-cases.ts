import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import type { Case, Place } from "./parity-contest.ts";
import {
  awkward,
  deleting,
  filtered,
  linkBlob,
  notCounted,
  ordered,
  other,
  stub,
  tree,
  young,
} from "./parity-sync-trees.ts";

const up =
  (...flags: string[]) =>
  (place: Place): string[] => ["sync", place.here(), place.there(), "--from-to=LocalBlob", ...flags];
const upFrom =
  (path: string, target: string, ...flags: string[]) =>
  (place: Place): string[] => [
    "sync",
    place.here(path),
    place.there(target),
    "--from-to=LocalBlob",
    ...flags,
  ];
export const syncUpCases: readonly Case[] = [
  { title: "up: everything is new", files: tree, words: up() },
  { title: "up: awkward names", files: awkward, words: up(deleting) },
  {
    title: "up: names in an awkward order",
    files: ordered,
    blobs: { "a+": "1", "a/c": "2", "a-b2": "3" },
    words: up(deleting),
    differs: { why: "a folder at the source does not keep the blob of its name", in: ["blobs", "summary"] },
  },
  { title: "up: to a prefix", files: tree, words: upFrom("", "v") },
  { title: "up: to a prefix with a slash", files: tree, words: upFrom("", "v/") },
  {
    title: "up: to a prefix that is a blob, too",
    files: tree,
    blobs: { v: "1", "v/x": "2", vv: "3" },
    words: upFrom("", "v", deleting),
    differs: { why: "a blob of the folder's name does not hide the folder", in: ["blobs", "summary"] },
  },
  { title: "up: a folder below", files: tree, blobs: other, words: upFrom("sub/", "sub", deleting) },
  { title: "up: all is there and younger", files: tree, blobs: tree, words: up(deleting) },
  { title: "up: all is there and older", files: tree, younger: young, blobs: other, words: up() },
  { title: "up: one is younger", files: tree, younger: ["sub/c.txt"], blobs: other, words: up() },
  { title: "up: extras go", files: tree, blobs: other, words: up(deleting) },
  { title: "up: extras stay", files: tree, blobs: other, words: up("--delete-destination=false") },
  {
    title: "up: not recursive, extras go",
    files: tree,
    blobs: other,
    words: up(deleting, "--recursive=false"),
  },
  {
    title: "up: included names, extras go",
    files: tree,
    blobs: other,
    words: up(deleting, "--include-pattern=*.txt"),
    differs: filtered,
  },
  {
    title: "up: excluded names, extras go",
    files: tree,
    blobs: other,
    words: up(deleting, "--exclude-pattern=*.txt;b*"),
    differs: {
      why: "what filters leave is counted, and nothing left is an empty source",
      in: ["exit code", "blobs", "summary", "scanned"],
    },
  },
  {
    title: "up: excluded paths, extras go",
    files: tree,
    blobs: other,
    words: up(deleting, "--exclude-path=sub;x.json"),
    differs: filtered,
  },
  {
    title: "up: an excluded folder, extras go",
    files: tree,
    blobs: other,
    words: up(deleting, "--exclude-path=sub/"),
    differs: filtered,
  },
  {
    title: "up: in and out",
    files: tree,
    blobs: other,
    words: up("--include-pattern=*.txt", "--exclude-pattern=a*", deleting),
    differs: filtered,
  },
  { title: "up: mirrored", files: tree, blobs: other, words: up("--mirror-mode") },
  { title: "up: MD5", files: tree, words: up("--put-md5") },
  {
    title: "up: metadata",
    files: tree,
    words: up("--metadata=k=v;Two=2 2"),
    differs: { why: "sync knows --metadata", in: ["exit code", "blobs", "summary", "scanned"] },
  },
  { title: "up: would do", files: tree, blobs: other, words: up(deleting, "--dry-run") },
  {
    title: "up: a file",
    files: tree,
    younger: young,
    blobs: { "a.txt": "A" },
    words: upFrom("a.txt", "a.txt"),
  },
  { title: "up: a file to a new name", files: tree, words: upFrom("a.txt", "new") },
  { title: "up: an older file", files: tree, blobs: { "a.txt": "A" }, words: upFrom("a.txt", "a.txt") },
  {
    title: "up: a file to a container",
    files: tree,
    words: upFrom("a.txt", ""),
    differs: { why: "refused up front", in: ["summary", "scanned"] },
  },
  {
    title: "up: a file to a prefix with a slash",
    files: tree,
    words: upFrom("a.txt", "v/"),
    differs: { why: "a final slash says folder", in: ["blobs"] },
  },
  {
    title: "up: a star",
    files: tree,
    words: upFrom("*", ""),
    differs: { why: "refused up front", in: ["summary", "scanned"] },
  },
  { title: "up: links are passed over", files: tree, prepare: linked, words: up() },
  { title: "up: empty folders are nothing", files: tree, prepare: emptyFolder, words: up() },
  {
    title: "up: the container is made",
    files: tree,
    prepare: ({ container }) => container.client.delete(),
    words: up(),
  },
  {
    title: "up: included paths",
    files: tree,
    words: up("--include-path=a.txt"),
    differs: { why: "sync knows --include-path", in: ["exit code", "blobs", "summary", "scanned"] },
  },
  { title: "up: a bad block size", files: tree, words: up("--block-size-mb=0.3") },
  { title: "up: stubs at the destination, extras go", files: tree, prepare: stub, words: up(deleting) },
  {
    title: "up: a link's blob at the destination, extras go",
    files: tree,
    prepare: linkBlob,
    words: up(deleting),
    differs: notCounted,
  },
  {
    title: "up: a length differs",
    files: tree,
    blobs: { "a.txt": "longer" },
    words: up(),
    differs: { why: "lengths are compared as well", in: ["blobs", "summary"] },
  },
  {
    title: "up: no source",
    blobs: other,
    words: upFrom("gone", ""),
    differs: { why: "a missing source is an error", in: ["exit code", "summary", "scanned"] },
  },
  {
    title: "up: no source, extras go",
    blobs: other,
    words: upFrom("gone", "", deleting),
    differs: { why: "a missing source removes nothing", in: ["exit code", "blobs", "summary", "scanned"] },
  },
  {
    title: "up: an empty source, extras go",
    blobs: other,
    words: up(deleting),
    differs: { why: "an empty source removes nothing unless told", in: ["exit code", "blobs", "summary"] },
  },
];

async function linked({ here }: Place): Promise<void> {
  symlinkSync("a.txt", here("link"));
  symlinkSync("sub", here("folder-link"));
}

async function emptyFolder({ here }: Place): Promise<void> {
  mkdirSync(here("nothing/inside"), { recursive: true });
  writeFileSync(here("empty.txt"), "");
}
