import { strict as assert } from "node:assert";
import {
  asPath,
  type Block,
  type Destination,
  type Target,
  type Writer,
} from "../../src/backends/backend.ts";
import { blocksOf, neverAborted, sample, sliceOf } from "./samples.ts";
import type { DestinationGround } from "./suite.ts";

export const jobId = "0a1b2c3d-0000-4000-8000-00000000abcd";
export const otherJobId = "0a1b2c3d-0000-4000-8000-00000000ef01";
export const none = {};

const blockBytes = 1_000;
export const content = sample(3 * blockBytes + 17);
export const blocks = blocksOf(content.length, blockBytes);

export async function holds(
  ground: DestinationGround,
  path: string,
  expected: Uint8Array | undefined,
): Promise<void> {
  const found = await ground.content(path);
  if (expected === undefined) assert.equal(found, undefined, `something stands at "${path}"`);
  else assert(found && Buffer.from(found).equals(expected), `"${path}" holds ${found?.length} other bytes`);
}

export const put = (store: Destination, target: Target, bytes: Uint8Array): Promise<void> =>
  store.put(target, bytes, none, neverAborted);

export const open = (store: Destination, target: Target): Promise<Writer> =>
  store.write(target, blocks, neverAborted);

/** Delivers from a buffer that is used again, as the engine's are. */
export async function deliver(writer: Writer, ...indexes: readonly number[]): Promise<void> {
  const buffer = new Uint8Array(blockBytes);
  for (const index of indexes) {
    const block = blocks[index] as Block;
    const bytes = buffer.subarray(0, block.range.length);
    bytes.set(sliceOf(content, block));
    await writer.deliver(block, bytes, neverAborted);
    buffer.fill(0xee);
  }
}

export async function writeAll(store: Destination, target: Target): Promise<void> {
  const writer = await open(store, target);
  await deliver(writer, 0, 1, 2, 3);
  await writer.commit(none, neverAborted);
  await writer.suspend();
}

export async function versionOf(store: Destination, path: string): Promise<string> {
  const version = (await store.stat(asPath(path), neverAborted))?.version;
  assert(version !== undefined, "a destination's entries have a version");
  return version;
}

/** Both ways to make an object appear, for what they promise alike. */
export const ways = [
  { way: "put", make: (store: Destination, target: Target) => put(store, target, content) },
  { way: "write", make: writeAll },
];
