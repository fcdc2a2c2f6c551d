import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { ChaosProxy } from "../fakes/chaos-proxy.ts";
import type { Ended, StartOptions, User } from "./azcopy.ts";
import { type Container, Lab } from "./lab.ts";
import { hashesOf, plant } from "./trees.ts";

const MiB = 2 ** 20;
const upload = "--from-to=LocalBlob";
const download = "--from-to=BlobLocal";
const slow = ["--cap-mbps=160", "--block-size-mb=1"];
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? false : "only root can mount a small disk";
const needsSetpriv =
  isRoot && !existsSync("/usr/bin/setpriv")
    ? "root may do everything, and setpriv, which would help, is missing"
    : false;

describe("bad input is refused in one clear line, and touches nothing", () => {
  let lab: Lab;
  let proxy: ChaosProxy;
  let user: User;
  let container: Container;
  let source: string;
  before(async () => {
    lab = await Lab.open();
    proxy = lab.proxy;
    user = lab.user();
    source = lab.newFolder("source");
    plant(source, { "a.txt": 10, "sub/b.txt": 10 });
  });
  beforeEach(async () => {
    proxy.reset();
    container = await lab.container();
  });
  after(() => lab.close());

  /** Somebody whose folders may be written even without root's rights. */
  function poorUser(): User {
    const user = lab.user();
    for (const folder of [user.home, user.logs, user.plans]) if (isRoot) chownSync(folder, nobody, nobody);
    return user;
  }

  const withoutRights = (): StartOptions => (isRoot ? { userId: nobody, file: lab.publicBinary() } : {});

  async function refuses(words: readonly string[], line: RegExp): Promise<Ended> {
    const ended = await user.azcopy(words);
    assert.equal(ended.exitCode, 1, String(ended));
    assert.equal(ended.complaints.length, 1, String(ended));
    assert.match(ended.complaints[0] ?? "", line);
    return ended;
  }

  test("a local source that does not exist", async () => {
    await refuses(
      ["copy", join(source, "nope"), container.url(), upload],
      /nope.*no such file or directory/i,
    );
    await refuses(["copy", join(source, "nope"), container.url(), upload, "--recursive"], /nope/);
    assert.deepEqual(await container.names(), []);
  });

  test("a blob that does not exist", async () => {
    const folder = lab.newFolder();
    await refuses(
      ["copy", container.url("nope"), join(folder, "x"), download],
      /nope|not found|does not exist/i,
    );
    await refuses(
      ["copy", container.url("nope/"), folder, download, "--recursive"],
      /nope|not found|does not exist/i,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  test("a container that does not exist, as source and as destination", async () => {
    const folder = lab.newFolder();
    await refuses(["copy", lab.url("missing"), folder, download, "--recursive"], /missing.*(not|exist)/i);
    assert.deepEqual(readdirSync(folder), []);
    const ended = await user.azcopy(["copy", source, lab.url("missing"), upload, "--recursive"]);
    assert.equal(ended.exitCode, 1, String(ended));
    assert.match(ended.stdout, /container/i);
    assert(proxy.traffic("putBlob", "putBlock").requests <= 1, "every file was tried");
  });

  test("a wildcard that matches nothing", async () => {
    await refuses(["copy", join(source, "*.nope"), container.url(), upload], /\*\.nope/);
    assert.deepEqual(await container.names(), []);
  });

  test("both sides local, both sides remote without meaning, and addresses of no known service", async () => {
    const folder = lab.newFolder();
    const unknown = /could not be identified|not supported|infer/i;
    await refuses(["copy", source, folder, "--recursive"], unknown);
    await refuses(["copy", source, container.url(), "--recursive"], unknown);
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(await container.names(), []);
  });

  const badFlags: readonly (readonly [flag: string, line: RegExp])[] = [
    ["--block-size-mb=abc", /invalid argument "abc" for "--block-size-mb"/],
    ["--block-size-mb=0.3", /0\.3|block size/i],
    ["--recursive=yes", /invalid argument "yes" for "--recursive"/],
    ["--overwrite=perhaps", /perhaps/],
    ["--check-md5=maybe", /maybe/],
    ["--nosuch", /unknown flag: --nosuch/],
    ["--from-to=LocalMoon", /LocalMoon/],
    ["--cap-mbps=fast", /invalid argument "fast" for "--cap-mbps"/],
    ["--log-level=loud", /loud/],
    ["--output-type=xml", /xml/],
    ["--list-of-files=x", /--list-of-files is known but not available in this version yet/],
  ];
  for (const [flag, line] of badFlags) {
    test(`a bad flag: ${flag}`, async () => {
      const ended = await user.azcopy(["copy", source, container.url(), "--recursive", upload, flag]);
      assert.equal(ended.exitCode, 1, String(ended));
      assert.match(ended.stdout, line);
      assert.deepEqual(await container.names(), []);
    });
  }

  test("the wrong number of arguments", async () => {
    for (const words of [["copy"], ["copy", "a", "b", "c"], ["jobs", "show"], ["jobs", "resume"]]) {
      const ended = await user.azcopy(words);
      assert.equal(ended.exitCode, 1, String(ended));
      assert.notEqual(ended.complaints.length, 0);
    }
  });

  test("a signature that is wrong or has expired", async () => {
    const expired = lab.expiredSas();
    const careful = lab.user(expired);
    const wrong = lab.sas.replace(/sig=[^&]+/, "sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D");
    const folder = lab.newFolder();
    await container.put("blob", "content");
    for (const sas of [expired, wrong]) {
      const up = await careful.azcopy(["copy", source, container.url("", sas), upload, "--recursive"]);
      assert.equal(up.exitCode, 1, String(up));
      assert.match(up.stdout, /authenticat|authoriz|signature|SAS/i);
      const down = await careful.azcopy(["copy", container.url("*", sas), folder, download]);
      assert.equal(down.exitCode, 1, String(down));
      assert.match(down.stdout, /authenticat|authoriz|signature|SAS/i);
    }
    assert.deepEqual(await container.names(), ["blob"]);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("two blobs for one file: the one that would have to change its name fails", async () => {
    await container.putRaw("a//b", "changed");
    await container.put("a/b", "kept");
    const folder = lab.newFolder();
    const ended = await user.azcopy(["copy", container.url("*"), folder, "--recursive", download]);
    assert.equal(ended.exitCode, 1, String(ended));
    assert.equal(ended.status, "CompletedWithErrors");
    assert.equal(ended.number("Number of File Transfers Failed"), 1);
    assert.equal(readFileSync(join(folder, "a/b"), "utf8"), "kept");
    assert.equal(hashesOf(folder).size, 1);
  });

  test("a file that is listed twice arrives once", async () => {
    const words = ["copy", source, container.url(), "--recursive", "--include-path=sub;sub/b.txt", upload];
    const ended = await user.azcopy(words);
    assert.equal(ended.exitCode, 0, String(ended));
    assert.equal(ended.number("Total Number of Transfers"), 1);
    await container.assertHolds(join(source, "sub"), `${basename(source)}/sub/`);
  });

  test("a folder that may not be read is counted and reported, and the rest arrives", {
    skip: needsSetpriv,
  }, async () => {
    const tree = lab.newFolder("tree");
    plant(tree, { "good/a": 1, "closed/b": 1, c: 1 });
    chmodSync(tree, 0o755);
    chmodSync(join(tree, "closed"), 0);
    const poor = poorUser();
    const words = ["copy", join(tree, "*"), container.url(), "--recursive", upload];
    const ended = await poor.azcopy(words, withoutRights());
    chmodSync(join(tree, "closed"), 0o700);
    assert.equal(ended.exitCode, 1, String(ended));
    assert.equal(ended.status, "CompletedWithErrors");
    assert.equal(ended.number("Number of File Transfers Completed"), 2);
    assert.equal(ended.number("Number of File Transfers Failed"), 1);
    assert.match(logOf(poor, ended), /closed/);
    assert.deepEqual(await container.names(), ["c", "good/a"]);
  });

  test("a destination that may not be written", { skip: needsSetpriv }, async () => {
    await container.put("a", "content");
    const folder = lab.newFolder();
    chmodSync(folder, 0o555);
    const poor = poorUser();
    const words = ["copy", container.url("a"), folder, download];
    const ended = await poor.azcopy(words, withoutRights());
    assert.equal(ended.exitCode, 1, String(ended));
    assert.match(ended.stdout + logOf(poor, ended), /permission denied|EACCES/i);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("a disk that is full", { skip: needsRoot }, async (t) => {
    const disk = lab.newFolder("disk");
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], { stdio: "pipe" });
    } catch {
      t.skip("this system does not let root mount a tmpfs");
      return;
    }
    try {
      writeFileSync(join(disk, "mine"), "mine");
      await container.plant({ big: 12 * MiB, small: 100 });
      const ended = await user.azcopy(["copy", container.url("*"), disk, download, "--block-size-mb=1"]);
      assert.equal(ended.exitCode, 1, String(ended));
      assert.match(ended.stdout + logOf(user, ended), /no space left|disk.* full|ENOSPC/i);
      assert.equal(readFileSync(join(disk, "mine"), "utf8"), "mine");
      assert.equal(hashesOf(disk).has("big"), false);
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  describe("when a job is to be resumed", () => {
    test("an id that is unknown, or none at all", async () => {
      const sas = `--destination-sas=${lab.sas}`;
      const unknown = "00000000-1111-2222-3333-444444444444";
      await refuses(
        ["jobs", "resume", unknown, sas],
        new RegExp(`${unknown}.*(not exist|invalid|no job)`, "i"),
      );
      const none = await user.azcopy(["jobs", "resume", "no-id", sas]);
      assert.equal(none.exitCode, 1, String(none));
      assert.equal((await user.azcopy(["jobs", "show", unknown])).exitCode, 1);
    });

    async function killedJob(): Promise<{ owner: User; jobId: string; big: string }> {
      const owner = lab.user();
      const big = lab.newFolder("big");
      plant(big, {
        big: 16 * MiB,
        ...Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, n])),
      });
      const running = owner.start(["copy", `${big}/*`, container.url(), upload, ...slow]);
      await proxy.until(() => proxy.traffic("putBlock").bytesUp > 4 * MiB);
      return { owner, jobId: (await running.kill("SIGKILL")).jobId, big };
    }

    test("a signature is missing, or has expired: the job stays as it is", async () => {
      const { owner, jobId, big } = await killedJob();
      proxy.reset();
      const missing = await owner.azcopy(["jobs", "resume", jobId]);
      assert.equal(missing.exitCode, 1, String(missing));
      assert.match(missing.stdout, /destination-sas/);
      const expired = lab.expiredSas();
      const refused = await owner.azcopy(["jobs", "resume", jobId, `--destination-sas=${expired}`]);
      assert.equal(refused.exitCode, 1, String(refused));
      assert.match(refused.stdout, /authenticat|authoriz|signature|SAS|expired/i);
      assert.equal(proxy.traffic("putBlob", "putBlock", "putBlockList").accepted, 0);
      const good = await owner.azcopy(["jobs", "resume", jobId, `--destination-sas=${lab.sas}`]);
      assert.equal(good.exitCode, 0, String(good));
      await container.assertHolds(big);
    });

    test("a plan that is damaged in the middle is not followed", async () => {
      const { owner, jobId } = await killedJob();
      proxy.reset();
      const part = join(owner.plans, jobId, "part-00000.log");
      const lines = readFileSync(part, "utf8").split("\n");
      lines[5] = (lines[5] ?? "").replace(/\d/, (digit) => String((Number(digit) + 1) % 10));
      writeFileSync(part, lines.join("\n"));
      const ended = await owner.azcopy(["jobs", "resume", jobId, `--destination-sas=${lab.sas}`]);
      assert.equal(ended.exitCode, 1, String(ended));
      assert.match(ended.stdout, /damaged/);
      assert.equal(proxy.traffic("putBlob", "putBlock", "putBlockList").requests, 0);
    });

    test("a plan whose last line was torn is followed", async () => {
      const { owner, jobId, big } = await killedJob();
      const part = join(owner.plans, jobId, "part-00000.log");
      writeFileSync(part, readFileSync(part).subarray(0, -7));
      const ended = await owner.azcopy(["jobs", "resume", jobId, `--destination-sas=${lab.sas}`]);
      assert.equal(ended.exitCode, 0, String(ended));
      await container.assertHolds(big);
    });

    test("a header that is damaged is refused", async () => {
      const { owner, jobId } = await killedJob();
      writeFileSync(join(owner.plans, jobId, "job.json"), "{");
      const ended = await owner.azcopy(["jobs", "resume", jobId, `--destination-sas=${lab.sas}`]);
      assert.equal(ended.exitCode, 1, String(ended));
      assert.match(ended.stdout, /damaged/);
    });
  });
});

const logOf = (user: User, ended: Ended): string =>
  readFileSync(join(user.logs, `${ended.jobId}.log`), "utf8");
