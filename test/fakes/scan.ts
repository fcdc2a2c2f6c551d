import { asPath, type Source } from "../../src/backends/backend.ts";
import type { Endpoint } from "../../src/backends/endpoint.ts";
import { compileFilter, type FilterFlags, parseFilter } from "../../src/listing/filter.ts";
import { type SelectedPage, type Selection, select } from "../../src/listing/select.ts";
import { NamedWorld, type NamedWorldOptions } from "./named-world.ts";

const { signal } = new AbortController();
const account = "https://acct.blob.core.windows.net";

/** The container "c" and the folder "/w" of sampleWorld(). */
export const blobs: Endpoint = { kind: "blob", account, container: "c", path: "", sas: undefined };
export const disk: Endpoint = { kind: "local", path: "/w" };

export const sampleFiles = [
  "a.txt",
  "s.txt",
  "s2/b.txt",
  "sub/b.txt",
  "sub/deep/c.txt",
  "sub-x/d.txt",
  "😀/Ａ.txt",
];

/** The same files on a disk, with what only a disk has, and in a container. */
export const sampleWorld = (options: NamedWorldOptions = {}): NamedWorld =>
  new NamedWorld({
    disk: [
      ...sampleFiles.map((file) => `/w/${file}`),
      ...["/w/empty/", "/w/link -> /w/sub", "/w/sub/link -> /w/a.txt", "/w/pipe|"],
    ],
    containers: { c: sampleFiles },
    ...options,
  });

export const tree = (recursive: boolean): Selection => ({ kind: "tree", recursive });
export const glob = (pattern: string, recursive: boolean): Selection => ({
  kind: "glob",
  pattern,
  recursive,
});
export const paths = (list: readonly string[], recursive = true): Selection => ({
  kind: "paths",
  paths: list.map(asPath),
  recursive,
});

/** Everything that select() yields. */
export async function pagesOf(
  source: Source,
  selection: Selection,
  flags: FilterFlags = {},
  from?: string,
): Promise<SelectedPage[]> {
  const pages: SelectedPage[] = [];
  const filter = compileFilter(parseFilter(flags, "linux"));
  for await (const page of select(source, selection, filter, { from }, signal)) pages.push(page);
  return pages;
}

export const filesOf = (pages: readonly SelectedPage[]): string[] =>
  pages.flatMap((page) => page.files.map((file) => file.path));

/** "NotFound a/b" and the like. */
export const gapsOf = (pages: readonly SelectedPage[]): string[] =>
  pages.flatMap((page) => page.gaps.map((gap) => `${gap.error.code} ${gap.path}`));

export const sum = (pages: readonly SelectedPage[], key: "symlinks" | "specials"): number =>
  pages.reduce((total, page) => total + page[key], 0);
