import { strict as assert } from "node:assert";
import { appendFileSync, readdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { ChaosProxy } from "../fakes/chaos-proxy.ts";
import type { Ended, User } from "./azcopy.ts";
import { Lab } from "./lab.ts";
import { contentOf, hashesOf, plant, sha256 } from "./trees.ts";

const MiB = 2 ** 20;
const old = "what was there before";
const upload = ["--from-to=LocalBlob", "--block-size-mb=1"];
const download = ["--from-to=BlobLocal", "--block-size-mb=1"];

describe("whatever fails, nothing that was good is harmed", () => {
  let lab: Lab;
  let proxy: ChaosProxy;
  let user: User;
  before(async () => {
    lab = await Lab.open();
    proxy = lab.proxy;
    user = lab.user();
  });
  beforeEach(() => proxy.reset());
  after(() => lab.close());

  for (const status of [400, 403, 409]) {
    test(`a commit refused with ${status} leaves the blob that was there`, async () => {
      const source = lab.newFolder();
      plant(source, { big: 5 * MiB, small: 10 });
      const container = await lab.container();
      await container.put("big", old);
      proxy.add({
        match: ({ kind }) => kind === "putBlockList",
        times: Number.POSITIVE_INFINITY,
        fault: { fault: "status", status, code: "Refused" },
      });
      const ended = await user.azcopy(["copy", `${source}/*`, container.url(), ...upload]);
      assertCounts(ended, { done: 1, failed: 1, skipped: 0 });
      assert.equal((await container.get("big")).toString(), old);
      assert.equal(proxy.traffic("deleteBlob").requests, 0);
    });
  }

  for (const change of ["grows", "shrinks", "is rewritten in place"] as const) {
    test(`a source that ${change} while it is read fails, and the blob that was there stays`, async () => {
      const source = join(lab.newFolder(), "big");
      writeFileSync(source, contentOf("big", 40 * MiB));
      const container = await lab.container();
      await container.put("big", old);
      let letGo = (): void => {};
      const until = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      // One block is held back while the file changes, so that the upload can neither have ended nor not begun.
      proxy.add({ match: ({ kind }) => kind === "putBlock", times: 1, fault: { fault: "hold", until } });
      const running = user.start(["copy", source, container.url("big"), ...upload, "--cap-mbps=400"]);
      await proxy.until(() => proxy.traffic("putBlock").bytesUp > 2 * MiB);
      if (change === "grows") appendFileSync(source, "more");
      if (change === "shrinks") truncateSync(source, 20 * MiB);
      if (change === "is rewritten in place") writeFileSync(source, contentOf("other", 40 * MiB));
      letGo();
      const ended = await running.ended;
      assertCounts(ended, { done: 0, failed: 1, skipped: 0 });
      assert.equal((await container.get("big")).toString(), old);
    });
  }

  test("a blob that is overwritten while it is read fails, and the file that was there stays", async () => {
    const container = await lab.container();
    await container.put("big", contentOf("big", 8 * MiB));
    const folder = lab.newFolder();
    writeFileSync(join(folder, "big"), old);
    let letGo = (): void => {};
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    proxy.add({ match: ({ kind }) => kind === "getBlob", times: 1, fault: { fault: "hold", until } });
    const running = user.start(["copy", container.url("big"), folder, ...download]);
    await proxy.until(() => proxy.traffic("getBlob").bytesDown > 2 * MiB);
    await container.put("big", contentOf("other", 8 * MiB));
    letGo();
    assertCounts(await running.ended, { done: 0, failed: 1, skipped: 0 });
    assert.deepEqual([...hashesOf(folder)], [["big", sha256(Buffer.from(old))]]);
  });

  test("one forbidden blob fails alone", async () => {
    const source = lab.newFolder();
    plant(source, Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, 100])));
    const container = await lab.container();
    proxy.add({
      match: ({ kind, name }) => kind === "putBlob" && name === "f7",
      times: Number.POSITIVE_INFINITY,
      fault: { fault: "status", status: 403, code: "AuthorizationPermissionMismatch" },
    });
    const up = await user.azcopy(["copy", `${source}/*`, container.url(), ...upload]);
    assertCounts(up, { done: 59, failed: 1, skipped: 0 });
    assert.equal((await container.names()).length, 59);

    proxy.reset();
    proxy.add({
      match: ({ kind, name }) => kind === "getBlob" && name === "f9",
      times: Number.POSITIVE_INFINITY,
      fault: { fault: "status", status: 403, code: "AuthorizationPermissionMismatch" },
    });
    const folder = lab.newFolder();
    const down = await user.azcopy(["copy", container.url("*"), folder, ...download]);
    assertCounts(down, { done: 58, failed: 1, skipped: 0 });
    assert.equal(hashesOf(folder).size, 58);
  });

  test("--overwrite=prompt ends when nobody can answer, and overwrites nothing", async () => {
    const source = lab.newFolder();
    plant(source, { a: 5, b: 5 });
    const container = await lab.container();
    await container.put("a", old);
    const words = ["copy", `${source}/*`, container.url(), "--overwrite=prompt", ...upload];
    const ended = await user.azcopy(words, { stdin: "closed" });
    assertCounts(ended, { done: 1, failed: 0, skipped: 1 });
    assert.equal((await container.get("a")).toString(), old);
  });

  test("--overwrite=prompt does as it is told", async () => {
    const source = lab.newFolder();
    plant(source, { a: 5 });
    const container = await lab.container();
    await container.put("a", old);
    for (const [answer, counts] of [
      ["n", { done: 0, failed: 0, skipped: 1 }],
      ["y", { done: 1, failed: 0, skipped: 0 }],
    ] as const) {
      const words = ["copy", `${source}/*`, container.url(), "--overwrite=prompt", ...upload];
      const running = user.start(words, { stdin: "open" });
      while (!running.stdout.includes("Do you wish to overwrite?")) await running.moreOutput();
      running.child.stdin?.write(`${answer}\n`);
      assertCounts(await running.ended, counts);
    }
    await container.assertHolds(source);
  });

  test("existing files and blobs stay under --overwrite=false, and older ones under ifSourceNewer", async () => {
    const source = lab.newFolder();
    plant(source, { a: 5, b: 5 });
    const hourAgo = Date.now() / 1_000 - 3_600;
    utimesSync(join(source, "a"), hourAgo, hourAgo);
    const container = await lab.container();
    await container.put("a", old);
    for (const mode of ["false", "ifSourceNewer"]) {
      await container.client.deleteBlob("b").catch(() => {});
      const up = await user.azcopy([
        "copy",
        `${source}/*`,
        container.url(),
        `--overwrite=${mode}`,
        ...upload,
      ]);
      assert.equal(up.exitCode, 0, String(up));
      assertCounts(up, { done: 1, failed: 0, skipped: 1 });
      assert.equal((await container.get("a")).toString(), old);
    }
    const folder = lab.newFolder();
    writeFileSync(join(folder, "a"), "mine");
    const down = await user.azcopy(["copy", container.url("*"), folder, "--overwrite=false", ...download]);
    assertCounts(down, { done: 1, failed: 0, skipped: 1 });
    assert.equal(hashesOf(folder).get("a"), sha256(Buffer.from("mine")));
  });

  test("no blob name leads out of the destination folder", async () => {
    const container = await lab.container();
    const evil = ["../../evil", "/absolute", "a/../../evil2", "..", "./dot", "a//b", "folder/"];
    for (const name of evil) await container.putRaw(name, "evil");
    await container.put("good", "good");
    const outer = lab.newFolder();
    const folder = join(outer, "one/two");
    const ended = await user.azcopy(["copy", container.url("*"), folder, "--recursive", ...download]);
    assert.equal(ended.exitCode, 1, String(ended));
    assert.equal(ended.number("Total Number of Transfers"), evil.length + 1);
    assertConserved(ended);
    const found = [...hashesOf(outer).keys()];
    assert(found.includes("one/two/good"));
    assert.deepEqual(
      found.filter((name) => !name.startsWith("one/two/")),
      [],
    );
    assert.deepEqual(
      readdirSync("/").filter((name) => name === "absolute" || name.startsWith("evil")),
      [],
    );
  });

  test("two blobs that want one file: one of them fails, and the file is whole", async () => {
    const container = await lab.container();
    await container.put("a", "the file");
    await container.put("a/b", "below it");
    const folder = lab.newFolder();
    const ended = await user.azcopy(["copy", container.url("*"), folder, "--recursive", ...download]);
    assertCounts(ended, { done: 1, failed: 1, skipped: 0 });
    assert.equal(hashesOf(folder).size, 1);
  });

  test("a killed download leaves nothing once its job is removed and another one has run", async () => {
    const owner = lab.user();
    const container = await lab.container();
    await container.plant({
      ...Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, 9])),
      big: 32 * MiB,
    });
    const folder = lab.newFolder();
    const running = owner.start(["copy", container.url("*"), folder, "--cap-mbps=160", ...download]);
    await proxy.until(() => proxy.traffic("getBlob").bytesDown > 12 * MiB);
    const killed = await running.kill("SIGKILL");
    assert.equal(hashesOf(folder).has("big"), false);
    assert.equal((await owner.azcopy(["jobs", "remove", killed.jobId])).exitCode, 0);
    assertCounts(await owner.azcopy(["copy", container.url("f1"), folder, ...download]), {
      done: 1,
      failed: 0,
      skipped: 0,
    });
    assert.deepEqual(
      [...hashesOf(folder).keys()].filter((name) => !/^f\d+$/.test(name)),
      [],
    );
    assert.deepEqual(
      readdirSync(folder).filter((name) => !/^f\d+$/.test(name)),
      [],
    );
  });
});

interface Counts {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
}

function assertCounts(ended: Ended, { done, failed, skipped }: Counts): void {
  assertConserved(ended);
  assert.deepEqual(
    {
      done: ended.number("Number of File Transfers Completed"),
      failed: ended.number("Number of File Transfers Failed"),
      skipped: ended.number("Number of File Transfers Skipped"),
      exitCode: ended.exitCode,
    },
    { done, failed, skipped, exitCode: failed > 0 ? 1 : 0 },
    String(ended),
  );
}

function assertConserved(ended: Ended): void {
  const count = (label: string): number => ended.number(`Number of File Transfers${label}`);
  assert.equal(count(""), count(" Completed") + count(" Failed") + count(" Skipped"), String(ended));
}
