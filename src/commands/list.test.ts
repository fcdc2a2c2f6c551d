import { strict as assert } from "node:assert";
import { test } from "node:test";
import {
  asPath,
  type Entry,
  type Listed,
  type ListOptions,
  type Page,
  type Source,
} from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { type ListedObject, type ListRequest, type ListTally, listObjects } from "./list.ts";

type Blob = Partial<Entry> & { readonly name: string };

/** A flat store of these blobs, in their order; of an account, the first part of a name is the container. */
function storeOf(
  blobs: readonly Blob[],
  isAccount: boolean,
  pageItemsMax: number,
): Source & { asked: ListOptions[] } {
  const asked: ListOptions[] = [];
  const entryOf = ({ name, ...rest }: Blob): Entry => ({
    kind: "file",
    path: asPath(name),
    bytes: name.length,
    modifiedMs: 0,
    version: "v",
    ...rest,
  });
  const folder = (path: string): Entry => ({
    kind: "folder",
    path: asPath(path),
    bytes: 0,
    modifiedMs: undefined,
    version: undefined,
  });
  async function* list(options: ListOptions): AsyncIterable<Page> {
    asked.push(options);
    const { prefix, recursive } = options;
    const items = new Map<string, Listed>();
    for (const [index, blob] of blobs.entries()) {
      if (!blob.name.startsWith(prefix)) continue;
      const slash = blob.name.indexOf("/", prefix.length);
      if (recursive || slash < 0) items.set(`${index}`, entryOf(blob));
      else items.set(`folder ${blob.name.slice(0, slash)}`, folder(blob.name.slice(0, slash)));
    }
    const all = [...items.values()];
    if (isAccount && prefix.startsWith("secret/")) {
      const error = new StorageError("AccessDenied", "secret cannot be listed");
      yield { items: [{ kind: "gap", path: asPath("secret/"), error }], token: undefined };
      return;
    }
    for (let start = 0; start === 0 || start < all.length; start += pageItemsMax) {
      yield { items: all.slice(start, start + pageItemsMax), token: `${start}` };
    }
  }
  const unused = (): never => assert.fail("not asked for");
  return {
    asked,
    traits: {} as Source["traits"],
    list,
    stat: async (path, _signal, details) => {
      if (path === "forbidden") throw new StorageError("AccessDenied", "nobody may look");
      assert.equal(details, true);
      const blob = blobs.find(({ name }) => name === path);
      return blob && entryOf(blob);
    },
    hasChildren: unused,
    read: unused,
    verify: unused,
    describe: unused,
  };
}

interface Listing {
  readonly lines: readonly string[];
  readonly tally: ListTally;
  readonly warnings: readonly string[];
  readonly asked: readonly ListOptions[];
}

async function listed(
  names: readonly (string | Blob)[],
  target: string,
  request: Partial<ListRequest> & { readonly pageItemsMax?: number } = {},
  show: (page: readonly ListedObject[]) => boolean = () => true,
): Promise<Listing> {
  const blobs = names.map((name) => (typeof name === "string" ? { name } : name));
  const isAccount = !target.includes("/");
  const source = storeOf(blobs, isAccount, request.pageItemsMax ?? 3);
  const lines: string[] = [];
  const warnings: string[] = [];
  const context = {
    stores: { openSource: () => source } as never,
    report: (event: { readonly text?: string; readonly level?: string }) => {
      if (event.level === "warning") warnings.push(event.text ?? "");
    },
    cancel: new AbortController().signal,
  };
  const whole: ListRequest = {
    target: `https://a.blob.core.windows.net/${target}`,
    details: false,
    versions: false,
    depth: 0,
    prefix: "",
    ...request,
  };
  const tally = await listObjects(context as never, whole, async (page) => {
    lines.push(...page.map(({ path }) => path));
    return show(page);
  });
  return { lines, tally, warnings, asked: source.asked };
}

const names = ["a", "b/c", "b/d/e", "b/d/f", "b/g", "h", "i/", "i/j", "k//l"];

test("everything below a container, a folder, a folder with a final slash or star, is listed by its path there", async () => {
  assert.deepEqual((await listed(names, "c/")).lines, names);
  for (const target of ["c/b", "c/b/", "c/b/*"]) {
    assert.deepEqual((await listed(names, target)).lines, ["c", "d/e", "d/f", "g"], target);
  }
  assert.deepEqual((await listed(names, "c/i")).lines, ["", "j"]);
  assert.deepEqual((await listed(names, "c/k")).lines, ["/l"]);
  assert.deepEqual((await listed(names, "c/nothing")).lines, []);
});

test("a blob is listed alone, with an empty path, also where a folder has its name", async () => {
  const { lines, tally, asked } = await listed(["b", "b/c"], "c/b");
  assert.deepEqual(lines, [""]);
  assert.deepEqual([tally.objects, tally.bytes], [1, 1n]);
  assert.deepEqual(asked, []);
  assert.deepEqual((await listed(["b", "b/c"], "c/b/")).lines, ["c"]);
});

test("depth shows what lies deeper as folders, which do not count", async () => {
  const one = await listed(names, "c/", { depth: 1 });
  assert.deepEqual(one.lines, ["a", "b/", "h", "i/", "k/"]);
  assert.equal(one.tally.objects, 2);
  for (const pageItemsMax of [1, 2, 100]) {
    const two = await listed(names, "c/", { depth: 2, pageItemsMax });
    assert.deepEqual(two.lines, ["a", "b/c", "b/d/", "b/g", "h", "i/", "i/j", "k//"]);
    const three = await listed(names, "c/", { depth: 3, pageItemsMax });
    assert.deepEqual(three.lines, names);
  }
  assert.deepEqual((await listed(names, "c/b", { depth: 1 })).lines, ["c", "d/", "g"]);
});

test("a prefix is asked of the service, and depth counts from the folder that it leads into", async () => {
  const { lines, asked } = await listed(names, "c/b", { prefix: "d/" });
  assert.deepEqual(lines, ["d/e", "d/f"]);
  assert.equal(asked[0]?.prefix, "b/d/");
  assert.deepEqual((await listed(names, "c/", { prefix: "b/d", depth: 1 })).lines, ["b/d/"]);
  assert.deepEqual((await listed(names, "c/", { prefix: "b/d/", depth: 1 })).lines, ["b/d/e", "b/d/f"]);
  assert.deepEqual((await listed(["b", "b-2"], "c/b", { prefix: "x" })).lines, []);
});

test("blobs that only mark folders are not listed, links are", async () => {
  const blobs: Blob[] = [
    { name: "folder", kind: "folder" },
    { name: "folder/a" },
    { name: "link", kind: "symlink" },
  ];
  const { lines, tally } = await listed(blobs, "c/");
  assert.deepEqual(lines, ["folder/a", "link"]);
  assert.equal(tally.objects, 2);
  assert.deepEqual((await listed(blobs, "c/", { depth: 1 })).lines, ["folder/", "link"]);
  assert.deepEqual((await listed(blobs, "c/folder")).lines, ["a"]);
});

test("of an account, all containers are listed, or those that a pattern or prefix names", async () => {
  const all = ["one/a", "one/b/c", "two/d", "two/e"];
  assert.deepEqual((await listed(all, "")).lines, all);
  assert.deepEqual((await listed(all, "t*")).lines, ["two/d", "two/e"]);
  assert.deepEqual((await listed(all, "", { prefix: "on" })).lines, ["one/a", "one/b/c"]);
  assert.deepEqual((await listed(all, "", { prefix: "one/b" })).lines, ["one/b/c"]);
  assert.deepEqual((await listed(all, "t*", { prefix: "one/b" })).lines, []);
  assert.deepEqual((await listed(all, "", { depth: 1 })).lines, ["one/", "two/"]);
  assert.deepEqual((await listed(all, "", { depth: 2 })).lines, ["one/a", "one/b/", "two/d", "two/e"]);
});

test("a container that cannot be listed is a warning, and the others are listed", async () => {
  const { lines, warnings, tally } = await listed(["one/a", "secret/b", "two/c"], "");
  assert.deepEqual(lines, ["one/a", "two/c"]);
  assert.deepEqual(warnings, ["secret cannot be listed"]);
  assert.equal(tally.gaps, 1);
});

test("a blob with several versions counts once, with its newest, also across pages", async () => {
  const blobs: Blob[] = [
    { name: "a", versionId: "2026-01", bytes: 1 },
    { name: "a", versionId: "2026-03", bytes: 100 },
    { name: "a", versionId: "2026-02", bytes: 10 },
    { name: "b", bytes: 5 },
  ];
  for (const pageItemsMax of [1, 2, 9]) {
    const { lines, tally, asked } = await listed(blobs, "c/", { versions: true, pageItemsMax });
    assert.deepEqual(lines, ["a", "a", "a", "b"]);
    assert.deepEqual([tally.objects, tally.bytes], [2, 105n]);
    assert.equal(asked[0]?.versions, true);
  }
});

test("sizes are added up exactly, however large", async () => {
  const bytes = 2 ** 53 - 1;
  const blobs = Array.from({ length: 5 }, (_, n) => ({ name: `${n}`, bytes }));
  assert.equal((await listed(blobs, "c/")).tally.bytes, 5n * BigInt(bytes));
});

test("who may not look at a blob gets what may be listed, or the refusal", async () => {
  assert.deepEqual((await listed(["forbidden/a"], "c/forbidden")).lines, ["a"]);
  await assert.rejects(() => listed(["b"], "c/forbidden"), { code: "AccessDenied" });
});

test("a snapshot or version that is not there lists nothing", async () => {
  for (const query of ["snapshot=2026", "versionid=2026"]) {
    const { lines } = await listed(["b/c"], `c/b?${query}`);
    assert.deepEqual(lines, []);
  }
});

test("when nobody reads any more, no other page is shown", async () => {
  const { lines } = await listed(names, "c/", { pageItemsMax: 2 }, () => false);
  assert.deepEqual(lines, ["a", "b/c"]);
});
