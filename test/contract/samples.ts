import { strict as assert } from "node:assert";
import {
  asPath,
  type Block,
  type Entry,
  type Expectation,
  type Listable,
  type Listed,
  type ListOptions,
  type Page,
  type Target,
} from "../../src/backends/backend.ts";
import { type ErrorCode, StorageError } from "../../src/foundation/errors.ts";

/** Names that every store takes and that something on the way (URL, XML, sort order, shell) likes to break. */
export const awkwardNames: readonly string[] = [
  "with space",
  " leading and trailing ",
  "100%",
  "already%20encoded",
  "%zz",
  "a%2Fb",
  "hash#tag",
  "question?mark=1&other=2",
  "plus+plus",
  "semi;colon,comma",
  "quote'apostrophe\"double",
  "<angle>&amp;",
  "[brackets]{braces}|pipe",
  "star*",
  "tilde~caret^dollar$at@bang!",
  "colon:name",
  "umlaut-äöü",
  "decomposed-a\u0308",
  "fullwidth-Ａ",
  "private-\ue000",
  "emoji-😀",
  "family-👨‍👩‍👧",
  "日本語/ファイル",
  "עברית",
  ".leading-dot",
  "..leading-dots",
  "inner..dots",
  "-dash",
  "CON",
  "folder with space/and #hash/100%.txt",
  `long-${"n".repeat(250)}`,
  `${"deep/".repeat(40)}file`,
];

/** Bytes that differ at every offset of a block and from object to object. */
export function sample(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

export const text = (content: string): Uint8Array => Buffer.from(content);

export const neverAborted = new AbortController().signal;

export async function pagesOf(store: Listable, options: Partial<ListOptions> = {}): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of store.list({ prefix: asPath(""), recursive: true, ...options }, neverAborted)) {
    pages.push(page);
  }
  return pages;
}

export const itemsOf = (pages: readonly Page[]): Listed[] => pages.flatMap((page) => page.items);

/** Every object that list() yields; folders, which only some stores know, are left out. Fails on a gap. */
export async function objectsOf(store: Listable, options: Partial<ListOptions> = {}): Promise<Entry[]> {
  return itemsOf(await pagesOf(store, options)).filter((item): item is Entry => {
    assert(item.kind !== "gap", `a gap at "${item.path}"`);
    return item.kind !== "folder";
  });
}

export async function pathsOf(store: Listable, options: Partial<ListOptions> = {}): Promise<string[]> {
  return (await objectsOf(store, options)).map((entry) => entry.path as string);
}

export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The codes that a rejected expectation may have. */
export const conditionCodes: readonly ErrorCode[] = ["AlreadyExists", "PreconditionFailed"];

export async function rejectsWith(
  codes: readonly ErrorCode[],
  work: () => Promise<unknown>,
): Promise<StorageError> {
  try {
    await work();
  } catch (error) {
    assert(error instanceof StorageError, `not a StorageError: ${error}`);
    assert(codes.includes(error.code), `${error.code} is none of ${codes}: ${error.message}`);
    return error;
  }
  assert.fail(`did not reject with ${codes}`);
}

export const anything: Expectation = { kind: "any" };
export const absent: Expectation = { kind: "absent" };

export function targetOf(path: string, bytes: number, expect: Expectation = anything, index = 0): Target {
  return { path: asPath(path), bytes, expect, part: 3, index };
}

export function blocksOf(bytes: number, blockBytes: number): Block[] {
  return Array.from({ length: Math.ceil(bytes / blockBytes) }, (_, index) => {
    const offset = index * blockBytes;
    return { index, range: { offset, length: Math.min(blockBytes, bytes - offset) } };
  });
}

export const sliceOf = (content: Uint8Array, { range }: Block): Uint8Array =>
  content.subarray(range.offset, range.offset + range.length);
