import { strict as assert } from "node:assert";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { chaos } from "../fakes/chaos.ts";
import type { ChaosProxy } from "../fakes/chaos-proxy.ts";
import type { Fault } from "../fakes/fault.ts";
import type { RequestKind } from "../fakes/proxied-request.ts";
import type { Ended, User } from "./azcopy.ts";
import { assertSame, type Container, Lab } from "./lab.ts";
import { hashesOf, plant, type Tree } from "./trees.ts";

const MiB = 2 ** 20;
const upload = ["--from-to=LocalBlob", "--block-size-mb=1", "--recursive"];
const download = ["--from-to=BlobLocal", "--block-size-mb=1", "--recursive"];

/** Small files, some of several blocks, one that is empty. */
const tree: Tree = {
  ...Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`d${n % 7}/f${n}`, n * 500])),
  "big/5": 5 * MiB,
  "big/7": 7 * MiB + 1,
  "big/10": 10 * MiB - 1,
  empty: 0,
};
const files = Object.keys(tree).length;

describe("a bad network costs time, never content", () => {
  let lab: Lab;
  let proxy: ChaosProxy;
  let user: User;
  let source: string;
  let planted: Container;
  before(async () => {
    lab = await Lab.open();
    proxy = lab.proxy;
    user = lab.user();
    source = lab.newFolder("source");
    plant(source, tree);
    planted = await lab.container();
    await planted.plant(tree);
  });
  beforeEach(() => proxy.reset());
  after(() => lab.close());

  async function up(...flags: string[]): Promise<{ ended: Ended; container: Container }> {
    const container = await lab.container();
    const words = ["copy", join(source, "*"), container.url(), ...upload, ...flags];
    return { ended: await user.azcopy(words, { environment: patience }), container };
  }

  async function down(...flags: string[]): Promise<{ ended: Ended; folder: string }> {
    const folder = lab.newFolder("copy");
    const words = ["copy", planted.url("*"), folder, ...download, ...flags];
    return { ended: await user.azcopy(words, { environment: patience }), folder };
  }

  /** The first try of some requests of a kind fails: of those about large files and of one in five of the others. */
  const befall = (kind: RequestKind, fault: Fault): void =>
    proxy.add({
      match: (request) => request.kind === kind && request.repeat === 0 && /big|[05]$|^$/.test(request.name),
      times: Number.POSITIVE_INFINITY,
      fault,
    });

  for (const seed of [1, 2]) {
    const rates = { reset: 0.04, gateway: 0.02, throttled: 0.02, short: 0.03, loseReply: 0.04, delay: 0.05 };

    test(`everything at once, up (seed ${seed})`, async () => {
      proxy.add(chaos(seed, rates));
      const { ended, container } = await up();
      assert(proxy.faults > 10, `only ${proxy.faults} faults`);
      assertCompleted(ended);
      await container.assertHolds(source);
    });

    test(`everything at once, down (seed ${seed})`, async () => {
      proxy.add(chaos(seed, rates));
      const { ended, folder } = await down();
      assert(proxy.faults > 10, `only ${proxy.faults} faults`);
      assertCompleted(ended);
      assertSame(hashesOf(folder), hashesOf(source));
    });
  }

  test("a burst of ServerBusy is waited out as long as the service says", async () => {
    const busy: Fault = { fault: "status", status: 503, code: "ServerBusy", retryAfterSeconds: 1 };
    proxy.add({ match: ({ kind }) => kind === "putBlob" || kind === "putBlock", times: 60, fault: busy });
    const { ended, container } = await up();
    assertCompleted(ended);
    await container.assertHolds(source);
  });

  test("a 5xx without an error code, as gateways send it, is tried again", async () => {
    befall("putBlob", { fault: "status", status: 502 });
    befall("putBlock", { fault: "status", status: 500 });
    befall("putBlockList", { fault: "status", status: 504 });
    const sent = await up();
    assertCompleted(sent.ended);
    await sent.container.assertHolds(source);
    befall("listBlobs", { fault: "status", status: 503 });
    befall("getBlob", { fault: "status", status: 502 });
    const received = await down();
    assertCompleted(received.ended);
    assertSame(hashesOf(received.folder), hashesOf(source));
  });

  test("a lost reply to an upload is recognised as the success that it was", async () => {
    befall("putBlob", { fault: "loseReply" });
    befall("putBlock", { fault: "loseReply" });
    befall("putBlockList", { fault: "loseReply" });
    // Under --overwrite=false every repetition meets what the first try has put there.
    const { ended, container } = await up("--overwrite=false");
    assertCompleted(ended);
    await container.assertHolds(source);
  });

  test("bodies that end early or break off are completed from where they stopped", async () => {
    befall("getBlob", { fault: "short", afterBytes: 30_000 });
    proxy.add({
      match: ({ kind, repeat }) => kind === "getBlob" && repeat >= 1 && repeat < 3,
      times: 20,
      fault: { fault: "reset", when: "response", afterBytes: 10_000 },
    });
    const { ended, folder } = await down();
    assertCompleted(ended);
    assertSame(hashesOf(folder), hashesOf(source));
    const content = Object.values(tree).reduce((sum: number, bytes) => sum + Number(bytes), 0);
    const again = proxy.traffic("getBlob").bytesDown - content;
    assert(again < content / 10, `${again} of ${content} bytes came twice`);
  });

  test("connections that stall are given up and tried again", async () => {
    const stall = (when: "request" | "response"): Fault => ({ fault: "stall", when, afterBytes: 5_000 });
    proxy.add({ match: ({ kind }) => kind === "putBlock", times: 2, fault: stall("request") });
    proxy.add({ match: ({ kind }) => kind === "putBlob", times: 2, fault: stall("response") });
    const sent = await up();
    assertCompleted(sent.ended);
    await sent.container.assertHolds(source);
    proxy.add({ match: ({ kind }) => kind === "getBlob", times: 3, fault: stall("response") });
    const received = await down();
    assertCompleted(received.ended);
    assertSame(hashesOf(received.folder), hashesOf(source));
  });

  test("a byte that turned on its way is noticed by the MD5, and nothing wrong is left", async () => {
    const container = await lab.container();
    assertCompleted(await user.azcopy(["copy", join(source, "*"), container.url(), ...upload, "--put-md5"]));
    proxy.add({
      match: ({ kind, name }) => kind === "getBlob" && name === "big/5",
      times: Infinity,
      fault: { fault: "corrupt", when: "response", atByte: 77 },
    });
    const folder = lab.newFolder("copy");
    const ended = await user.azcopy(["copy", container.url("*"), folder, ...download]);
    assert.equal(ended.exitCode, 1);
    assert.equal(ended.status, "CompletedWithErrors");
    assertConserved(ended);
    const expected = hashesOf(source);
    expected.delete("big/5");
    assertSame(hashesOf(folder), expected);
  });
});

/** The shortest time after which a request without progress is given up: AzCopy's own setting, in minutes. */
const patience = { AZCOPY_REQUEST_TRY_TIMEOUT: "0.05" };

function assertCompleted(ended: Ended): void {
  assert.equal(ended.exitCode, 0, String(ended));
  assert.equal(ended.status, "Completed", String(ended));
  assert.equal(ended.number("Number of File Transfers Completed"), files, String(ended));
  assertConserved(ended);
}

/** Every transfer ended in one of the three ways, and once. */
function assertConserved(ended: Ended): void {
  const count = (label: string): number => ended.number(`Number of File Transfers${label}`);
  assert.equal(count(""), files);
  assert.equal(count(""), count(" Completed") + count(" Failed") + count(" Skipped"), String(ended));
}
