import { strict as assert } from "node:assert";
import test from "node:test";
import { NamedWorld } from "../../test/fakes/named-world.ts";
import { blobs, disk, filesOf, gapsOf, pagesOf, paths, sampleWorld as world } from "../../test/fakes/scan.ts";
import { asPath, type Source } from "../backends/backend.ts";
import { inOrder } from "./select-paths.ts";

test("listed paths are taken once each, folders whole", async () => {
  const rows: [list: string[], expected: string[]][] = [
    [
      ["a.txt", "sub"],
      ["a.txt", "sub/b.txt", "sub/deep/c.txt"],
    ],
    [
      ["sub", "sub/deep/c.txt", "sub/deep", "sub", "sub-x", "a.txt", "a.txt"],
      ["a.txt", "sub-x/d.txt", "sub/b.txt", "sub/deep/c.txt"],
    ],
    [
      ["sub/deep/c.txt", "sub/b.txt"],
      ["sub/b.txt", "sub/deep/c.txt"],
    ],
    [["sub/"], ["sub/b.txt", "sub/deep/c.txt"]],
    [
      ["😀", "s.txt"],
      ["s.txt", "😀/Ａ.txt"],
    ],
  ];
  for (const [list, expected] of rows) {
    for (const endpoint of [disk, blobs]) {
      const pages = await pagesOf(world().open(endpoint), paths(list));
      assert.deepEqual(filesOf(pages), expected, list.join());
      assert.deepEqual(gapsOf(pages), []);
    }
  }
  const filtered = await pagesOf(world().open(blobs), paths(["a.txt", "sub"]), {
    excludePath: "sub/d",
    includePattern: "b*",
  });
  assert.deepEqual(filesOf(filtered), ["sub/b.txt"]);
  assert.deepEqual(gapsOf(filtered), []);
});

test("a listed path that cannot be had is a gap", async () => {
  for (const endpoint of [disk, blobs]) {
    const source = world().open(endpoint);
    assert.deepEqual(gapsOf(await pagesOf(source, paths(["nope", "a.txt", "nope/", "sub/nope"]))), [
      "NotFound nope",
      "NotFound nope/",
      "NotFound sub/nope",
    ]);
    const plain = await pagesOf(source, paths(["sub", "a.txt", "nope", "s2/"], false));
    assert.deepEqual(filesOf(plain), ["a.txt"]);
    assert.deepEqual(gapsOf(plain), ["NotFound nope", "InvalidArgument s2/", "InvalidArgument sub"]);
    assert.match(
      plain.flatMap((page) => page.gaps).at(-1)?.error.message ?? "",
      /is a folder: add --recursive/,
    );
  }
  const denied = world({ refused: { stat: "AccessDenied" } }).open(blobs);
  assert.deepEqual(gapsOf(await pagesOf(denied, paths(["a.txt"]))), ["AccessDenied a.txt"]);
  for (const code of ["Unreachable", "AuthenticationFailed", "Cancelled", "ContainerNotFound"] as const) {
    await assert.rejects(pagesOf(world({ refused: { stat: code } }).open(blobs), paths(["a.txt"])), { code });
  }
});

test("a blob and a virtual folder of one name are two things", async () => {
  const here = world({ containers: { c: ["same", "same/x", "same/y"] } });
  const taken = async (list: string[]) => filesOf(await pagesOf(here.open(blobs), paths(list)));
  assert.deepEqual(await taken(["same"]), ["same"]);
  assert.deepEqual(await taken(["same/"]), ["same/x", "same/y"]);
  assert.deepEqual(await taken(["same/", "same"]), ["same", "same/x", "same/y"]);
  assert.deepEqual(await taken(["same", "same/y"]), ["same", "same/y"]);
});

test("many listed paths are looked up a few at a time", async () => {
  const names = Array.from({ length: 50 }, (_, i) => `f${`${i}`.padStart(2, "0")}`);
  let running = 0;
  let most = 0;
  const inner = new NamedWorld({ containers: { c: names } }).open(blobs);
  const source: Source = {
    ...inner,
    stat: async (path, aborts) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return inner.stat(path, aborts);
    },
  };
  assert.deepEqual(filesOf(await pagesOf(source, paths(names))), names);
  assert(most > 1 && most <= 16, `${most} at once`);
});

test("listed paths are ordered so that what a folder holds follows it", () => {
  const ordered = inOrder(["a/b", "a-b", "a", "a/", "a.b", "a", "Ａ", "😀"].map(asPath));
  assert.deepEqual(ordered, ["a-b", "a.b", "a", "a/", "a/b", "Ａ", "😀"]);
});
