import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import type { Traits } from "../backends/backend.ts";
import { KiB, MiB } from "../foundation/units.ts";
import { type BlockRules, blockBytesFor, blocksOf, defaultBlockBytes } from "./block-plan.ts";

const blob: Traits = {
  order: "utf8",
  folders: "virtual",
  caseSensitive: true,
  blockBytesMax: 4_000 * MiB,
  blockCountMax: 50_000,
  putBytesMax: 5_000 * MiB,
};
const disk: Traits = {
  ...blob,
  blockBytesMax: Number.MAX_SAFE_INTEGER,
  blockCountMax: Number.MAX_SAFE_INTEGER,
  putBytesMax: Number.MAX_SAFE_INTEGER,
};
const automatic: BlockRules = { blockBytes: undefined, putBytes: undefined };
const rules = (blockBytes: number | undefined, putBytes?: number): BlockRules => ({ blockBytes, putBytes });

const count = 50_000;
const largest = count * 4_000 * MiB;

test("the automatic block size is that of semantics 4.1, on both sides of every edge", () => {
  assert.equal(defaultBlockBytes, 8 * MiB);
  const table: readonly (readonly [bytes: number, blockBytes: number])[] = [
    [8 * MiB + 1, 8 * MiB],
    [count * 8 * MiB - 1, 8 * MiB],
    [count * 8 * MiB, 16 * MiB],
    [count * 16 * MiB - 1, 16 * MiB],
    [count * 16 * MiB, 32 * MiB],
    [count * 32 * MiB, 64 * MiB],
    [count * 64 * MiB, 128 * MiB],
    [count * 128 * MiB - 1, 128 * MiB],
    [count * 128 * MiB, 256 * MiB],
    [count * 256 * MiB - 1, 256 * MiB],
    [count * 256 * MiB, 256 * MiB],
    [count * 256 * MiB + 1, 256 * MiB + 1],
    [count * 300 * MiB, 300 * MiB],
    [count * 300 * MiB + 1, 300 * MiB + 1],
    [count * 3_999 * MiB, 3_999 * MiB],
    [largest - 1, 4_000 * MiB],
    [largest, 4_000 * MiB],
    [largest + 1, 4_000 * MiB],
  ];
  for (const [bytes, blockBytes] of table) {
    assert(Number.isSafeInteger(bytes));
    assert.equal(blockBytesFor(bytes, automatic, blob), blockBytes, `${bytes} bytes`);
  }
});

test("the largest object has exactly the most blocks, and its offsets are exact", () => {
  const blocks = blocksOf(largest, blockBytesFor(largest, automatic, blob));
  assert.equal(blocks.length, count);
  const last = blocks.at(-1);
  assert(last !== undefined && Number.isSafeInteger(last.range.offset));
  assert.deepEqual(last.range, { offset: largest - 4_000 * MiB, length: 4_000 * MiB });
});

test("any size up to the largest fits into the blocks that the store takes, automatically", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: largest }), (bytes) => {
      const blockBytes = blockBytesFor(bytes, automatic, blob);
      assert(Number.isSafeInteger(blockBytes) && blockBytes <= blob.blockBytesMax);
      assert(Math.ceil(bytes / blockBytes) <= blob.blockCountMax);
      assert(bytes <= defaultBlockBytes === bytes <= blockBytes, "in one piece up to 8 MiB, and only then");
    }),
    { numRuns: 2_000 },
  );
});

test("a disk takes any number of blocks: they stay at the default size", () => {
  for (const bytes of [1, 9 * MiB, largest, Number.MAX_SAFE_INTEGER]) {
    assert.equal(blockBytesFor(bytes, automatic, disk), 8 * MiB);
  }
});

test("an object up to the block size travels in one piece, and a larger one does not", () => {
  for (const blockBytes of [1, 256 * KiB, 8 * MiB, 4_000 * MiB]) {
    assert(blockBytesFor(0, rules(blockBytes), blob) >= 0);
    assert(blockBytesFor(blockBytes, rules(blockBytes), blob) >= blockBytes);
    assert.equal(blockBytesFor(blockBytes + 1, rules(blockBytes), blob), blockBytes);
    assert.equal(
      blockBytesFor(1_000 * blockBytes, rules(blockBytes), blob),
      blockBytes,
      "as it was asked for",
    );
  }
});

test("--put-blob-size-mb decides what travels in one piece, above the block size and below it", () => {
  const wide = rules(8 * MiB, 64 * MiB);
  assert(blockBytesFor(20 * MiB, wide, blob) >= 20 * MiB);
  assert(blockBytesFor(64 * MiB, wide, blob) >= 64 * MiB);
  assert.equal(blockBytesFor(64 * MiB + 1, wide, blob), 8 * MiB);
  const narrow = rules(8 * MiB, 1 * MiB);
  assert(blockBytesFor(1 * MiB, narrow, blob) >= 1 * MiB);
  for (const bytes of [1 * MiB + 1, 5 * MiB, 8 * MiB]) {
    const blockBytes = blockBytesFor(bytes, narrow, blob);
    assert(blockBytes < bytes && blocksOf(bytes, blockBytes).length >= 2, `${bytes} bytes go in blocks`);
  }
  assert.equal(blockBytesFor(9 * MiB, narrow, blob), 8 * MiB);
  assert.equal(blockBytesFor(5_000 * MiB, rules(undefined, 9_000 * MiB), blob), 5_000 * MiB);
  assert.equal(
    blockBytesFor(5_000 * MiB + 1, rules(undefined, 9_000 * MiB), blob),
    8 * MiB,
    "no put is larger",
  );
});

test("blocks cover the object exactly, in order", () => {
  const sizes = fc.oneof(
    fc.record({ blockBytes: fc.integer({ min: 1, max: 20 }), bytes: fc.integer({ min: 2, max: 300 }) }),
    fc
      .record({
        blockBytes: fc.integer({ min: MiB, max: 4_000 * MiB }),
        blocks: fc.integer({ min: 1, max: 2_000 }),
        rest: fc.nat(),
      })
      .map(({ blockBytes, blocks, rest }) => ({
        blockBytes,
        bytes: blockBytes * blocks + (rest % blockBytes),
      })),
  );
  fc.assert(
    fc.property(sizes, ({ blockBytes, bytes }) => {
      fc.pre(bytes > blockBytes);
      let offset = 0;
      for (const [n, { index, range }] of blocksOf(bytes, blockBytes).entries()) {
        assert.equal(index, n);
        assert.equal(range.offset, offset);
        assert(range.length > 0 && range.length <= blockBytes);
        assert(range.length === blockBytes || offset + range.length === bytes, "only the last is shorter");
        offset += range.length;
      }
      assert.equal(offset, bytes);
    }),
    { numRuns: 300 },
  );
});

test("an object of one block has no blocks, and asking for them is a programmer's error", () => {
  assert.throws(() => blocksOf(8, 8), assert.AssertionError);
  assert.throws(() => blocksOf(8, 0), assert.AssertionError);
});

test("whatever is asked for, an object travels in one piece or in blocks that can be cut", () => {
  const option = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.nat({ max: 60 }),
      option,
      option,
      fc.integer({ min: 1, max: 50 }),
      (bytes, blockBytes, putBytes, putBytesMax) => {
        const size = blockBytesFor(bytes, rules(blockBytes, putBytes), { ...blob, putBytesMax });
        const whole = bytes <= Math.min(putBytes ?? blockBytes ?? defaultBlockBytes, putBytesMax);
        assert.equal(bytes <= size, whole);
        if (!whole) assert.equal(blocksOf(bytes, size).at(-1)?.index, Math.ceil(bytes / size) - 1);
      },
    ),
    { numRuns: 2_000 },
  );
});
