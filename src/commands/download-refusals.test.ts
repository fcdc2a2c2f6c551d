import { strict as assert } from "node:assert";
import test from "node:test";
import { account, type FlagWords, namesOf } from "../../test/fakes/mapped-copy.ts";
import { NamedWorld, type NamedWorldOptions } from "../../test/fakes/named-world.ts";
import { StorageError } from "../foundation/errors.ts";

// Semantics 1.3, what is refused: the container "sem-dn", to an existing folder "x", a missing "m", an existing file "f".

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

test("a download is refused up front, with one clear line", async () => {
  const rows: [source: string, flags: FlagWords, destination: string, code: string, message: RegExp][] = [
    [
      "sem-dn/d",
      [],
      "x",
      "InvalidArgument",
      /^cannot use directory as source without --recursive or a trailing wild/,
    ],
    ["sem-dn/d/", [], "x", "InvalidArgument", /^cannot use directory as source/],
    ["sem-dn", [], "x", "InvalidArgument", /^cannot use directory as source/],
    ["sem-dn/d*", ["R"], "x", "InvalidArgument", /^cannot use wildcards in the path section of the URL/],
    ["sem-dn/*.txt", [], "x", "InvalidArgument", /^cannot use wildcards/],
    [
      "sem-dn/nope",
      [],
      "x",
      "NotFound",
      /^The specified file was not found. https:\S+\/sem-dn\/nope: there is no such/,
    ],
    ["sem-dn/nope", ["R"], "x", "NotFound", /^The specified file was not found/],
    ["sem-dn/nope/", ["R"], "x", "NotFound", /^The specified file was not found.*nothing was found below/],
    ["sem-dn/nope/*", [], "x", "NotFound", /nothing was found below/],
    [
      "missing/a.txt",
      [],
      "x",
      "ContainerNotFound",
      /^the source container https:\S+\/missing does not exist/,
    ],
    ["missing", ["R"], "x", "ContainerNotFound", /^the source container/],
    ["missing/d/", ["R"], "x", "ContainerNotFound", /^the source container/],
    ["", [], "x", "InvalidArgument", /^account copies are an inherently recursive operation/],
    ["sem-acc-*", [], "x", "InvalidArgument", /^account copies are an inherently recursive operation/],
    [
      "",
      ["R", "a"],
      "x",
      "InvalidArgument",
      /^cannot combine list-of-files or include-path with account traversal/,
    ],
    [
      "sem-acc-*/a.txt",
      ["R"],
      "x",
      "InvalidArgument",
      /^cannot combine a specific object name with an account/,
    ],
    ["sem-acc-[", ["R"], "x", "ContainerNotFound", /^the source container/],
    ["sem-acc-[*", ["R"], "x", "InvalidArgument", /"sem-acc-\[\*" is not valid/],
    ["sem-dn/d/?snapshot=2024", ["R"], "x", "InvalidArgument", /a snapshot or version names one blob/],
    ["sem-dn?versionid=2024", ["R"], "x", "InvalidArgument", /a snapshot or version names one blob/],
    ["sem-dn/a.txt", [], "f/y", "InvalidArgument", /\/w\/f is not a folder, as it would have to be/],
    ["sem-dn/a.txt", [], "f/y/z", "InvalidArgument", /cannot write to \/w\/f\/y: \/w\/f is not a folder, so/],
    [
      "sem-dn",
      ["R"],
      "f/y",
      "InvalidArgument",
      /\/w\/f is not a folder, so \/w\/f\/y\/sem-dn cannot be made/,
    ],
    ["sem-dn", ["R"], "y", "InvalidArgument", /\/w\/y\/sem-dn is not a folder, as it would have to be/],
    ["sem-dn/d", ["R"], "y", "InvalidArgument", /\/w\/y\/d is not a folder/],
    ["sem-dn/*", ["R"], "lf", "InvalidArgument", /\/w\/lf is not a folder/],
    ["sem-dn/*", ["R"], "gone", "InvalidArgument", /\/w\/gone is not a folder/],
    ["sem-dn/a.txt", [], "", "InvalidArgument", /a local path is empty/],
  ];
  for (const [source, flags, destination, code, message] of rows) {
    const error = await refusal(source, flags, destination);
    assert.equal(error.code, code, `${source} ${flags} ${destination}: ${error.message}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n|sig=/);
  }
});

test("a refusal by the service is passed on as what it is", async () => {
  const disk = ["/w/x/"];
  const containers = { c: ["a.txt", "d/b.txt"] };
  const refused = (call: string, source: string, flags: FlagWords, code: "AccessDenied" | "Unreachable") =>
    download(source, flags, "x", { disk, containers, refused: { [call]: code } });
  await assert.rejects(refused("stat", "c/a.txt", [], "AccessDenied"), { code: "AccessDenied" });
  await assert.rejects(refused("stat", "c/a.txt", [], "Unreachable"), { code: "Unreachable" });
  await assert.rejects(refused("hasChildren", "c", ["R"], "AccessDenied"), { code: "AccessDenied" });
  // A SAS of one blob may read it, and may list nothing: that does not matter while the blob is there.
  assert.deepEqual(await refused("hasChildren", "c/a.txt", [], "AccessDenied"), ["/w/x/a.txt"]);
  await assert.rejects(refused("hasChildren", "c/nope", [], "AccessDenied"), { code: "NotFound" });
});

test("a folder's own name never leads out of the destination", async () => {
  const world = { disk: ["/w/x/"], containers: { c: ["d/../evil.txt", "./e.txt"] } };
  for (const source of ["c/d/../", "c/d/%2e%2e/", "c/./"]) {
    await assert.rejects(download(source, ["R"], "x", world), { code: "UnsafeName" });
  }
  assert.deepEqual(await download("c/d/../*", [], "x", world), ["/w/x/evil.txt"]);
});
