import { strict as assert } from "node:assert";
import { asPath, type Target } from "../../src/backends/backend.ts";
import {
  absent,
  anything,
  awkwardNames,
  conditionCodes,
  neverAborted,
  pathsOf,
  rejectsWith,
  sample,
  targetOf,
  text,
} from "./samples.ts";
import type { DestinationGround } from "./suite.ts";
import { content, deliver, holds, jobId, open, otherJobId, put, versionOf, ways } from "./writing.ts";

/** What every destination promises of objects that appear whole, by title. */
export const destinationTests: Readonly<Record<string, (ground: DestinationGround) => Promise<void>>> = {
  async "put, write: the object appears with all its bytes"(ground) {
    const store = await ground.open(jobId);
    for (const [index, { way, make }] of ways.entries()) {
      await make(store, targetOf(`folder/${way}`, content.length, anything, index));
      await holds(ground, `folder/${way}`, content);
      const entry = await store.stat(asPath(`folder/${way}`), neverAborted);
      assert.equal(entry?.bytes, content.length);
      assert.equal(entry?.kind, "file");
    }
    await store.close();
    assert.deepEqual((await pathsOf(await ground.open(otherJobId))).sort(), ["folder/put", "folder/write"]);
  },

  async "put: an empty object"(ground) {
    const store = await ground.open(jobId);
    await put(store, targetOf("empty", 0), new Uint8Array(0));
    await holds(ground, "empty", new Uint8Array(0));
  },

  async "put: objects of many sizes, many at once"(ground) {
    const store = await ground.open(jobId);
    const sizes = [0, 1, 511, 65_536, 1_048_576, 1_048_577, 3_000_000];
    await Promise.all(
      sizes.map((size, index) =>
        put(store, targetOf(`at-once/${index}`, size, anything, index), sample(size, index)),
      ),
    );
    for (const [index, size] of sizes.entries()) await holds(ground, `at-once/${index}`, sample(size, index));
  },

  async "put, write: expecting anything, they replace what stands there"(ground) {
    const store = await ground.open(jobId);
    for (const [index, { way, make }] of ways.entries()) {
      await ground.place(way, text("what stood before"));
      await make(store, targetOf(way, content.length, anything, index));
      await holds(ground, way, content);
    }
  },

  async "put, write: expecting nothing there, they leave alone what stands there"(ground) {
    const store = await ground.open(jobId);
    for (const [index, { way, make }] of ways.entries()) {
      await make(store, targetOf(`${way}-new`, content.length, absent, 2 * index));
      await holds(ground, `${way}-new`, content);
      await ground.place(way, text("what stood before"));
      await rejectsWith(conditionCodes, () =>
        make(store, targetOf(way, content.length, absent, 2 * index + 1)),
      );
      await holds(ground, way, text("what stood before"));
    }
  },

  async "put, write: expecting a version, they replace that one and no other"(ground) {
    const store = await ground.open(jobId);
    for (const [index, { way, make }] of ways.entries()) {
      await ground.place(way, text("version 1"));
      const version = await versionOf(store, way);
      const target = (step: number): Target =>
        targetOf(way, content.length, { kind: "version", version }, 10 * index + step);
      await ground.place(way, text("version 2"));
      await rejectsWith(["PreconditionFailed"], () => make(store, target(0)));
      await holds(ground, way, text("version 2"));
      await ground.remove(way);
      await rejectsWith(["PreconditionFailed", "NotFound"], () => make(store, target(1)));
      await holds(ground, way, undefined);
      await ground.place(way, text("version 3"));
      const current = await versionOf(store, way);
      await make(store, targetOf(way, content.length, { kind: "version", version: current }, 10 * index + 2));
      await holds(ground, way, content);
    }
  },

  async "settle, suspend, abandon, close: may be called at any time, and again"(ground) {
    const store = await ground.open(jobId);
    await store.settle(neverAborted);
    await put(store, targetOf("put", 4, anything, 0), text("1234"));
    const writer = await open(store, targetOf("written", content.length, anything, 1));
    await writer.settle();
    await deliver(writer, 0);
    await Promise.all([store.settle(neverAborted), store.settle(neverAborted), writer.settle()]);
    await writer.suspend();
    await writer.suspend();
    await writer.settle();
    await writer.abandon();
    await writer.abandon();
    await store.settle(neverAborted);
    await store.close();
    await store.close();
    await holds(ground, "put", text("1234"));
    await holds(ground, "written", undefined);
  },

  async "put, write: awkward names arrive as they are"(ground) {
    const store = await ground.open(jobId);
    for (const [index, name] of awkwardNames.entries()) {
      const { make } = ways[index % 2] as (typeof ways)[number];
      await make(store, targetOf(name, content.length, anything, index));
      await holds(ground, name, content);
      assert.equal((await store.stat(asPath(name), neverAborted))?.bytes, content.length, name);
    }
    assert.deepEqual((await pathsOf(store)).sort(), [...awkwardNames].sort());
  },

  async "put: flat stores keep names that no folder tree can hold"(ground) {
    const store = await ground.open(jobId);
    if (store.traits.folders === "real") return;
    const names = ["a//b", "a/", "/a", "same", "same/below"];
    for (const [index, name] of names.entries())
      await put(store, targetOf(name, 1, anything, index), sample(1, index));
    for (const [index, name] of names.entries()) await holds(ground, name, sample(1, index));
  },
};
