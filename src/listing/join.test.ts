import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { asPath, type Entry, type Gap, type Listing, type RelativePath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import { joinByPath, type Pair } from "./join.ts";

const path = fc
  .array(fc.constantFrom("a", "b", "-", "0", "/", "é", "Ａ", "😀", "."), { minLength: 1, maxLength: 5 })
  .map((letters) => asPath(letters.join("")));
const file = (at: RelativePath, kind: Entry["kind"] = "file"): Entry => ({
  kind,
  path: at,
  bytes: 1,
  modifiedMs: 0,
  version: undefined,
});
const gap = (at: RelativePath): Gap => ({
  kind: "gap",
  path: asPath(`${at}/`),
  error: new StorageError("AccessDenied", "no"),
});

async function* pages(items: readonly (Entry | Gap)[], size: number): Listing {
  for (let start = 0; start < items.length; start += size) {
    yield { items: items.slice(start, start + size), token: undefined };
  }
}

const side = fc.record({
  paths: fc.uniqueArray(path, { maxLength: 12 }),
  gaps: fc.uniqueArray(path, { maxLength: 2 }),
  folders: fc.uniqueArray(path, { maxLength: 3 }),
  size: fc.integer({ min: 1, max: 4 }),
});
type SideSpec = { paths: RelativePath[]; gaps: RelativePath[]; folders: RelativePath[]; size: number };

function build(spec: SideSpec) {
  const all = spec.gaps.map(gap);
  const gaps = all.filter((one) => !all.some((other) => other !== one && one.path.startsWith(other.path)));
  const entries = spec.paths
    .filter((each) => !gaps.some((one) => each.startsWith(one.path)))
    .map((each) => file(each));
  const folders = spec.folders.map((each) => file(each, "folder"));
  const items = [...entries, ...folders, ...gaps].sort((x, y) => compareUtf8(x.path, y.path));
  return { items, entries, gaps };
}

async function collect(left: Listing, right: Listing): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for await (const page of joinByPath(left, right)) pairs.push(...page);
  return pairs;
}

test("the join equals the naive join, gaps and folders and any page size included", async () => {
  await fc.assert(
    fc.asyncProperty(side, side, async (l, r) => {
      const left = build(l);
      const right = build(r);
      const shown = (at: unknown): unknown => (at === "unknown" ? "?" : at !== undefined);
      const got = (await collect(pages(left.items, l.size), pages(right.items, r.size))).map((pair) => [
        pair.path,
        shown(pair.source),
        shown(pair.destination),
      ]);
      const look = (of: typeof left, at: string): unknown =>
        of.gaps.some((one) => at.startsWith(one.path)) ? "?" : of.entries.some((one) => one.path === at);
      const paths = [...new Set([...left.entries, ...right.entries].map((one) => one.path))].sort(
        compareUtf8,
      );
      assert.deepEqual(
        got,
        paths.map((each) => [each, look(left, each), look(right, each)]),
      );
    }),
    { numRuns: 10_000 },
  );
});

test("a side out of order, or with a name twice, ends the join", async () => {
  const good = pages([file(asPath("a"))], 1);
  for (const names of [
    ["b", "a"],
    ["a", "a"],
  ]) {
    const bad = pages(
      names.map((name) => file(asPath(name))),
      1,
    );
    await assert.rejects(collect(good, bad), { code: "Corrupt" });
  }
});

test("a listing that fails in mid-page ends the join with its error, and the other side is closed", async () => {
  let closed = false;
  const failing = async function* (): Listing {
    yield { items: [file(asPath("a"))], token: undefined };
    throw new StorageError("AccessDenied", "no more");
  };
  const watched = async function* (): Listing {
    try {
      for (const name of ["a", "b", "c"]) yield { items: [file(asPath(name))], token: undefined };
    } finally {
      closed = true;
    }
  };
  await assert.rejects(collect(failing(), watched()), /no more/);
  assert.equal(closed, true);
});
