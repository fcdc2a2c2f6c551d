import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { KiB } from "../foundation/units.ts";
import { sizeClass } from "./buffer-pool.ts";
import { Scheduler } from "./scheduler.ts";

const settled = (): Promise<void> => new Promise(setImmediate);

/** Work that lasts until it is told to end. */
function gate(): { readonly work: () => Promise<void>; readonly open: () => void; begun: boolean } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const self = {
    begun: false,
    open: resolve,
    work: (): Promise<void> => {
      self.begun = true;
      return promise;
    },
  };
  return self;
}

test("work gets a buffer of exactly its bytes, and its result comes back", async () => {
  const scheduler = new Scheduler({ memoryBytes: 64 * KiB, blocks: 4, windowBytes: 64 * KiB });
  for (const bytes of [0, 1, 4 * KiB, 5_000, 64 * KiB]) {
    assert.equal(await scheduler.run(bytes, async (buffer) => buffer.length), bytes);
  }
});

test("never are more blocks or bytes under way than the limits allow, all get their turn, and all is given back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 12 }),
      async (seed, blocks, pages) => {
        const dice = new Dice(seed);
        const clock = new SimulatedClock();
        const memoryBytes = pages * 4 * KiB;
        const scheduler = new Scheduler({ memoryBytes, blocks, windowBytes: memoryBytes });
        const lent = new Set<ArrayBufferLike>();
        let bytesUnderWay = 0;
        let ended = 0;
        const one = async (): Promise<void> => {
          await clock.sleep(dice.below(50));
          const bytes = dice.below(20_000);
          const fails = dice.chance(0.2);
          const outcome = scheduler.run(bytes, async (buffer) => {
            assert(!lent.has(buffer.buffer), "two blocks have one buffer");
            lent.add(buffer.buffer);
            bytesUnderWay += sizeClass(bytes);
            assert(lent.size <= blocks, "more blocks than places");
            assert(bytesUnderWay <= memoryBytes || lent.size === 1, "more bytes than memory");
            assert(scheduler.active >= lent.size && scheduler.memoryInUseBytes >= bytesUnderWay);
            await clock.sleep(dice.below(20));
            bytesUnderWay -= sizeClass(bytes);
            lent.delete(buffer.buffer);
            if (fails) throw new Error("the block failed");
          });
          if (fails) await assert.rejects(outcome, /the block failed/);
          else await outcome;
          ended++;
        };
        await clock.run(Promise.all(Array.from({ length: 40 }, one)));
        assert.equal(ended, 40);
        assert.equal(scheduler.active, 0);
        assert.equal(scheduler.memoryInUseBytes, 0);
        assert.equal(scheduler.saturated, false);
        assert(scheduler.memoryPeakBytes >= 4 * KiB);
      },
    ),
    { numRuns: 60 },
  );
});

test("a block that waits for memory holds no place", async () => {
  const scheduler = new Scheduler({ memoryBytes: 8 * KiB, blocks: 2, windowBytes: 8 * KiB });
  const holder = gate();
  const waiter = gate();
  const first = scheduler.run(8 * KiB, holder.work);
  const second = scheduler.run(8 * KiB, waiter.work);
  await settled();
  assert.equal(scheduler.active, 1);
  assert.equal(scheduler.saturated, true);
  assert.equal(waiter.begun, false);
  holder.open();
  await first;
  await settled();
  assert.equal(waiter.begun, true);
  waiter.open();
  await second;
});

test("the window limits bytes below the memory limit, and resize() moves it and the places, never above memory", async () => {
  const scheduler = new Scheduler({ memoryBytes: 16 * KiB, blocks: 1, windowBytes: 4 * KiB });
  const gates = Array.from({ length: 6 }, gate);
  const runs = gates.map(({ work }) => scheduler.run(4 * KiB, work));
  const begun = async (): Promise<number> => {
    await settled();
    return gates.filter((one) => one.begun).length;
  };
  assert.equal(await begun(), 1);
  scheduler.resize({ blocks: 6, windowBytes: 8 * KiB });
  assert.equal(scheduler.blocks, 6);
  assert.equal(await begun(), 2);
  scheduler.resize({ blocks: 6, windowBytes: 1_000 * KiB });
  assert.equal(await begun(), 4, "memory for four");
  scheduler.resize({ blocks: 2, windowBytes: 16 * KiB });
  gates[0]?.open();
  gates[1]?.open();
  assert.equal(await begun(), 4, "two are under way, and there are two places");
  for (const one of gates) one.open();
  await Promise.all(runs);
  assert.equal(scheduler.memoryPeakBytes, 16 * KiB);
});

test("a block larger than the window goes alone", async () => {
  const scheduler = new Scheduler({ memoryBytes: 64 * KiB, blocks: 4, windowBytes: 4 * KiB });
  const small = gate();
  const large = gate();
  const runs = [scheduler.run(1, small.work), scheduler.run(32 * KiB, large.work)];
  await settled();
  assert.deepEqual([small.begun, large.begun], [true, false]);
  small.open();
  await settled();
  assert.equal(large.begun, true);
  large.open();
  await Promise.all(runs);
});

test("cancelling refuses at once who waits for memory that a block under way holds", async () => {
  const scheduler = new Scheduler({ memoryBytes: 4 * KiB, blocks: 2, windowBytes: 4 * KiB });
  const holder = gate();
  const running = scheduler.run(4 * KiB, holder.work);
  const waiting = assert.rejects(scheduler.run(1, holder.work), /cancelled/);
  scheduler.cancel(new Error("cancelled"));
  await waiting;
  assert.equal(scheduler.memoryInUseBytes, 4 * KiB);
  holder.open();
  await running;
});

test("cancelling refuses all who wait, for memory or for a place, and gives back what they held", async () => {
  const scheduler = new Scheduler({ memoryBytes: 12 * KiB, blocks: 1, windowBytes: 12 * KiB });
  const reason = new Error("the job was cancelled");
  const holder = gate();
  const running = scheduler.run(4 * KiB, holder.work);
  const never = (): Promise<void> => assert.fail("begun after the job was cancelled");
  const waiting = [
    scheduler.run(4 * KiB, never),
    scheduler.run(4 * KiB, never),
    scheduler.run(4 * KiB, never),
  ];
  await settled();
  const refusals = Promise.all(waiting.map((one) => assert.rejects(one, reason)));
  scheduler.cancel(reason);
  await refusals;
  await assert.rejects(scheduler.run(1, never), reason);
  assert.equal(scheduler.memoryInUseBytes, 4 * KiB);
  holder.open();
  await running;
  assert.equal(scheduler.memoryInUseBytes, 0);
  assert.equal(scheduler.active, 0);
});
