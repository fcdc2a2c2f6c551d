import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import type { Block } from "../backends/backend.ts";
import { blocksOf } from "./block-plan.ts";
import { type FetchBlock, md5Of, OrderedDigest } from "./ordered-digest.ts";

const expected = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("base64");

const contentOf = (bytes: Uint8Array, { range }: Block): Uint8Array =>
  bytes.subarray(range.offset, range.offset + range.length);

test("md5Of() is the MD5 in base64", () => {
  assert.equal(md5Of(new Uint8Array()), "1B2M2Y8AsgTpgAmY7PhCfg==");
  assert.equal(md5Of(Buffer.from("abc")), "kAFQmDzST7DWlj99KOF/cg==");
});

const object = fc.record({
  bytes: fc.uint8Array({ minLength: 2, maxLength: 200 }),
  blockBytes: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
  lanes: fc.integer({ min: 1, max: 8 }),
  skips: fc.constantFrom(0, 0.3, 1),
  failures: fc.constantFrom(0, 0, 0.2),
});

/**
 * Blocks pass in any order from several lanes, each of which catches up at times, as run-transfer.ts does; some are
 * never sent, since an earlier run delivered them; fetching takes its time, and may fail.
 */
test("in whatever order blocks pass, the digest is that of the whole, and nothing is fetched before it passed", async () => {
  await fc.assert(
    fc.asyncProperty(object, async ({ bytes, blockBytes, seed, lanes, skips, failures }) => {
      fc.pre(bytes.length > blockBytes);
      const dice = new Dice(seed);
      const clock = new SimulatedClock();
      const blocks = blocksOf(bytes.length, blockBytes);
      const digest = new OrderedDigest(blocks);
      const passed = new Set<number>();
      let fetching = 0;
      const fetch: FetchBlock = async (block, into) => {
        assert(passed.has(block.index), `block ${block.index} is fetched, and has not passed`);
        assert.equal(into.length, block.range.length);
        assert.equal(++fetching, 1, "one catches up at a time");
        await clock.sleep(dice.below(10));
        fetching--;
        if (dice.chance(failures)) throw new Error("the fetch failed");
        into.set(contentOf(bytes, block));
      };
      const catchUp = async (): Promise<void> => {
        // Whoever fetches may be refused: what was hashed before stays hashed, and the next one goes on.
        await digest.catchUp(new Uint8Array(blockBytes), fetch).catch((error: Error) => {
          assert.equal(error.message, "the fetch failed");
        });
      };
      const sent = blocks.filter((block) => {
        if (!dice.chance(skips)) return true;
        passed.add(block.index);
        digest.skip(block);
        return false;
      });
      const waiting = sent.toSorted(() => dice.next() - 0.5);
      const lane = async (): Promise<void> => {
        for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
          const buffer = new Uint8Array(contentOf(bytes, block));
          await clock.sleep(dice.below(10));
          passed.add(block.index);
          digest.pass(block, buffer);
          // The buffer is somebody else's from here on.
          buffer.fill(0xee);
          if (dice.chance(0.6)) await catchUp();
        }
      };
      await clock.run(Promise.all(Array.from({ length: lanes }, lane)));
      for (let tries = 0; !digest.complete && tries < 1_000; tries++) await clock.run(catchUp());
      assert.equal(digest.end(), expected(bytes));
    }),
    { numRuns: 300 },
  );
});

test("blocks that pass in their turn are never fetched", async () => {
  const bytes = new Dice(1).bytes(100);
  const blocks = blocksOf(100, 7);
  const digest = new OrderedDigest(blocks);
  for (const block of blocks) {
    digest.pass(block, contentOf(bytes, block));
    await digest.catchUp(new Uint8Array(7), async () => assert.fail("fetched"));
  }
  assert.equal(digest.end(), expected(bytes));
});

test("a block that passes while another is being read back is not lost", async () => {
  const bytes = new Dice(2).bytes(30);
  const blocks = blocksOf(30, 10);
  const [first, second, third] = blocks;
  assert(first && second && third);
  const digest = new OrderedDigest(blocks);
  const fetched: number[] = [];
  const { promise: read, resolve: endRead } = Promise.withResolvers<void>();
  const fetch: FetchBlock = async (block, into) => {
    fetched.push(block.index);
    await read;
    into.set(contentOf(bytes, block));
  };
  digest.pass(second, contentOf(bytes, second));
  digest.pass(first, contentOf(bytes, first));
  const catchingUp = digest.catchUp(new Uint8Array(10), fetch);
  digest.pass(third, contentOf(bytes, third));
  await digest.catchUp(new Uint8Array(10), async () => assert.fail("two catch up at once"));
  assert.equal(digest.complete, false);
  endRead();
  await catchingUp;
  assert.deepEqual(fetched, [1, 2]);
  assert.equal(digest.end(), expected(bytes));
});

test("a block that passes a second time while it is being read back is hashed once", async () => {
  const bytes = new Dice(3).bytes(20);
  const blocks = blocksOf(20, 10);
  const [first, second] = blocks;
  assert(first && second);
  const digest = new OrderedDigest(blocks);
  digest.pass(second, contentOf(bytes, second));
  digest.pass(first, contentOf(bytes, first));
  await digest.catchUp(new Uint8Array(10), async (block, into) => {
    digest.pass(second, contentOf(bytes, second));
    into.set(contentOf(bytes, block));
  });
  assert.equal(digest.end(), expected(bytes));
});

test("a digest of an object that was not wholly read is a programmer's error", () => {
  const blocks = blocksOf(20, 10);
  const digest = new OrderedDigest(blocks);
  const [first, second] = blocks;
  assert(first && second);
  digest.pass(second, new Uint8Array(10));
  assert.equal(digest.complete, false);
  assert.throws(() => digest.end(), /not wholly read/);
});
