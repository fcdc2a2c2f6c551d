import { symlinkSync } from "node:fs";
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

const down =
  (...flags: string[]) =>
  (place: Place): string[] => ["sync", place.there(), place.here(), "--from-to=BlobLocal", ...flags];
const downTo =
  (path: string, target: string, ...flags: string[]) =>
  (place: Place): string[] => [
    "sync",
    place.there(path),
    place.here(target),
    "--from-to=BlobLocal",
    ...flags,
  ];

export const syncDownCases: readonly Case[] = [
  { title: "down: everything is new", blobs: tree, words: down() },
  { title: "down: awkward names", blobs: awkward, words: down(deleting) },
  {
    title: "down: names in an awkward order",
    blobs: ordered,
    files: { "a+": "1", "a/c": "2", "a-c": "3" },
    words: down(deleting),
  },
  { title: "down: to a new folder", blobs: tree, words: downTo("", "new/deep") },
  { title: "down: a virtual folder", blobs: tree, files: other, words: downTo("sub", "", deleting) },
  { title: "down: a virtual folder with a slash", blobs: tree, words: downTo("sub/", "") },
  { title: "down: all is there and older", blobs: tree, files: other, words: down() },
  {
    title: "down: all is there and younger",
    blobs: tree,
    files: other,
    younger: Object.keys(other),
    words: down(),
  },
  { title: "down: extras go", blobs: tree, files: other, words: down(deleting) },
  {
    title: "down: extras go, and the folders that they leave empty",
    blobs: tree,
    files: { "only/extra/f": "1" },
    words: down(deleting),
  },
  {
    title: "down: not recursive, extras go",
    blobs: tree,
    files: other,
    words: down(deleting, "--recursive=false"),
  },
  {
    title: "down: included names, extras go",
    blobs: tree,
    files: other,
    words: down(deleting, "--include-pattern=*.txt"),
    differs: filtered,
  },
  {
    title: "down: excluded names, extras go",
    blobs: tree,
    files: other,
    words: down(deleting, "--exclude-pattern=*.json"),
    differs: filtered,
  },
  {
    title: "down: excluded paths, extras go",
    blobs: tree,
    files: other,
    words: down(deleting, "--exclude-path=sub"),
    differs: filtered,
  },
  {
    title: "down: mirrored",
    blobs: tree,
    files: other,
    younger: Object.keys(other),
    words: down("--mirror-mode"),
  },
  { title: "down: would do", blobs: tree, files: other, words: down(deleting, "--dry-run") },
  { title: "down: MD5 checked", blobs: tree, words: down("--check-md5=FailIfDifferentOrMissing") },
  { title: "down: a star", blobs: tree, words: downTo("*", "") },
  { title: "down: a blob to a folder", blobs: tree, words: downTo("a.txt", "") },
  { title: "down: a blob to a new file", blobs: tree, words: downTo("a.txt", "new") },
  { title: "down: a blob to an older file", blobs: tree, files: other, words: downTo("a.txt", "a.txt") },
  { title: "down: a container to a file", blobs: tree, files: other, words: downTo("", "a.txt") },
  { title: "down: no such virtual folder", blobs: tree, files: other, words: downTo("none", "", deleting) },
  {
    title: "down: no such container",
    files: other,
    prepare: ({ container }) => container.client.delete(),
    words: down(deleting),
  },
  {
    title: "down: a link's blob",
    blobs: tree,
    files: { link: "1" },
    prepare: linkBlob,
    words: down(deleting),
    differs: notCounted,
  },
  { title: "down: a folder's stub", blobs: tree, prepare: stub, words: down() },
  { title: "down: a link that is extra stays", blobs: tree, prepare: extraLink, words: down(deleting) },
  {
    title: "down: a length differs",
    blobs: { "a.txt": "longer" },
    files: tree,
    younger: young,
    words: down(),
    differs: { why: "lengths are compared as well", in: ["files", "summary"] },
  },
  {
    title: "down: an empty source, extras go",
    files: other,
    words: down(deleting),
    differs: { why: "an empty source removes nothing unless told", in: ["exit code", "files", "summary"] },
  },
];

async function extraLink({ here }: Place): Promise<void> {
  symlinkSync("nowhere", here("link"));
}
