import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, type TestContext, test } from "node:test";
import type { ChaosProxy } from "../fakes/chaos-proxy.ts";
import type { ProxiedRequest } from "../fakes/proxied-request.ts";
import type { Ended } from "./azcopy.ts";
import { assertSame, type Container, Lab } from "./lab.ts";
import { contentOf, hashesOf, plant, randomBytes, sha256 } from "./trees.ts";

const MiB = 2 ** 20;
const bigBytes = 160 * MiB;
/** Slow enough that a kill half-way meets many blocks that are delivered and some that are under way. */
const slow = ["--cap-mbps=160", "--block-size-mb=4"];
const upload = "--from-to=LocalBlob";
const download = "--from-to=BlobLocal";

describe("a job that was killed goes on where it was", () => {
  let lab: Lab;
  let proxy: ChaosProxy;
  before(async () => {
    lab = await Lab.open();
    proxy = lab.proxy;
  });
  beforeEach(() => proxy.reset());
  after(() => lab.close());

  const sent = (): number => proxy.traffic("putBlob", "putBlock").bytesUp;
  const received = (): number => proxy.traffic("getBlob").bytesDown;

  test("one large file up: at most a tenth of it travels twice", async (t) => {
    const user = lab.user();
    const source = lab.newFolder();
    const content = randomBytes(bigBytes, "big");
    writeFileSync(join(source, "big"), content);
    const container = await lab.container();

    const running = user.start(["copy", join(source, "big"), container.url(), upload, ...slow]);
    await proxy.until(() => sent() > bigBytes / 2);
    const killed = await running.kill("SIGKILL");
    assert.equal(killed.signal, "SIGKILL");
    assert.deepEqual(await container.names(), []);

    const resumed = await user.azcopy(["jobs", "resume", killed.jobId, `--destination-sas=${lab.sas}`]);
    assertCompleted(resumed, 1);
    assertSentOnce(t, sent(), bigBytes, 0.1);
    assert.equal(sha256(await container.get("big")), sha256(content));
    await container.client.delete();
  });

  test("one large file down: at most a tenth of it travels twice", async (t) => {
    const user = lab.user();
    const container = await lab.container();
    const content = randomBytes(bigBytes, "big");
    await container.put("big", content);
    const folder = lab.newFolder();
    writeFileSync(join(folder, "big"), "what was there before");

    const running = user.start(["copy", container.url("big"), join(folder, "big"), download, ...slow]);
    await proxy.until(() => received() > bigBytes / 2);
    const killed = await running.kill("SIGKILL");
    assert.equal(hashesOf(folder).get("big"), sha256(Buffer.from("what was there before")));

    const resumed = await user.azcopy(["jobs", "resume", killed.jobId, `--source-sas=?${lab.sas}`]);
    assertCompleted(resumed, 1);
    assertSentOnce(t, received(), bigBytes, 0.1);
    assert.deepEqual([...hashesOf(folder)], [["big", sha256(content)]]);
    await container.client.delete();
  });

  test("thousands of small files, up and then down: at most three in a hundred travel twice", async (t) => {
    const files = 3_000;
    const user = lab.user();
    const source = lab.newFolder("source");
    plant(
      source,
      Object.fromEntries(Array.from({ length: files }, (_, n) => [`d${n % 30}/f${n}`, 1_000 + n])),
    );
    const total = (files * (1_000 + 1_000 + files - 1)) / 2;
    const container = await lab.container();

    const up = user.start(["copy", join(source, "*"), container.url(), "--recursive", upload]);
    await proxy.until(() => sent() > total / 2);
    const upKilled = await up.kill("SIGKILL");
    const upResumed = await user.azcopy(["jobs", "resume", upKilled.jobId, `--destination-sas=${lab.sas}`]);
    assertCompleted(upResumed, files);
    assertSentOnce(t, sent(), total, 0.03);

    const copy = lab.newFolder("copy");
    const down = user.start(["copy", container.url("*"), copy, "--recursive", download]);
    await proxy.until(() => received() > total / 2);
    const downKilled = await down.kill("SIGKILL");
    const downResumed = await user.azcopy(["jobs", "resume", downKilled.jobId, `--source-sas=${lab.sas}`]);
    assertCompleted(downResumed, files);
    assertSentOnce(t, received(), total, 0.03);
    // Nothing else is left in the folder either: no staging, no half-written file.
    assertSame(hashesOf(copy), hashesOf(source));
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal} ends an upload with a summary, and it can be resumed`, async () => {
      const user = lab.user();
      const source = lab.newFolder();
      plant(source, { big: 32 * MiB, small: 100 });
      const container = await lab.container();
      await container.put("big", "what was there before");

      const running = user.start(["copy", `${source}/*`, container.url(), upload, ...slow]);
      await proxy.until(() => sent() > 12 * MiB);
      const cancelled = await running.kill(signal);
      assert.equal(cancelled.exitCode, 1, String(cancelled));
      assert.equal(cancelled.status, "Cancelled");
      assert.equal((await container.get("big")).toString(), "what was there before");
      const shown = await user.azcopy(["jobs", "show", cancelled.jobId]);
      assert.equal(shown.status, "Cancelled");

      const resumed = await user.azcopy(["jobs", "resume", cancelled.jobId, `--destination-sas=${lab.sas}`]);
      assertCompleted(resumed, 2);
      await container.assertHolds(source);
      // What was delivered before the signal is not sent again.
      assert(sent() < 32 * MiB + 8 * MiB, `${sent()} bytes were sent`);
    });
  }

  test("SIGINT ends a download with a summary and without a half-written file, and it can be resumed", async () => {
    const user = lab.user();
    const container = await lab.container();
    await container.plant({ big: 32 * MiB });
    const folder = lab.newFolder();
    const running = user.start(["copy", container.url("big"), join(folder, "big"), download, ...slow]);
    await proxy.until(() => received() > 12 * MiB);
    const cancelled = await running.kill("SIGINT");
    assert.equal(cancelled.exitCode, 1, String(cancelled));
    assert.equal(cancelled.status, "Cancelled");
    assert.equal(hashesOf(folder).has("big"), false);
    const resumed = await user.azcopy(["jobs", "resume", cancelled.jobId, `--source-sas=${lab.sas}`]);
    assertCompleted(resumed, 1);
    assert.deepEqual([...hashesOf(folder)], [["big", sha256(contentOf("big", 32 * MiB))]]);
  });

  test("a kill before the first part is full loses nothing: an upload", async () => {
    const files = 500;
    const user = lab.user();
    const source = lab.newFolder();
    plant(source, Object.fromEntries(Array.from({ length: files }, (_, n) => [`f${n}`, n])));
    const container = await lab.container();
    const running = user.start(["copy", `${source}/*`, container.url(), upload]);
    await proxy.until(() => proxy.traffic("putBlob").requests > 0);
    const killed = await running.kill("SIGKILL");
    const resumed = await user.azcopy(["jobs", "resume", killed.jobId, `--destination-sas=${lab.sas}`]);
    assertCompleted(resumed, files);
    await container.assertHolds(source);
  });

  test("a kill in the middle of the scan loses nothing: a download", async () => {
    const { container, files } = await containerOfPages();
    const user = lab.user();
    const folder = lab.newFolder();
    proxy.pageEntriesMax = 50;
    // The fourth page never comes: the scan is surely unfinished while the first pages are carried out.
    proxy.add({ match: laterPage(3), times: 1, fault: { fault: "hold", until: new Promise(() => {}) } });
    const running = user.start(["copy", container.url("*"), folder, download]);
    await proxy.until(() => proxy.traffic("getBlob").requests >= 100);
    const killed = await running.kill("SIGKILL");
    const gets = proxy.traffic("getBlob").requests;
    assert(gets <= 150, `${gets} blobs were read before the scan went on`);

    const resumed = await user.azcopy(["jobs", "resume", killed.jobId, `--source-sas=${lab.sas}`]);
    assertCompleted(resumed, files);
    assert.equal(hashesOf(folder).size, files);
    assertSame(hashesOf(folder), await container.hashes());
    const again = proxy.traffic("getBlob").requests - files;
    assert(again <= 64, `${again} blobs were read twice`);
  });

  for (const direction of ["up", "down"] as const) {
    test(`a job that is killed again and again is whole in the end: ${direction}`, async () => {
      const user = lab.user();
      const tree = {
        ...Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`d${n % 9}/f${n}`, n * 100])),
        "big/1": 9 * MiB,
        "big/2": 11 * MiB + 7,
      };
      const total = Object.values(tree).reduce((sum, bytes) => sum + bytes, 0);
      const source = lab.newFolder("source");
      plant(source, tree);
      const container = await lab.container();
      const copy = lab.newFolder("copy");
      if (direction === "down") await container.plant(tree);
      const moved = direction === "up" ? sent : received;
      const sas = direction === "up" ? `--destination-sas=${lab.sas}` : `--source-sas=${lab.sas}`;
      let words =
        direction === "up"
          ? [
              "copy",
              join(source, "*"),
              container.url(),
              "--recursive",
              upload,
              "--block-size-mb=1",
              "--put-md5",
            ]
          : ["copy", container.url("*"), copy, "--recursive", download, "--block-size-mb=1"];
      // The second and the fifth run are killed before they have moved anything.
      for (const share of [0.1, 0, 0.2, 0.15, 0, 0.25]) {
        const enough = moved() + share * total;
        const running = user.start([...words, "--cap-mbps=400"]);
        await proxy.until(() => moved() >= enough);
        const killed = await running.kill("SIGKILL");
        if (words[0] === "copy") words = ["jobs", "resume", killed.jobId, sas];
      }
      assertCompleted(await user.azcopy(words), Object.keys(tree).length);
      if (direction === "up") await container.assertHolds(source);
      else assertSame(hashesOf(copy), hashesOf(source));
    });
  }

  test("a second process cannot run the same job at the same time", async () => {
    const user = lab.user();
    const source = lab.newFolder();
    plant(source, { big: 32 * MiB });
    const container = await lab.container();
    const running = user.start(["copy", `${source}/*`, container.url(), upload, ...slow]);
    await proxy.until(() => sent() > 4 * MiB);
    const jobId = /Job ([0-9a-f-]{36}) has started/.exec(running.stdout)?.[1] ?? "";
    const second = await user.azcopy(["jobs", "resume", jobId, `--destination-sas=${lab.sas}`]);
    assert.equal(second.exitCode, 1);
    assert.match(second.stdout, /is being run by another process/);
    assertCompleted(await running.ended, 1);
    await container.assertHolds(source);
  });

  async function containerOfPages(): Promise<{ container: Container; files: number }> {
    const files = 300;
    const container = await lab.container();
    await container.plant(Object.fromEntries(Array.from({ length: files }, (_, n) => [`f${n}`, 100 + n])));
    return { container, files };
  }
});

/** The page after so many others of one listing. */
function laterPage(before: number): (request: ProxiedRequest) => boolean {
  let pages = 0;
  return ({ kind, query }) => kind === "listBlobs" && Boolean(query.get("marker")) && ++pages === before;
}

function assertCompleted(ended: Ended, files: number): void {
  assert.equal(ended.exitCode, 0, String(ended));
  assert.equal(ended.status, "Completed", String(ended));
  assert.equal(ended.number("Total Number of Transfers"), files, String(ended));
  assert.equal(ended.number("Number of File Transfers Completed"), files, String(ended));
}

/** Fails when more than `share` of the content travelled more than once, and when it did not travel at all. */
function assertSentOnce(t: TestContext, bytes: number, total: number, share: number): void {
  const again = (bytes - total) / total;
  t.diagnostic(`${(again * 100).toFixed(2)} % of the bytes travelled twice`);
  assert(again >= 0, `only ${bytes} of ${total} bytes travelled`);
  assert(again <= share, `${(again * 100).toFixed(1)} % of the bytes travelled twice`);
}
