import type { Place } from "./parity-contest.ts";
import { awkwardNames, type Tree } from "./trees.ts";

export const tree: Tree = {
  "a.txt": "a",
  "b.json": "{}",
  "sub/c.txt": "c",
  "sub/deep/d.txt": "d",
  "sub2/e.txt": "e",
};
/** Stands in the way of everything above, with other content of the same length, and has more. */
export const other: Tree = {
  "a.txt": "A",
  "b.json": "[]",
  "sub/c.txt": "C",
  "sub/x.txt": "x",
  "sub/deep/y.txt": "y",
  "sub2/z.txt": "z",
  "x.json": "1",
  "x.txt": "x",
};
export const awkward: Tree = Object.fromEntries(awkwardNames.map((name) => [name, name]));
/** Names whose order differs between bytes and folders. */
export const ordered: Tree = { "a-b": "1", "a.b": "2", "a/b": "3", a0: "4", "aa/b": "5", "a-b2/c": "6" };
export const young = Object.keys(tree);
export const deleting = "--delete-destination=true";

export const filtered = { why: "what filters hide is not counted as scanned", in: ["scanned"] } as const;

export const notCounted = { why: "links are not counted as scanned", in: ["scanned"] } as const;

export async function stub({ container }: Place): Promise<void> {
  const metadata = { hdi_isfolder: "true" };
  await container.client.getBlockBlobClient("sub").upload("", 0, { metadata });
  await container.client.getBlockBlobClient("alone").upload("", 0, { metadata });
}

export async function linkBlob({ container }: Place): Promise<void> {
  const metadata = { is_symlink: "true" };
  await container.client.getBlockBlobClient("link").upload("a.txt", 5, { metadata });
}
