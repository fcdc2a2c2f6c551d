import { strict as assert } from "node:assert";
import { chmodSync, chownSync, mkdirSync, rmSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { User } from "./azcopy.ts";
import { Lab } from "./lab.ts";
import { awkwardTree, hashesOf, plant } from "./trees.ts";

const up = ["--from-to=LocalBlob"];
const down = ["--from-to=BlobLocal"];
const deleting = "--delete-destination=true";
const future = new Date(Date.now() + 3_600_000);

describe("sync", () => {
  let lab: Lab;
  let user: User;
  before(async () => {
    lab = await Lab.open();
    user = lab.user();
  });
  beforeEach(() => lab.proxy.reset());
  after(() => lab.close());

  test("moves what differs, removes what is extra, and moves nothing the second time, up and down", async () => {
    const source = lab.newFolder();
    plant(source, { ...awkwardTree(1 << 20), a: "1", "a-b": "2", "d/x": "3" });
    const container = await lab.container();
    await container.put("extra/one", "gone");
    await container.put("a.extra", "gone");
    const first = await user.azcopy(["sync", source, container.url(), ...up, deleting]);
    assert.equal(first.exitCode, 0, `${first}`);
    assert.equal(first.number("Number of Deletions at Destination"), 2);
    assert.deepEqual(await container.hashes(), hashesOf(source));
    const second = await user.azcopy(["sync", source, container.url(), ...up, deleting]);
    assert.equal(second.number("Total Number of Copy Transfers"), 0, `${second}`);
    assert.equal(second.number("Total Number of Bytes Transferred"), 0);

    const target = lab.newFolder();
    plant(target, { "not/at/the/source": "gone" });
    const third = await user.azcopy(["sync", container.url(), target, ...down, deleting]);
    assert.equal(third.exitCode, 0, `${third}`);
    assert.equal(third.number("Number of Deletions at Destination"), 1);
    assert.deepEqual(hashesOf(target), hashesOf(source));
    const fourth = await user.azcopy(["sync", container.url(), target, ...down, deleting]);
    assert.equal(fourth.number("Total Number of Copy Transfers"), 0, `${fourth}`);
  });

  test("a truncated copy with a newer time is mended (T11)", async () => {
    const container = await lab.container();
    await container.put("f", "the whole content");
    const target = lab.newFolder();
    assert.equal((await user.azcopy(["sync", container.url(), target, ...down])).exitCode, 0);
    truncateSync(join(target, "f"), 3);
    utimesSync(join(target, "f"), future, future);
    const ended = await user.azcopy(["sync", container.url(), target, ...down]);
    assert.equal(ended.number("Number of Copy Transfers Completed"), 1, `${ended}`);
    assert.deepEqual(hashesOf(target), await container.hashes());
  });

  test("only what is newer is copied; --mirror-mode copies all; --compare-hash looks at the content", async () => {
    const source = lab.newFolder();
    plant(source, { same: "aaa", older: "bbb" });
    const container = await lab.container();
    assert.equal((await user.azcopy(["sync", source, container.url(), ...up, "--put-md5"])).exitCode, 0);
    plant(source, { same: "xxx" });
    const past = new Date(Date.now() - 3_600_000);
    utimesSync(join(source, "same"), past, past);
    const copies = async (...flags: string[]): Promise<number> => {
      const ended = await user.azcopy(["sync", source, container.url(), ...up, ...flags]);
      assert.equal(ended.exitCode, 0, `${ended}`);
      return ended.number("Total Number of Copy Transfers");
    };
    assert.equal(await copies(), 0, "an older source of the same size stays");
    assert.equal(await copies("--compare-hash=MD5"), 1, "its content differs");
    assert.equal(await copies("--compare-hash=MD5"), 0);
    assert.equal(await copies("--mirror-mode"), 2);
  });

  test("a missing source is an error, and nothing goes (T1)", async () => {
    const container = await lab.container();
    await container.put("precious", "1");
    const gone = join(lab.newFolder(), "unmounted");
    const ended = await user.azcopy(["sync", gone, container.url(), ...up, deleting]);
    assert.equal(ended.exitCode, 1);
    assert.match(ended.stdout, /no such file or directory/);
    assert.deepEqual(Object.keys(Object.fromEntries(await container.hashes())), ["precious"]);
  });

  test("an empty source empties a destination only if that is said", async () => {
    const container = await lab.container();
    await container.put("precious", "1");
    const empty = lab.newFolder();
    const refused = await user.azcopy(["sync", empty, container.url(), ...up, deleting]);
    assert.equal(refused.exitCode, 1, `${refused}`);
    assert.match(refused.stdout, /--allow-empty-source/);
    assert.equal((await container.hashes()).size, 1);
    const told = await user.azcopy(["sync", empty, container.url(), ...up, deleting, "--allow-empty-source"]);
    assert.equal(told.exitCode, 0, `${told}`);
    assert.equal((await container.hashes()).size, 0);
  });

  test("--max-delete keeps everything when more would go", async () => {
    const source = lab.newFolder();
    plant(source, { kept: "1" });
    const container = await lab.container();
    for (const name of ["kept", "x1", "x2", "x3"]) await container.put(name, "1");
    for (const limit of ["2", "50%"]) {
      const ended = await user.azcopy([
        "sync",
        source,
        container.url(),
        ...up,
        deleting,
        `--max-delete=${limit}`,
      ]);
      assert.equal(ended.exitCode, 1, `${ended}`);
      assert.match(ended.stdout, /--max-delete allows 2 removals/);
      assert.equal((await container.hashes()).size, 4);
    }
    const ended = await user.azcopy(["sync", source, container.url(), ...up, deleting, "--max-delete=75%"]);
    assert.equal(ended.exitCode, 0, `${ended}`);
    assert.match(ended.stdout, /removing 3 of the destination's 4 objects/);
    assert.equal((await container.hashes()).size, 1);
  });

  test("a folder that may not be read removes nothing, and is told", { skip: notRoot() }, async () => {
    const source = lab.newFolder();
    plant(source, { open: "1", "locked/inside": "2" });
    const container = await lab.container();
    for (const name of ["open", "locked/inside", "extra"]) await container.put(name, "1");
    chmodSync(source, 0o755);
    chmodSync(join(source, "locked"), 0o700);
    const nobody = 65_534;
    const poor = lab.user();
    for (const folder of [poor.home, poor.logs, poor.plans]) chownSync(folder, nobody, nobody);
    const rights = { userId: nobody, file: lab.publicBinary() };
    const ended = await poor.azcopy(["sync", source, container.url(), ...up, deleting], rights);
    assert.equal(ended.exitCode, 1, `${ended}`);
    assert.match(ended.stdout, /could not be listed/);
    assert.deepEqual([...(await container.hashes()).keys()].sort(), ["extra", "locked/inside", "open"]);
  });

  test("a listing that fails in the middle removes nothing", async () => {
    const source = lab.newFolder();
    plant(source, Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, "1"])));
    const container = await lab.container();
    await container.put("extra", "1");
    lab.proxy.add({
      match: ({ kind }) => kind === "listBlobs",
      times: Number.POSITIVE_INFINITY,
      fault: { fault: "status", status: 403, code: "AuthorizationPermissionMismatch" },
    });
    const ended = await user.azcopy(["sync", source, container.url(), ...up, deleting]);
    lab.proxy.reset();
    assert.equal(ended.exitCode, 1, `${ended}`);
    assert((await container.hashes()).has("extra"));
  });

  test("a removal that is refused fails the run", async () => {
    const source = lab.newFolder();
    plant(source, { kept: "1", more: "2", yet: "3" });
    const container = await lab.container();
    for (const name of ["kept", "more", "yet", "extra"]) await container.put(name, "1");
    lab.proxy.add({
      match: ({ method }) => method === "DELETE" || method === "POST",
      times: Number.POSITIVE_INFINITY,
      fault: { fault: "status", status: 403, code: "AuthorizationPermissionMismatch" },
    });
    const ended = await user.azcopy(["sync", source, container.url(), ...up, deleting]);
    lab.proxy.reset();
    assert.equal(ended.exitCode, 1, `${ended}`);
    assert.equal(ended.number("Number of Deletions at Destination"), 0);
  });

  test("what a filter hides is neither copied nor removed", async () => {
    const source = lab.newFolder();
    plant(source, { "a.txt": "1", "b.log": "2" });
    const container = await lab.container();
    await container.put("old.log", "1");
    await container.put("old.txt", "1");
    const ended = await user.azcopy([
      "sync",
      source,
      container.url(),
      ...up,
      deleting,
      "--include-pattern=*.txt",
    ]);
    assert.equal(ended.exitCode, 0, `${ended}`);
    assert.deepEqual([...(await container.hashes()).keys()].sort(), ["a.txt", "old.log"]);
  });

  test("a dry run says what the run does, and does nothing", async () => {
    const source = lab.newFolder();
    plant(source, { new: "1", same: "2" });
    const container = await lab.container();
    for (const name of ["same", "extra"]) await container.put(name, "2");
    const before = await container.hashes();
    const dry = await user.azcopy(["sync", source, container.url(), ...up, deleting, "--dry-run"]);
    assert.equal(dry.exitCode, 0, `${dry}`);
    assert.match(dry.stdout, /DRYRUN: copy .*new to .*\/new/);
    assert.match(dry.stdout, /DRYRUN: remove .*\/extra/);
    assert.equal(dry.stdout.split("DRYRUN: ").length - 1, 2);
    assert.deepEqual(await container.hashes(), before);
  });

  test("killed while it removes, it goes on where it was", async () => {
    const source = lab.newFolder();
    plant(source, Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`kept${n}`, "1"])));
    const container = await lab.container();
    for (let n = 0; n < 60; n++) await container.put(`extra${n}`, "1");
    lab.proxy.add({
      match: ({ method, query }) =>
        method === "DELETE" || (method === "POST" && query.get("comp") === "batch"),
      times: 1,
      fault: { fault: "delay", ms: 5_000 },
    });
    const running = user.start(["sync", source, container.url(), ...up, deleting]);
    await lab.proxy.until(() => lab.proxy.traffic("putBlob").requests >= 400);
    const killed = await running.kill("SIGKILL");
    lab.proxy.reset();
    const ended = await user.azcopy(["jobs", "resume", killed.jobId, `--destination-sas=${lab.sas}`]);
    assert.equal(ended.exitCode, 0, `${ended}`);
    assert.deepEqual(await container.hashes(), hashesOf(source));
  });

  test("file meets file, and never a folder", async () => {
    const folder = lab.newFolder();
    plant(folder, { one: "1" });
    const container = await lab.container();
    assert.equal(
      (await user.azcopy(["sync", join(folder, "one"), container.url("there"), ...up])).exitCode,
      0,
    );
    assert.deepEqual([...(await container.hashes()).keys()], ["there"]);
    for (const args of [
      [join(folder, "one"), container.url(), ...up],
      [container.url("there"), folder, ...down],
      [container.url(), join(folder, "one"), ...down],
    ]) {
      const ended = await user.azcopy(["sync", ...args]);
      assert.equal(ended.exitCode, 1, `${ended}`);
      assert.match(ended.stdout, /different resource types/);
    }
    rmSync(join(folder, "one"));
    mkdirSync(join(folder, "sub"));
  });
});

function notRoot(): string | false {
  return process.getuid?.() === 0 ? false : "runs as another user, which takes root";
}
