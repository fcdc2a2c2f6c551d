import { strict as assert } from "node:assert";
import test from "node:test";
import { account, type FlagWords, namesOf, routeOf } from "../../test/fakes/mapped-copy.ts";
import { NamedWorld, type NamedWorldOptions } from "../../test/fakes/named-world.ts";
import { StorageError } from "../foundation/errors.ts";
import { FromToError } from "./from-to.ts";

// Semantics 1.2, row by row: the folder "d" in "/w", to the container "c".

const all = ["a.txt", "s.txt", "s2/b.txt", "sub/b.txt", "sub/deep/c.txt"];
const sub = ["sub/b.txt", "sub/deep/c.txt"];

const worldOf = (options: NamedWorldOptions = {}): NamedWorld =>
  new NamedWorld({
    disk: [
      ...all.map((file) => `/w/d/${file}`),
      ...["/w/d/empty/", "/w/link -> /w/d", "/w/flink -> /w/d/a.txt", "/w/pipe|", "/w/void/"],
    ],
    containers: { c: ["v", "v/e"], $web: [] },
    ...options,
  });

const below = (prefix: string, names: readonly string[]): string[] =>
  names.map((name) => `${prefix}${name}`).sort();

const upload = (source: string, flags: FlagWords, destination: string, options?: NamedWorldOptions) =>
  namesOf({ world: worldOf(options), source, flags, destination: `${account}/${destination}?sv=1&sig=x` });

async function refusal(source: string, flags: FlagWords, destination: string): Promise<StorageError> {
  try {
    const names = await upload(source, flags, destination);
    return assert.fail(`${source} was taken: ${names.join()}`);
  } catch (error) {
    assert(error instanceof StorageError, String(error));
    return error;
  }
}

test("a sole file goes into a container or folder, or takes the name that is given", async () => {
  for (const flags of [[], ["R"], ["flat"], ["R", "flat"]]) {
    for (const source of ["d/a.txt", "./d//a.txt", "/w/d/a.txt", "d/sub/../a.txt"]) {
      assert.deepEqual(await upload(source, flags, "c"), ["c/a.txt"]);
      assert.deepEqual(await upload(source, flags, "c/"), ["c/a.txt"]);
      // A blob "v" and blobs below "v/" make no difference: syntax decides.
      assert.deepEqual(await upload(source, flags, "c/v"), ["c/v"]);
      assert.deepEqual(await upload(source, flags, "c/v/"), ["c/v/a.txt"]);
      assert.deepEqual(await upload(source, flags, "c/v/w.txt"), ["c/v/w.txt"]);
      assert.deepEqual(await upload(source, flags, "c//lead"), ["c//lead"]);
      assert.deepEqual(await upload(source, flags, "c/v//"), ["c/v//a.txt"]);
      assert.deepEqual(await upload(source, flags, "c/v%2F"), ["c/v/"]);
    }
  }
});

test("folders, wildcards and lists go where AzCopy's table says", async () => {
  const list = "a.txt;sub";
  const rows: [sources: string[], flags: FlagWords, names: string[]][] = [
    [["d", "d/", "d/.", "/w/d"], ["R"], below("d/", all)],
    [["d", "d/", "d/."], ["R", "flat"], all],
    [["d/*", "d/**", "./d/*"], ["R"], all],
    [["d/*"], ["R", "flat"], all],
    [["d/*", "d/**"], [], ["a.txt", "s.txt"]],
    [["d/*.txt"], [], ["a.txt", "s.txt"]],
    [["d/*.txt"], ["R"], ["a.txt", "s.txt"]],
    [["d/s*"], ["R"], ["s.txt", "s2/b.txt", ...sub]],
    [["d/s*"], [], ["s.txt"]],
    [["d/*/b.txt"], [], ["s2/b.txt", "sub/b.txt"]],
    [["d/*/b.txt"], ["R"], ["s2/b.txt", "sub/b.txt"]],
    [["d/s?b*"], ["R"], sub],
    [["d/[a]*"], [], ["a.txt"]],
    [["link/*"], ["R"], all],
    [["*"], ["R"], below("d/", all)],
    [["/w/d*/sub"], ["R"], below("d/", sub)],
    [["d", "d/"], ["R", list], below("d/", ["a.txt", ...sub])],
    [["d"], [list], ["d/a.txt", "! InvalidArgument sub"]],
    [["d"], ["R", "flat", list], ["a.txt", ...sub]],
    [["d/*"], ["R", list], ["a.txt", ...sub]],
    [["d/*"], [list], ["a.txt", "! InvalidArgument sub"]],
    [["d"], ["R", "./a.txt;/sub/;sub//deep;nope"], [...below("d/", ["a.txt", ...sub]), "! NotFound nope"]],
    [["d"], ["R", "."], below("d/", all)],
  ];
  for (const [sources, flags, names] of rows) {
    for (const source of sources) {
      for (const [destination, prefix] of [
        ["c", "c/"],
        ["c/", "c/"],
        ["c/v", "c/v/"],
        ["c/v/", "c/v/"],
        ["c/v/w", "c/v/w/"],
      ] as const) {
        const expected = names.map((name) => (name.startsWith("!") ? name : prefix + name)).sort();
        assert.deepEqual(
          await upload(source, flags, destination),
          expected,
          `${source} ${flags} ${destination}`,
        );
      }
    }
  }
});

test("the working folder and its parent go by their own names", async () => {
  const from = (workingFolder: string, source: string, flags: FlagWords) =>
    namesOf({ world: worldOf(), source, flags, workingFolder, destination: `${account}/c/v` });
  assert.deepEqual(await from("/w/d", ".", ["R"]), below("c/v/d/", all));
  assert.deepEqual(await from("/w/d", ".", ["R", "flat"]), below("c/v/", all));
  assert.deepEqual(await from("/w/d", "*", []), ["c/v/a.txt", "c/v/s.txt"]);
  assert.deepEqual(await from("/w/d/sub", "..", ["R"]), below("c/v/d/", all));
  assert.deepEqual(await from("/", "/", ["R"]), below("c/v/w/d/", all));
});

test("names of any kind arrive as they are", async () => {
  const odd = [
    "a b.txt",
    "100%",
    "a%20b",
    "a#b",
    "a+b",
    "ünï",
    "😀Ａ",
    ".hidden",
    "a&b=c",
    "a'b\"c",
    "[x]",
    "a?b",
    " lead",
  ];
  const world = {
    disk: odd.flatMap((name) => [`/w/o/${name}`, `/w/f${name}/${name}`]),
    containers: { c: [] },
  };
  assert.deepEqual(await upload("o", ["R"], "c", world), below("c/o/", odd));
  assert.deepEqual(await upload("o/*", [], "c", world), below("c/", odd));
  for (const name of odd) {
    assert.deepEqual(await upload(`o/${name}`, [], "c", world), [`c/${name}`]);
    assert.deepEqual(await upload(`o/${name}`, [], `c/${encodeURIComponent(name)}/`, world), [
      `c/${name}/${name}`,
    ]);
    assert.deepEqual(await upload(`f${name}`, ["R"], "c", world), [`c/f${name}/${name}`]);
    assert.deepEqual(await upload("o", ["R", name], "c", world), [`c/o/${name}`]);
  }
});

test("a question mark or bracket without a star, and an escaped star, are names", async () => {
  const world = { disk: ["/w/i?/a.txt", "/w/in/a.txt", "/w/[i]n/a.txt", "/w/x*y"], containers: { c: [] } };
  assert.deepEqual(await upload("i?/a.txt", [], "c", world), ["c/a.txt"]);
  assert.deepEqual(await upload("[i]n/*", ["R"], "c", world), ["c/a.txt"]);
  assert.deepEqual(await upload("x\\*y", [], "c", world), ["c/x*y"]);
});

test("an upload is refused up front, with one clear line", async () => {
  const rows: [source: string, flags: FlagWords, destination: string, code: string, message: RegExp][] = [
    [
      "d",
      [],
      "c",
      "InvalidArgument",
      /^cannot use directory as source without --recursive or a trailing wildcard/,
    ],
    ["d", ["flat"], "c/v/", "InvalidArgument", /^cannot use directory as source/],
    [
      "nope",
      ["R"],
      "c",
      "NotFound",
      /^failed to scan path \/w\/nope due to lstat \/w\/nope: no such file or directory/,
    ],
    ["d/a.txt/x", [], "c", "NotFound", /no such file/],
    ["i?/a.txt", [], "c", "NotFound", /no such file/],
    ["[d]/*", ["R"], "c", "NotFound", /failed to scan path \/w\/\[d\]/],
    ["nope/*", ["R"], "c", "NotFound", /failed to scan path \/w\/nope/],
    ["d/a.txt/*", ["R"], "c", "NotFound", /failed to scan path \/w\/d\/a.txt/],
    ["d/x*", ["R"], "c", "NotFound", /^nothing matches the source \/w\/d\/x\*/],
    ["d/*/nope.txt", ["R"], "c", "NotFound", /^nothing matches/],
    ["d/[x*", ["R"], "c", "InvalidArgument", /"\[x\*" is not valid/],
    ["link", ["R"], "c", "InvalidArgument", /the sole file target is a symlink/],
    ["link/", ["R"], "c", "InvalidArgument", /the sole file target is a symlink/],
    ["flink", [], "c", "InvalidArgument", /the sole file target is a symlink/],
    ["", ["R"], "c", "InvalidArgument", /a local path is empty/],
    ["d/a.txt", ["x"], "c", "InvalidArgument", /--include-path needs a folder as source/],
    ["d/s*", ["R", "x"], "c", "InvalidArgument", /^cannot combine local wildcards with include-path/],
    ["d", ["R", "../d/a.txt"], "c", "InvalidArgument", /leads out of the source folder/],
    [
      "d",
      ["R"],
      "",
      "InvalidArgument",
      /^cannot transfer individual files\/folders to the root of a service/,
    ],
    ["d/a.txt", [], "", "InvalidArgument", /^cannot transfer individual files/],
    ["d", ["R"], "$logs", "InvalidArgument", /^cannot copy to system container '\$logs'/],
    ["d", ["R"], "$blobchangefeed/x", "InvalidArgument", /^cannot copy to system container/],
    ["d", ["R"], "c/*", "InvalidArgument", /cannot have a wildcard/],
    ["d", ["R"], "c*", "InvalidArgument", /cannot have a wildcard/],
    ["d", ["R"], "c/v*", "InvalidArgument", /^cannot use wildcards in the path section of the URL/],
    ["d", ["R"], "c/%zz", "InvalidArgument", /invalid percent escape/],
    [
      "d",
      ["R"],
      "missing",
      "ContainerNotFound",
      /does not exist: create it first, with azcopy make "https:\S+missing"/,
    ],
    ["d/a.txt", [], "missing/v/x", "ContainerNotFound", /container https:\S+\/missing does not exist/],
  ];
  for (const [source, flags, destination, code, message] of rows) {
    const error = await refusal(source, flags, destination);
    assert.equal(error.code, code, `${source} ${flags} ${destination}: ${error.message}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n|sig=/);
  }
});

test("$web is written to, and a snapshot is not", async () => {
  assert.deepEqual(await upload("d/a.txt", [], "$web"), ["$web/a.txt"]);
  const destination = `${account}/c/v?snapshot=2024-01-01T00:00:00Z`;
  const asked = routeOf({ world: worldOf(), source: "d/a.txt", flags: [], destination });
  await assert.rejects(asked, { code: "InvalidArgument", message: /cannot be a snapshot/ });
});

test("an empty folder is no mistake, a pipe is passed over", async () => {
  assert.deepEqual(await upload("void/*", ["R"], "c"), []);
  assert.deepEqual(await upload("void", ["R"], "c"), []);
  assert.deepEqual(await upload("d/empty*", [], "c"), []);
  assert.deepEqual(await upload("pipe", [], "c"), []);
});

test("a container that may not be listed is written to; one that cannot be reached is not", async () => {
  const refused = { hasChildren: "AccessDenied" } as const;
  assert.deepEqual(await upload("d/a.txt", [], "c", { ...sole, refused }), ["c/a.txt"]);
  for (const code of ["Unreachable", "AuthenticationFailed"] as const) {
    await assert.rejects(upload("d/a.txt", [], "c", { ...sole, refused: { hasChildren: code } }), { code });
  }
});

const sole: NamedWorldOptions = { disk: ["/w/d/a.txt"], containers: { c: [] } };

test("an upload asks no more than it must, and nothing before the syntax is right", async () => {
  const rows: [source: string, flags: FlagWords, asked: string[]][] = [
    ["d/a.txt", [], ["stat local /w/d a.txt", "hasChildren blob c"]],
    ["d", ["R"], ["stat local /w d", "hasChildren blob c"]],
    ["d/*", [], ["hasChildren local /w/d", "hasChildren blob c"]],
    ["d/s*", [], ["list local /w/d", "hasChildren blob c"]],
    ["d", ["R", "a.txt"], ["stat local /w d", "hasChildren blob c"]],
    ["nope", [], ["stat local /w nope"]],
  ];
  for (const [source, flags, asked] of rows) {
    const world = worldOf();
    await routeOf({ world, source, flags, destination: `${account}/c/v/` }).catch(() => {});
    assert.deepEqual(world.asked, asked, source);
  }
  const world = worldOf();
  await routeOf({ world, source: "d", flags: [], destination: `${account}/$logs` }).catch(() => {});
  assert.deepEqual(world.asked, []);
});

test("a route carries its credentials, notices and warnings, and tells what it found", async () => {
  const world = worldOf();
  const http = "http://127.0.0.1:10000/acct/c?sv=1&sig=x";
  const route = await routeOf({
    world,
    source: "d/a.txt",
    flags: [],
    destination: http,
    fromTo: "LocalBlob",
  });
  assert.equal(route.fromTo, "LocalBlob");
  assert.equal(route.destination.kind === "blob" && route.destination.sas?.reveal(), "sv=1&sig=x");
  assert.deepEqual(route.found?.path, "a.txt");
  assert.equal("renamedTo" in route, false);
  assert.match(route.notices.join(), /^NOTE: HTTP is in use for one or more location\(s\)/);
  const named = await routeOf({ world, source: "d", flags: ["R", "a*"], destination: `${account}/c` });
  assert.deepEqual(named.notices, []);
  assert.match(named.warnings.join(), /--include-path takes .* literally: it does not support wildcards/);
  await assert.rejects(routeOf({ world, source: "d", flags: [], destination: http }), FromToError);
});

test("on Windows, volumes and encoded names become names of objects", async () => {
  const world = new NamedWorld({
    disk: ["D:\\a.txt", "C:\\w\\d\\a.txt", "C:\\w\\d\\x%3Ay\\b.txt", "C:\\w\\d\\e%3Ff.txt"],
    containers: { c: [] },
    windows: true,
  });
  const names = (source: string, flags: FlagWords) =>
    namesOf({ world, source, flags, destination: `${account}/c`, workingFolder: "C:\\w", platform: "win32" });
  assert.deepEqual(await names("d\\a.txt", []), ["c/a.txt"]);
  assert.deepEqual(await names("d/e%3Ff.txt", []), ["c/e?f.txt"]);
  assert.deepEqual(await names("d\\*.txt", []), ["c/a.txt", "c/e?f.txt"]);
  assert.deepEqual(await names("d\\x%3Ay", ["R"]), ["c/x:y/b.txt"]);
  assert.deepEqual(await names("d", ["R", "x%3Ay\\b.txt"]), ["c/d/x:y/b.txt"]);
  assert.deepEqual(await names("D:\\", ["R"]), ["c/D:/a.txt"]);
  assert.deepEqual(await names("D:\\*", []), ["c/a.txt"]);
});
