import { writeFileSync } from "node:fs";
import type { Case, Place } from "./parity-contest.ts";
import type { Tree } from "./trees.ts";

const tree: Tree = {
  "a.txt": "a",
  "b.json": "{}",
  d: "blob",
  "d/x.txt": "x",
  "d/y.json": "y",
  "d/s/z.txt": "z",
  "dd/x.txt": "x",
};

const remove =
  (path: string, ...flags: string[]) =>
  (place: Place): string[] => ["remove", place.there(path), "--from-to=BlobTrash", ...flags];
const set =
  (path: string, ...flags: string[]) =>
  (place: Place): string[] => ["set-properties", place.there(path), "--from-to=BlobNone", ...flags];
const listed =
  (command: "remove" | "set-properties", path: string, lines: string, ...flags: string[]) =>
  (place: Place): string[] => {
    writeFileSync(place.here("list"), lines);
    const pair = command === "remove" ? "BlobTrash" : "BlobNone";
    return [
      command,
      place.there(path),
      `--from-to=${pair}`,
      `--list-of-files=${place.here("list")}`,
      ...flags,
    ];
  };

const removals: readonly Case[] = [
  { title: "a blob", words: remove("a.txt") },
  { title: "no such blob", words: remove("none") },
  { title: "no such virtual folder", words: remove("none/", "--recursive") },
  { title: "a virtual folder", words: remove("d/") },
  { title: "a virtual folder, recursive", words: remove("d/", "--recursive") },
  { title: "a virtual folder without its slash", words: remove("dd", "--recursive") },
  { title: "a virtual folder without its slash, not recursive", words: remove("dd") },
  { title: "a blob that is called as a folder", words: remove("d") },
  { title: "a blob that is called as a folder, recursive", words: remove("d", "--recursive") },
  {
    title: "what is in a folder that is called as a blob",
    words: remove("d/*", "--recursive"),
    differs: { why: "the star means the folder", in: ["blobs", "summary"] },
  },
  { title: "what is in a folder", words: remove("dd/*") },
  { title: "a container", words: remove("") },
  { title: "a container, recursive", words: remove("", "--recursive") },
  { title: "all of a container", words: remove("*", "--recursive") },
  {
    title: "an empty container",
    prepare: async ({ container }) => container.client.deleteBlob("a.txt"),
    words: remove("zz/", "--recursive"),
  },
  { title: "a pattern in the address", words: remove("*.txt") },
  { title: "included names", words: remove("", "--recursive", "--include-pattern=*.txt") },
  { title: "excluded names", words: remove("", "--recursive", "--exclude-pattern=*.txt;d") },
  { title: "an excluded path", words: remove("", "--recursive", "--exclude-path=d/s") },
  { title: "included paths", words: remove("", "--recursive", "--include-path=a.txt;d/s") },
  { title: "included paths below a folder", words: remove("d/", "--include-path=x.txt;s", "--recursive") },
  {
    title: "an included folder, not recursive",
    words: remove("", "--include-path=a.txt;dd"),
    differs: { why: "what is listed and cannot be had has failed", in: ["exit code", "summary"] },
  },
  { title: "a list", words: listed("remove", "", "a.txt\nd/s/z.txt\n\n", "--recursive") },
  {
    title: "a list with what is not there",
    words: listed("remove", "", "a.txt\nnone\n"),
    differs: { why: "what is listed and cannot be had has failed", in: ["exit code", "summary"] },
  },
  { title: "would remove", words: remove("", "--recursive", "--dry-run") },
  { title: "a blob with snapshots", prepare: snapshot, words: remove("a.txt") },
  {
    title: "a blob with its snapshots",
    prepare: snapshot,
    words: remove("a.txt", "--delete-snapshots=include"),
  },
  { title: "the snapshots only", prepare: snapshot, words: remove("a.txt", "--delete-snapshots=only") },
  { title: "a container with snapshots", prepare: snapshot, words: remove("", "--recursive") },
  { title: "a leased blob", prepare: lease, words: remove("", "--recursive") },
  {
    title: "a folder's stub",
    prepare: stub,
    words: remove("", "--recursive"),
    differs: { why: "stubs stay", in: ["blobs", "summary"] },
  },
  {
    title: "no such container",
    prepare: ({ container }) => container.client.delete(),
    words: remove("", "--recursive"),
  },
];

const settings: readonly Case[] = [
  { title: "set: a tier", words: set("a.txt", "--block-blob-tier=Cool") },
  { title: "set: a tier everywhere", words: set("", "--block-blob-tier=Cold", "--recursive") },
  { title: "set: archive", words: set("d/", "--block-blob-tier=Archive", "--recursive") },
  {
    title: "set: hot again",
    prepare: archive,
    words: set("a.txt", "--block-blob-tier=Hot", "--rehydrate-priority=High"),
  },
  { title: "set: a tier that is none", words: set("a.txt", "--block-blob-tier=Warm") },
  { title: "set: metadata", words: set("", "--metadata=k=v;k2=v 2") },
  { title: "set: no metadata", prepare: described, words: set("a.txt", "--metadata=clear") },
  { title: "set: tags", words: set("d/", "--blob-tags=one=1&two=2%202") },
  { title: "set: no tags", prepare: described, words: set("a.txt", "--blob-tags=clear") },
  {
    title: "set: all at once",
    words: set("", "--recursive", "--metadata=k=v", "--blob-tags=a=b", "--block-blob-tier=Cool"),
  },
  { title: "set: nothing", words: set("a.txt") },
  { title: "set: a virtual folder", words: set("d/", "--metadata=k=v") },
  {
    title: "set: included names",
    words: set("", "--recursive", "--include-pattern=*.json", "--metadata=k=v"),
  },
  { title: "set: excluded paths", words: set("", "--recursive", "--exclude-path=d", "--metadata=k=v") },
  { title: "set: included paths", words: set("", "--recursive", "--include-path=a.txt;d", "--metadata=k=v") },
  {
    title: "set: a list",
    words: listed("set-properties", "", "a.txt\ndd\n", "--recursive", "--metadata=k=v"),
  },
  { title: "set: would set", words: set("", "--recursive", "--metadata=k=v", "--dry-run") },
  {
    title: "set: a folder's stub and a link's blob",
    prepare: stubAndLink,
    words: set("", "--recursive", "--block-blob-tier=Cool"),
    differs: { why: "links are passed over", in: ["blobs", "summary"] },
  },
  { title: "set: no such blob", words: set("none", "--metadata=k=v") },
];

export const removeCases: readonly Case[] = [...removals, ...settings].map((each) => ({
  blobs: tree,
  ...each,
}));

async function snapshot({ container }: Place): Promise<void> {
  await container.client.getBlobClient("a.txt").createSnapshot();
}

async function lease({ container }: Place): Promise<void> {
  await container.client.getBlobClient("a.txt").getBlobLeaseClient().acquireLease(-1);
}

async function stub({ container }: Place): Promise<void> {
  const metadata = { hdi_isfolder: "true" };
  for (const name of ["dd", "alone"])
    await container.client.getBlockBlobClient(name).upload("", 0, { metadata });
}

async function archive({ container }: Place): Promise<void> {
  await container.client.getBlobClient("a.txt").setAccessTier("Archive");
}

async function described({ container }: Place): Promise<void> {
  const blob = container.client.getBlobClient("a.txt");
  await blob.setMetadata({ old: "1" });
  await blob.setTags({ old: "1" });
}

async function linkBlob({ container }: Place): Promise<void> {
  const metadata = { is_symlink: "true" };
  await container.client.getBlockBlobClient("link").upload("a.txt", 5, { metadata });
}

async function stubAndLink(place: Place): Promise<void> {
  await stub(place);
  await linkBlob(place);
}
