import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { eachConcurrently } from "./each.ts";

/** Items that tell how many were taken, and whether the iterator was given back. */
class Items {
  taken = 0;
  returned = 0;
  readonly #count: number;
  readonly #beforeNext: () => Promise<void>;

  constructor(count: number, beforeNext: () => Promise<void> = async () => {}) {
    this.#count = count;
    this.#beforeNext = beforeNext;
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: async () => {
        const value = this.taken++;
        await this.#beforeNext();
        if (value < this.#count) return { done: false, value };
        this.taken = this.#count;
        return { done: true, value: undefined };
      },
      return: async () => {
        this.returned++;
        return { done: true, value: undefined };
      },
    };
  }
}

test("every item is worked on once, at most `width` at a time, and no item is taken before a place is free", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      async (count, width, seed) => {
        const dice = new Dice(seed);
        const clock = new SimulatedClock();
        const items = new Items(count, () => clock.sleep(dice.below(3)));
        const done: number[] = [];
        let running = 0;
        let runningMost = 0;
        const work = async (item: number): Promise<void> => {
          runningMost = Math.max(runningMost, ++running);
          assert(items.taken - done.length <= width, "an item was taken, and nobody was free for it");
          await clock.sleep(dice.below(20));
          running--;
          done.push(item);
        };
        await clock.run(eachConcurrently(items, width, work));
        assert.deepEqual(
          done.toSorted((a, b) => a - b),
          [...Array(count).keys()],
        );
        assert(runningMost <= width, `${runningMost} at once`);
        if (count >= 4 * width) assert.equal(runningMost, width, "the width is made use of");
      },
    ),
    { numRuns: 150 },
  );
});

test("iterables that are not asynchronous do as well, and a generator is asked for one item at a time", async () => {
  const clock = new SimulatedClock();
  let made = 0;
  function* numbers(): Generator<number> {
    for (let n = 0; n < 10; n++) {
      made++;
      yield n;
    }
  }
  const seen: number[] = [];
  const work = async (item: number): Promise<void> => {
    seen.push(item);
    assert(made <= seen.length + 2);
    await clock.sleep(1);
  };
  await clock.run(eachConcurrently(numbers(), 3, work));
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await clock.run(eachConcurrently(new Set([1, 2]), 3, work));
  await eachConcurrently([], 3, work);
});

test("the first error wins, what runs is waited for, and nothing more is begun", async () => {
  const clock = new SimulatedClock();
  const items = new Items(100);
  const ended: string[] = [];
  const work = async (item: number): Promise<void> => {
    if (item === 1) {
      await clock.sleep(10);
      ended.push("1 failed");
      throw new Error("first");
    }
    await clock.sleep(item === 2 ? 20 : 100);
    ended.push(`${item} ended`);
    if (item === 2) throw new Error("second");
  };
  const outcome = eachConcurrently(items, 4, work).finally(() => ended.push("all over"));
  await assert.rejects(clock.run(outcome), new Error("first"));
  assert.deepEqual(ended, ["1 failed", "2 ended", "0 ended", "3 ended", "all over"]);
  assert.equal(items.taken, 4);
  assert.equal(items.returned, 1);
});

test("an item that comes after the first error is not begun", async () => {
  const clock = new SimulatedClock();
  const items = new Items(100, () => (items.taken === 2 ? clock.sleep(50) : Promise.resolve()));
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    await clock.sleep(10);
    throw new Error(`${item} failed`);
  };
  await assert.rejects(clock.run(eachConcurrently(items, 2, work)), new Error("0 failed"));
  assert.deepEqual(begun, [0]);
});

test("an error of the items ends it as well, after what runs has ended", async () => {
  const clock = new SimulatedClock();
  let ended = 0;
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    throw new Error("the listing broke");
  }
  const work = async (): Promise<void> => {
    await clock.sleep(5);
    ended++;
  };
  await assert.rejects(clock.run(eachConcurrently(broken(), 8, work)), new Error("the listing broke"));
  assert.equal(ended, 2);
});

test("a generator is given back after an error, and what that throws does not hide the error", async () => {
  let cleanedUp = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let n = 0; ; n++) yield n;
    } finally {
      cleanedUp = true;
      // biome-ignore lint/correctness/noUnsafeFinally: what a bad iterator may do is the point here.
      throw new Error("the clean-up failed");
    }
  }
  const work = async (item: number): Promise<void> => {
    if (item === 5) throw new Error("the work failed");
  };
  await assert.rejects(eachConcurrently(endless(), 2, work), new Error("the work failed"));
  assert(cleanedUp);
});

test("whatever is thrown is the error, undefined too", async () => {
  const work = (): Promise<void> => Promise.reject(undefined);
  const outcome = await eachConcurrently([1], 1, work).then(
    () => "resolved",
    (error: unknown) => ({ error }),
  );
  assert.deepEqual(outcome, { error: undefined });
});
