import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Ended, User } from "./azcopy.ts";
import { assertSame, type Container, Lab } from "./lab.ts";
import { awkwardTree, hashesOf, plant } from "./trees.ts";

const blockBytes = 2 ** 20;
const upload = ["--from-to=LocalBlob", "--block-size-mb=1"];
const download = ["--from-to=BlobLocal", "--block-size-mb=1"];

describe("copying through the binary", () => {
  let lab: Lab;
  let user: User;
  before(async () => {
    lab = await Lab.open();
    user = lab.user();
  });
  after(() => lab.close());

  test("a tree of awkward names and sizes arrives byte for byte, up and down", async () => {
    const tree = awkwardTree(blockBytes);
    const files = Object.keys(tree).length;
    const source = lab.newFolder("source");
    plant(source, tree);
    const container = await lab.container();
    const up = await user.azcopy(["copy", join(source, "*"), container.url(), "--recursive", ...upload]);
    assertAllDone(up, files);
    await container.assertHolds(source);

    const copy = join(lab.newFolder("copies"), "new/folder");
    const down = await user.azcopy(["copy", container.url("*"), copy, "--recursive", ...download]);
    assertAllDone(down, files);
    assertSame(hashesOf(copy), hashesOf(source));
  });

  test("MD5s are stored and checked, blocks and all", async () => {
    const source = lab.newFolder("source");
    plant(source, { small: 10, empty: 0, blocks: 3 * blockBytes + 5 });
    const container = await lab.container();
    const up = await user.azcopy(["copy", `${source}/*`, container.url(), "--put-md5", ...upload]);
    assertAllDone(up, 3);
    const properties = await container.client.getBlobClient("blocks").getProperties();
    assert.equal(properties.contentMD5?.length, 16);

    const check = "--check-md5=FailIfDifferentOrMissing";
    const good = lab.newFolder("good");
    assertAllDone(await user.azcopy(["copy", container.url("*"), good, check, ...download]), 3);

    // The stored MD5 is made wrong: what arrives is refused, and nothing of it is left.
    const wrong = { blobContentType: "a/b", blobContentMD5: new Uint8Array(16) };
    await container.client.getBlobClient("blocks").setHTTPHeaders(wrong);
    const bad = lab.newFolder("bad");
    const refused = await user.azcopy(["copy", container.url("*"), bad, check, ...download]);
    assert.equal(refused.exitCode, 1);
    assert.equal(refused.status, "CompletedWithErrors");
    assert.equal(refused.number("Number of File Transfers Failed"), 1);
    assert.deepEqual([...hashesOf(bad).keys()].sort(), ["empty", "small"]);
  });

  test("a backslash in a file's name becomes what the service makes of it", async () => {
    const source = lab.newFolder("source");
    plant(source, { "back\\slash.txt": "content" });
    const container = await lab.container();
    const up = await user.azcopy(["copy", `${source}/*`, container.url(), ...upload]);
    assertAllDone(up, 1);
    // The emulator, like the official SDKs, turns it round.
    assert.deepEqual(await container.names(), ["back/slash.txt"]);
  });

  test("a job can be shown, listed and removed", async () => {
    const owner = lab.user();
    const source = lab.newFolder("source");
    plant(source, { "a.txt": 1 });
    const container = await lab.container();
    const { jobId } = await owner.azcopy(["copy", `${source}/a.txt`, container.url(), ...upload]);
    const shown = await owner.azcopy(["jobs", "show", jobId]);
    assert.equal(shown.exitCode, 0);
    assert.equal(shown.number("Number of File Transfers Completed"), 1);
    assert.equal(shown.status, "Completed");
    const transfers = await owner.azcopy(["jobs", "show", jobId, "--with-status=All"]);
    assert.match(transfers.stdout, /a\.txt.* status Success/);
    assert.match((await owner.azcopy(["jobs", "list"])).stdout, new RegExp(`JobId: ${jobId}`));
    assert.equal((await owner.azcopy(["jobs", "remove", jobId])).exitCode, 0);
    assert.doesNotMatch((await owner.azcopy(["jobs", "list"])).stdout, new RegExp(jobId));
    assert.equal((await owner.azcopy(["jobs", "show", jobId])).exitCode, 1);
  });
});

/** Flags, what follows the container's address, and the names of the blobs that must be there afterwards. */
type UploadRow = readonly [source: string, flags: string, to: string, expected: string];

const all = "a.txt s.txt s2/b.txt sub/b.txt sub/deep/c.txt";
const under = (folder: string, names: string): string =>
  names
    .split(" ")
    .map((name) => folder + name)
    .join(" ");

// Semantics 1.2, a row or more of each group.
const uploads: readonly UploadRow[] = [
  ["d/a.txt", "", "", "a.txt"],
  ["d/a.txt", "--recursive", "v", "v"],
  ["d/a.txt", "", "v/", "v/a.txt"],
  ["d", "--recursive", "", under("d/", all)],
  ["d/", "--recursive", "v", under("v/d/", all)],
  ["d/.", "--recursive", "v/", under("v/d/", all)],
  ["d", "--recursive --as-subdir=false", "", all],
  ["d", "--recursive --as-subdir=false", "v", under("v/", all)],
  ["d/*", "--recursive", "v", under("v/", all)],
  ["d/*", "", "v", "v/a.txt v/s.txt"],
  ["d/*.txt", "", "", "a.txt s.txt"],
  ["d/s*", "--recursive", "", "s.txt s2/b.txt sub/b.txt sub/deep/c.txt"],
  ["d/s*", "", "v", "v/s.txt"],
  ["d/*/b.txt", "", "", "s2/b.txt sub/b.txt"],
  ["d", "--recursive --include-path=a.txt;sub", "", "d/a.txt d/sub/b.txt d/sub/deep/c.txt"],
  ["d", "--recursive --as-subdir=false --include-path=a.txt;sub", "", "a.txt sub/b.txt sub/deep/c.txt"],
  ["d/*", "--recursive --include-path=a.txt;sub", "", "a.txt sub/b.txt sub/deep/c.txt"],
  ["d", "--recursive --include-pattern=b.*;c.*", "", "d/s2/b.txt d/sub/b.txt d/sub/deep/c.txt"],
  ["d", "--recursive --exclude-path=sub/ --exclude-pattern=s*", "", "d/a.txt d/s2/b.txt"],
  [".", "--recursive", "", under("e1/", under("d/", all))],
];

describe("what an upload is called", () => {
  let lab: Lab;
  let user: User;
  let folder: string;
  before(async () => {
    lab = await Lab.open();
    user = lab.user();
    folder = join(lab.newFolder(), "e1");
    plant(join(folder, "d"), Object.fromEntries(all.split(" ").map((name) => [name, 10])));
    mkdirSync(join(folder, "d/empty"));
  });
  after(() => lab.close());

  for (const [source, flags, to, expected] of uploads) {
    test(`${source} ${flags} to C/${to}`, async () => {
      const container = await lab.container();
      const words = ["copy", source, container.url(to), ...flags.split(" ").filter(Boolean), ...upload];
      assertAllDone(await user.azcopy(words, { folder }), expected.split(" ").length);
      assert.deepEqual(await container.names(), expected.split(" "));
    });
  }

  test("a listed folder without --recursive is reported, and the rest arrives", async () => {
    const container = await lab.container();
    const words = ["copy", "d", container.url(), "--include-path=a.txt;sub", ...upload];
    const ended = await user.azcopy(words, { folder });
    assert.equal(ended.exitCode, 1, String(ended));
    assert.equal(ended.status, "CompletedWithErrors");
    assert.match(ended.stdout, /"sub" was listed, but is a folder: add --recursive/);
    assert.deepEqual(await container.names(), ["d/a.txt"]);
  });

  test("a folder without --recursive is refused", async () => {
    const container = await lab.container();
    const refused = await user.azcopy(["copy", "d", container.url(), ...upload], { folder });
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout, /cannot use directory as source without --recursive or a trailing wildcard/);
    assert.deepEqual(await container.names(), []);
  });

  test("a dry run says what it would do, and does nothing", async () => {
    const container = await lab.container();
    const words = ["copy", "d", container.url(), "--recursive", "--dry-run", ...upload];
    const dry = await user.azcopy(words, { folder });
    assert.equal(dry.exitCode, 0);
    assert.equal(dry.stdout.match(/^DRYRUN: copy /gm)?.length, 5);
    assert.deepEqual(await container.names(), []);
  });
});

/** What is read, the flags, where to, and the files that must be in the destination's parent folder afterwards. */
type DownloadRow = readonly [from: string, flags: string, to: string, expected: string];

const below = "b.txt d/e.txt sub/c.txt sub2/c2.txt";

// Semantics 1.3: "x" exists and is a folder, "m" does not exist, "f" exists and is a file. N is the container's name.
const downloads: readonly DownloadRow[] = [
  ["a.txt", "", "x", "x/a.txt"],
  ["d/b.txt", "", "x/", "x/b.txt"],
  ["d/b.txt", "", "m", "m"],
  ["a.txt", "", "f", "f"],
  ["d", "--recursive", "x", under("x/d/", below)],
  ["d/", "--recursive", "m", under("m/d/", below)],
  ["d", "--recursive --as-subdir=false", "x", under("x/", below)],
  ["d/*", "--recursive", "m", under("m/", below)],
  ["d/*", "", "x", "x/b.txt"],
  ["", "--recursive", "x", `x/N/a.txt ${under("x/N/d/", below)}`],
  ["", "--recursive --as-subdir=false", "m", `m/a.txt ${under("m/d/", below)}`],
  ["*", "--recursive", "x", `x/a.txt ${under("x/d/", below)}`],
  ["*", "", "m", "m/a.txt"],
  ["", "--recursive --include-path=a.txt;d/sub", "x", "x/N/a.txt x/N/d/sub/c.txt"],
  ["", "--include-path=a.txt", "m", "m/N/a.txt"],
  ["d", "--recursive --include-path=b.txt;sub", "x", "x/d/b.txt x/d/sub/c.txt"],
  ["d", "--recursive --exclude-pattern=c*", "m", "m/d/b.txt m/d/d/e.txt"],
];

describe("what a download is called", () => {
  let lab: Lab;
  let user: User;
  let container: Container;
  before(async () => {
    lab = await Lab.open();
    user = lab.user();
    container = await lab.container();
    await container.plant(
      Object.fromEntries(["a.txt", ...under("d/", below).split(" ")].map((name) => [name, 10])),
    );
  });
  after(() => lab.close());

  for (const [from, flags, to, expected] of downloads) {
    test(`C/${from} ${flags} to ${to}`, async () => {
      const folder = lab.newFolder();
      mkdirSync(join(folder, "x"));
      writeFileSync(join(folder, "f"), "old");
      const words = ["copy", container.url(from), to, ...flags.split(" ").filter(Boolean), ...download];
      const names = expected.replaceAll("N/", `${container.name}/`).split(" ");
      assertAllDone(await user.azcopy(words, { folder }), names.length);
      const found = hashesOf(folder);
      if (to !== "f") found.delete("f");
      assert.deepEqual([...found.keys()].sort(), names.sort());
    });
  }

  test("a container without --recursive is refused, and so is a wildcard in the middle", async () => {
    const folder = lab.newFolder();
    for (const from of ["", "d", "d/*.txt"]) {
      const refused = await user.azcopy(["copy", container.url(from), "m", ...download], { folder });
      assert.equal(refused.exitCode, 1, String(refused));
      assert.equal(existsSync(join(folder, "m")), false);
    }
  });

  test("a whole account arrives as a folder for each container", async () => {
    const folder = lab.newFolder();
    const words = ["copy", lab.url(""), folder, "--recursive", ...download];
    assertAllDone(await user.azcopy(words), 5);
    assert.deepEqual(
      [...hashesOf(folder).keys()].sort(),
      ["a.txt", ...under("d/", below).split(" ")].map((name) => `${container.name}/${name}`),
    );
  });
});

function assertAllDone(ended: Ended, files: number): void {
  assert.equal(ended.exitCode, 0, String(ended));
  assert.equal(ended.status, "Completed");
  assert.equal(ended.number("Total Number of Transfers"), files, String(ended));
  assert.equal(ended.number("Number of File Transfers Completed"), files, String(ended));
  assert.equal(ended.stderr, "");
}
