import { strict as assert } from "node:assert";
import type { Block } from "../../src/backends/backend.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import { absent, anything, neverAborted, pathsOf, sliceOf, targetOf, text } from "./samples.ts";
import type { DestinationGround } from "./suite.ts";
import { blocks, content, deliver, holds, jobId, none, open, otherJobId, writeAll } from "./writing.ts";

/** What every destination promises of objects that come in blocks, by title. */
export const writerTests: Readonly<Record<string, (ground: DestinationGround) => Promise<void>>> = {
  async "write: nothing is visible before commit"(ground) {
    const store = await ground.open(jobId);
    await ground.place("standing", text("what stood before"));
    const target = targetOf("new", content.length, anything, 0);
    const writer = await open(store, target);
    const replacing = await open(store, targetOf("standing", content.length, anything, 1));
    await deliver(writer, 0, 1, 2, 3);
    await deliver(replacing, 0, 1, 2, 3);
    await writer.settle();
    await holds(ground, "new", undefined);
    await holds(ground, "standing", text("what stood before"));
    assert.equal(await store.stat(target.path, neverAborted), undefined);
    assert.deepEqual(await pathsOf(store), ["standing"]);
    await writer.commit(none, neverAborted);
    await replacing.commit(none, neverAborted);
    await holds(ground, "new", content);
    await holds(ground, "standing", content);
  },

  async "write: blocks come in any order, at once and twice"(ground) {
    const store = await ground.open(jobId);
    const writer = await open(store, targetOf("object", content.length));
    if (writer.blocksAtOnce > 1) {
      await deliver(writer, 3, 1);
      await Promise.all([deliver(writer, 2), deliver(writer, 0)]);
    } else {
      await deliver(writer, 0, 1, 2, 3);
    }
    await deliver(writer, 3);
    await writer.commit(none, neverAborted);
    await holds(ground, "object", content);
  },

  async "write: many objects at once do not mix"(ground) {
    const store = await ground.open(jobId);
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        writeAll(store, targetOf(`mixed/${index}`, content.length, anything, index)),
      ),
    );
    for (let index = 0; index < 6; index++) await holds(ground, `mixed/${index}`, content);
  },

  async "write: a commit without all blocks fails, and what stood before stands"(ground) {
    const store = await ground.open(jobId);
    await ground.place("object", text("what stood before"));
    for (const [index, delivered] of [
      [0, 1, 2],
      [1, 2, 3],
      [0, 2, 3],
    ].entries()) {
      const writer = await open(store, targetOf("object", content.length, anything, index));
      await deliver(writer, ...delivered);
      await assert.rejects(() => writer.commit(none, neverAborted), StorageError);
      await holds(ground, "object", text("what stood before"));
      await writer.suspend();
    }
  },

  async "write: an abandoned object leaves nothing, and what stood before stands"(ground) {
    const store = await ground.open(jobId);
    await ground.place("standing", text("what stood before"));
    for (const [index, path] of ["standing", "new"].entries()) {
      const target = targetOf(path, content.length, anything, index);
      const writer = await open(store, target);
      await deliver(writer, 0, 2);
      await writer.abandon();
      await writer.suspend();
      await holds(ground, path, path === "new" ? undefined : text("what stood before"));
      const again = await open(store, target);
      await deliver(again, 0, 1, 2, 3);
      await again.commit(none, neverAborted);
      await holds(ground, path, content);
    }
    await store.close();
  },

  async "delivered: abandoned blocks are gone"(ground) {
    const store = await ground.open(jobId);
    const target = targetOf("object", content.length);
    const writer = await open(store, target);
    await deliver(writer, 0, 1, 2, 3);
    await writer.abandon();
    const held = await (await open(await ground.open(jobId), target)).delivered(neverAborted);
    assert(held !== "committed" && held.size === 0, "the abandoned blocks are still there");
  },

  async "delivered: a new object has none"(ground) {
    const store = await ground.open(jobId);
    const writer = await open(store, targetOf("object", content.length));
    const held = await writer.delivered(neverAborted);
    assert(held !== "committed" && held.size === 0);
    await writer.abandon();
  },

  async "delivered: after a crash a new instance finds the blocks, and completes the object"(ground) {
    for (const [index, last] of (["crash", "suspend"] as const).entries()) {
      const target = targetOf(last, content.length, anything, index);
      const before = await open(await ground.open(jobId), target);
      await deliver(before, 2, 0);
      if (last === "suspend") await before.suspend();
      const after = await open(await ground.open(jobId), target);
      const held = await after.delivered(neverAborted);
      assert(held !== "committed");
      assert(held.has(0) && held.has(2) && !held.has(3), `held: ${[...held]}`);
      await holds(ground, last, undefined);
      await deliver(after, 1, 3);
      await after.commit(none, neverAborted);
      await after.suspend();
      await before.suspend();
      await holds(ground, last, content);
    }
  },

  async "delivered: other transfers and other jobs do not count"(ground) {
    const store = await ground.open(jobId);
    const writer = await open(store, targetOf("object", content.length, anything, 0));
    await deliver(writer, 0, 1, 2, 3);
    await writer.suspend();
    for (const [id, path, index] of [
      [jobId, "another", 1],
      [otherJobId, "object", 0],
    ] as const) {
      const other = await open(await ground.open(id), targetOf(path, content.length, anything, index));
      const held = await other.delivered(neverAborted);
      assert(held !== "committed" && held.size === 0, `held: ${held === "committed" ? held : [...held]}`);
      await other.suspend();
    }
  },

  async "delivered: after a commit that was not noted, the resumed job ends with the object whole"(ground) {
    const target = targetOf("object", content.length);
    await writeAll(await ground.open(jobId), target);
    const writer = await open(await ground.open(jobId), target);
    const held = await writer.delivered(neverAborted);
    if (held !== "committed") {
      await deliver(writer, ...[0, 1, 2, 3].filter((index) => !held.has(index)));
      await writer.commit(none, neverAborted);
    }
    await writer.suspend();
    await holds(ground, "object", content);
  },

  async "readBack: gives what was delivered, or says that it cannot"(ground) {
    const store = await ground.open(jobId);
    const writer = await open(store, targetOf("object", content.length));
    await deliver(writer, 0, 1, 2, 3);
    for (const block of [blocks[3], blocks[1]] as Block[]) {
      const into = new Uint8Array(block.range.length);
      const error = await writer.readBack(block, into, neverAborted).catch((thrown: unknown) => thrown);
      if (error === undefined) assert(Buffer.from(into).equals(sliceOf(content, block)));
      else assert.equal((error as StorageError).code, "Unsupported");
    }
    await writer.abandon();
  },

  async "commit: a repeated one succeeds"(ground) {
    const store = await ground.open(jobId);
    for (const [index, expect] of [anything, absent].entries()) {
      const writer = await open(store, targetOf(`object-${index}`, content.length, expect, index));
      await deliver(writer, 0, 1, 2, 3);
      await writer.commit(none, neverAborted);
      await writer.commit(none, neverAborted);
      await writer.suspend();
      await holds(ground, `object-${index}`, content);
    }
  },
};
