import { createCipheriv, createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Path → content length, or the content itself. */
export type Tree = Readonly<Record<string, number | string | Buffer>>;

/** Names that something along the way may decode, split, trim or normalise. */
export const awkwardNames: readonly string[] = [
  "with space.txt",
  " leading and trailing ",
  "100%.txt",
  "a%20b.txt",
  "a%2Fb.txt",
  "hash#tag.txt",
  "plus+sign.txt",
  "what?x=1&y=2.txt",
  "semi;colon.txt",
  "quote'\".txt",
  "less<more>|star*.txt",
  "[brackets]{braces}.txt",
  "~tilde^caret`.txt",
  "new\nline.txt",
  "tab\t.txt",
  "-dash",
  ".hidden",
  ".config/.deep/.x",
  "..two dots",
  "dots...txt",
  "ünïcödé.txt",
  "composed-\u00e9.txt",
  "decomposed-e\u0301.txt",
  "日本語/ファイル.txt",
  "emoji-😀/👩‍👩‍👧.txt",
  "fullwidth-\uff21.txt",
  "C:drive.txt",
];

/** A tree with everything that names and sizes can do. Sizes are around `blockBytes`. */
export function awkwardTree(blockBytes: number): Tree {
  const deep = Array.from({ length: 25 }, (_, level) => `level-${level}`).join("/");
  return {
    ...Object.fromEntries(awkwardNames.map((name, index) => [name, index])),
    "empty.bin": 0,
    "one.bin": 1,
    "sub/below.bin": blockBytes - 1,
    "sub/exact.bin": blockBytes,
    "sub/above.bin": blockBytes + 1,
    "sub/several.bin": 3 * blockBytes + 12_345,
    [`${deep}/bottom.txt`]: 100,
  };
}

/** Writes the tree below `folder`, with content that follows from `seed`, the path and nothing else. */
export function plant(folder: string, tree: Tree, seed = 1): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(tree)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contentOf(path, content, seed));
  }
}

/** The content that plant() gives a file. */
export function contentOf(path: string, content: Tree[string], seed = 1): Buffer {
  return typeof content === "number" ? randomBytes(content, `${seed} ${path}`) : Buffer.from(content);
}

/** Bytes that look random and follow from the seed. */
export function randomBytes(count: number, seed: string): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(count));
}

export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Path → SHA-256 of every file below `folder`; nothing when there is no such folder. */
export function hashesOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) visit(below);
      else found.set(below, entry.isFile() ? sha256(readFileSync(join(folder, below))) : "not a file");
    }
  };
  visit("");
  return found;
}
