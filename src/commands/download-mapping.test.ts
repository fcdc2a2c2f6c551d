import { strict as assert } from "node:assert";
import test from "node:test";
import { account, type FlagWords, namesOf, routeOf } from "../../test/fakes/mapped-copy.ts";
import { NamedWorld, type NamedWorldOptions } from "../../test/fakes/named-world.ts";
import { StorageError } from "../foundation/errors.ts";

// Semantics 1.3, row by row: the container "sem-dn", to an existing folder "x", a missing "m", an existing file "f".

const d = ["b.txt", "d/e.txt", "sub/c.txt", "sub2/c2.txt"];
const all = ["a.txt", ...d.map((name) => `d/${name}`)];

const worldOf = (options: NamedWorldOptions = {}): NamedWorld =>
  new NamedWorld({
    disk: [
      "/w/x/",
      "/w/f",
      "/w/lx -> /w/x",
      "/w/lf -> /w/f",
      "/w/gone -> /w/nowhere",
      "/w/y/N",
      "/w/y/sem-dn",
      "/w/y/d",
    ],
    containers: {
      "sem-dn": all,
      "sem-acc-1": ["a.txt"],
      "sem-acc-2": ["b/c.txt"],
      empty: [],
      same: ["s", "s/x"],
    },
    ...options,
  });

const below = (prefix: string, names: readonly string[]): string[] =>
  names.map((name) => prefix + name).sort();

const download = (source: string, flags: FlagWords, destination: string, options?: NamedWorldOptions) =>
  namesOf({ world: worldOf(options), source: `${account}/${source}`, flags, destination });

async function refusal(source: string, flags: FlagWords, destination: string): Promise<StorageError> {
  try {
    const names = await download(source, flags, destination);
    return assert.fail(`${source} was taken: ${names.join()}`);
  } catch (error) {
    assert(error instanceof StorageError, String(error));
    return error;
  }
}

test("a sole blob goes into a folder that is there, or takes the name that is given", async () => {
  for (const flags of [[], ["R"], ["flat"]]) {
    for (const [source, name] of [
      ["sem-dn/a.txt", "a.txt"],
      ["sem-dn/d/b.txt", "b.txt"],
      ["sem-dn/d%2Fb.txt?sv=1&sig=x", "b.txt"],
      ["sem-dn/a.txt?snapshot=2024-01-01T00%3A00%3A00Z", "a.txt"],
    ] as const) {
      assert.deepEqual(await download(source, flags, "x"), [`/w/x/${name}`]);
      assert.deepEqual(await download(source, flags, "x/"), [`/w/x/${name}`]);
      assert.deepEqual(await download(source, flags, "."), [`/w/${name}`]);
      assert.deepEqual(await download(source, flags, "/"), [`/${name}`]);
      assert.deepEqual(await download(source, flags, "lx"), [`/w/lx/${name}`]);
      assert.deepEqual(await download(source, flags, "m"), ["/w/m"]);
      assert.deepEqual(await download(source, flags, "m/"), ["/w/m"]);
      assert.deepEqual(await download(source, flags, "x/m/n"), ["/w/x/m/n"]);
      assert.deepEqual(await download(source, flags, "f"), ["/w/f"]);
      assert.deepEqual(await download(source, flags, "lf"), ["/w/lf"]);
      assert.deepEqual(await download(source, flags, "/dev/null"), ["nowhere"]);
    }
  }
});

test("containers, virtual folders and lists go where AzCopy's table says", async () => {
  const list = "a.txt;d/sub";
  const listed = ["a.txt", "d/sub/c.txt"];
  const rows: [sources: string[], flags: FlagWords, names: string[]][] = [
    [["sem-dn/d", "sem-dn/d/"], ["R"], below("d/", d)],
    [["sem-dn/d", "sem-dn/d/"], ["R", "flat"], d],
    [["sem-dn/d/*"], ["R"], d],
    [["sem-dn/d/*"], [], ["b.txt"]],
    [["sem-dn/d/d", "sem-dn/d/d/"], ["R"], ["d/e.txt"]],
    [["sem-dn", "sem-dn/"], ["R"], below("sem-dn/", all)],
    [["sem-dn", "sem-dn/"], ["R", "flat"], all],
    [["sem-dn/*"], ["R"], all],
    [["sem-dn/*"], [], ["a.txt"]],
    [["sem-dn"], ["R", list], below("sem-dn/", listed)],
    [["sem-dn"], [list], ["sem-dn/a.txt", "! InvalidArgument d/sub"]],
    [["sem-dn"], ["R", "flat", list], listed],
    [["sem-dn/*"], ["R", list], listed],
    [
      ["sem-dn/d", "sem-dn/d/"],
      ["R", "b.txt;sub"],
      ["d/b.txt", "d/sub/c.txt"],
    ],
    [["sem-dn"], ["R", "a.txt;nope"], ["sem-dn/a.txt", "! NotFound nope"]],
    [[""], ["R"], [...below("sem-dn/", all), "sem-acc-1/a.txt", "sem-acc-2/b/c.txt", "same/s", "same/s/x"]],
    [["sem-acc-*", "sem-acc-*/"], ["R"], ["sem-acc-1/a.txt", "sem-acc-2/b/c.txt"]],
    [["sem-acc-*"], ["R", "flat"], ["sem-acc-1/a.txt", "sem-acc-2/b/c.txt"]],
  ];
  for (const [sources, flags, names] of rows) {
    for (const source of sources) {
      for (const [destination, folder] of [
        ["x", "/w/x"],
        ["x/", "/w/x"],
        ["m", "/w/m"],
        ["m/", "/w/m"],
        ["x/m/n", "/w/x/m/n"],
        ["lx", "/w/lx"],
      ] as const) {
        const expected = names.map((name) => (name.startsWith("!") ? name : `${folder}/${name}`)).sort();
        assert.deepEqual(
          await download(source, flags, destination),
          expected,
          `${source} ${flags} ${destination}`,
        );
      }
      const nowhere = await download(source, flags, "/dev/null");
      assert.equal(nowhere.length, names.length);
      const error = await refusal(source, flags, "f");
      assert.equal(error.code, "InvalidArgument");
      assert.match(error.message, /\/w\/f is not a folder/);
    }
  }
});

test("a blob and the virtual folder of the same name are told apart by syntax", async () => {
  assert.deepEqual(await download("same/s", ["R"], "x"), ["/w/x/s"]);
  assert.deepEqual(await download("same/s/", ["R"], "x"), ["/w/x/s/x"]);
  assert.deepEqual(await download("same/s/*", [], "x"), ["/w/x/x"]);
});

test("names of any kind arrive as they are", async () => {
  const odd = [
    "a b.txt",
    "100%",
    "a%20b",
    "a#b",
    "a+b",
    "a?b",
    "ünï",
    "😀Ａ",
    ".hidden",
    "a&b=c",
    "a*b",
    "a\\b",
    " lead",
  ];
  const world = {
    disk: ["/w/x/"],
    containers: { c: odd.flatMap((name) => [`o/${name}`, `f${name}/${name}`]) },
  };
  assert.deepEqual(await download("c/o", ["R"], "x", world), below("/w/x/o/", odd));
  for (const name of odd) {
    const encoded = encodeURIComponent(name).replaceAll("*", "%2A");
    assert.deepEqual(await download(`c/o/${encoded}`, [], "x", world), [`/w/x/${name}`]);
    assert.deepEqual(await download(`c/o/${encoded}`, [], `m/${name}`, world), [`/w/m/${name}`]);
    assert.deepEqual(await download(`c/f${encoded}/`, ["R"], "x", world), [`/w/x/f${name}/${name}`]);
  }
});

test("a name that begins or ends with a slash is one, and is opened as one", async () => {
  const world = { disk: ["/w/x/"], containers: { c: ["/lead.txt", "a//b.txt", "dir/"] } };
  assert.deepEqual(await download("c//lead.txt", [], "x", world), ["/w/x/lead.txt"]);
  assert.deepEqual(await download("c/a//b.txt", [], "x", world), ["/w/x/b.txt"]);
  assert.deepEqual(await download("c/a//", ["R"], "x", world), ["/w/x/a/b.txt"]);
  assert.deepEqual(await download("c/dir%2F", [], "x", world), ["/w/x/dir"]);
});

test("a version is named by its version, a snapshot is not, in a folder", async () => {
  const version = "sem-dn/d/b.txt?versionid=2024-01-01T00:00:00.0000000Z&sv=1&sig=x";
  assert.deepEqual(await download(version, [], "x"), ["/w/x/2024-01-01T00-00-00.0000000Z-b.txt"]);
  assert.deepEqual(await download(version, [], "m"), ["/w/m"]);
  const asked = { world: worldOf(), flags: [], destination: "x" };
  const route = await routeOf({ ...asked, source: `${account}/sem-dn/a.txt?snapshot=2024&sv=1&sig=x` });
  assert(route.source.kind === "blob");
  assert.equal(route.source.snapshot, "2024");
  assert.equal(route.source.sas?.reveal(), "sv=1&sig=x");
});

test("an empty container is no mistake", async () => {
  assert.deepEqual(await download("empty", ["R"], "x"), []);
  assert.deepEqual(await download("empty/*", [], "x"), []);
});

test("a download asks no more than it must", async () => {
  const rows: [source: string, flags: FlagWords, destination: string, asked: string[]][] = [
    ["sem-dn/d/b.txt", [], "x", ["stat blob sem-dn d/b.txt", "stat local /w/x"]],
    ["sem-dn/d/b.txt", [], "m", ["stat blob sem-dn d/b.txt", "stat local /w/m", "stat local /w"]],
    ["sem-dn/d/b.txt", [], "/dev/null", ["stat blob sem-dn d/b.txt"]],
    ["sem-dn/d/*", [], "x", ["hasChildren blob sem-dn d/", "stat local /w/x"]],
    ["sem-dn/d/", ["R"], "x", ["hasChildren blob sem-dn d/", "stat local /w/x/d", "stat local /w/x"]],
    ["sem-dn/d", ["R", "flat"], "x", ["stat blob sem-dn d", "hasChildren blob sem-dn d/", "stat local /w/x"]],
    ["sem-dn", ["R", "a.txt"], "/dev/null", []],
    ["sem-dn/d/", [], "x", []],
    ["sem-dn", [], "x", []],
    ["", ["R"], "/dev/null", []],
  ];
  for (const [source, flags, destination, asked] of rows) {
    const world = worldOf();
    await routeOf({ world, source: `${account}/${source}`, flags, destination }).catch(() => {});
    assert.deepEqual(world.asked, asked, source);
  }
});

test("on Windows, names of objects become names that its disks take", async () => {
  const world = new NamedWorld({
    disk: ["C:\\w\\x\\"],
    containers: { c: ["a:b/c.txt", "con/a.txt", "d/e?f.txt"] },
    windows: true,
  });
  const names = (source: string, flags: FlagWords, destination: string) =>
    namesOf({
      world,
      source: `${account}/${source}`,
      flags,
      destination,
      workingFolder: "C:\\w",
      platform: "win32",
    });
  assert.deepEqual(await names("c/a:b", ["R"], "x"), ["C:\\w\\x\\a%3Ab\\c.txt"]);
  assert.deepEqual(await names("c/d/e%3Ff.txt", [], "x\\m"), ["C:\\w\\x\\m"]);
  assert.deepEqual(await names("c/d", ["R"], "NUL"), ["nowhere"]);
  assert.deepEqual(await names("c/d/*", [], "D:\\new"), ["D:\\new\\e?f.txt"]);
  await assert.rejects(names("c/con", ["R"], "x"), { code: "UnsafeName" });
});
