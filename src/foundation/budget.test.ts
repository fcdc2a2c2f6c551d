import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Budget, type Release } from "./budget.ts";

/** Asks for amounts, and notes the order in which they are granted. */
class Askers {
  readonly granted: number[] = [];
  readonly refused: number[] = [];
  readonly releases = new Map<number, Release>();
  readonly #budget: Budget;
  #asked = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  ask(amount: number): number {
    const id = this.#asked++;
    const grant = (release: Release): void => {
      this.granted.push(id);
      this.releases.set(id, release);
    };
    this.#budget.acquire(amount).then(grant, () => this.refused.push(id));
    return id;
  }

  release(id: number): void {
    const release = this.releases.get(id);
    assert(release !== undefined, `${id} holds nothing`);
    this.releases.delete(id);
    release();
  }
}

/** Every promise that can settle without time passing has done so. */
const settled = (): Promise<void> => new Promise(setImmediate);

test("what fits is granted at once, and given back by its release", async () => {
  const budget = new Budget(10);
  const first = await budget.acquire(6);
  const second = await budget.acquire(4);
  assert.equal(budget.used, 10);
  first();
  assert.equal(budget.used, 4);
  second();
  assert.equal(budget.used, 0);
});

test("a large request at the head is overtaken by nobody", async () => {
  const budget = new Budget(10);
  const askers = new Askers(budget);
  askers.ask(8);
  askers.ask(9);
  askers.ask(1);
  askers.ask(1);
  await settled();
  assert.deepEqual(askers.granted, [0], "2 is free, and the small ones wait all the same");
  assert.equal(budget.tryAcquire(1), undefined, "nor does one that would not wait overtake");
  askers.release(0);
  await settled();
  assert.deepEqual(askers.granted, [0, 1, 2]);
  askers.release(1);
  await settled();
  assert.deepEqual(askers.granted, [0, 1, 2, 3]);
});

test("raising the limit grants those who wait, lowering it takes nothing back", async () => {
  const budget = new Budget(4);
  const askers = new Askers(budget);
  for (let n = 0; n < 6; n++) askers.ask(2);
  await settled();
  assert.deepEqual(askers.granted, [0, 1]);
  budget.limit = 8;
  await settled();
  assert.deepEqual(askers.granted, [0, 1, 2, 3]);
  budget.limit = 3;
  assert.equal(budget.used, 8);
  for (const id of [0, 1, 2]) askers.release(id);
  await settled();
  assert.deepEqual(askers.granted, [0, 1, 2, 3], "one held and one more would be 4 of 3");
  askers.release(3);
  await settled();
  assert.deepEqual(askers.granted, [0, 1, 2, 3, 4]);
});

test("an amount above the limit is granted, alone", async () => {
  const budget = new Budget(4);
  const askers = new Askers(budget);
  askers.ask(1);
  askers.ask(100);
  askers.ask(1);
  await settled();
  assert.deepEqual(askers.granted, [0]);
  askers.release(0);
  await settled();
  assert.deepEqual(askers.granted, [0, 1]);
  askers.release(1);
  await settled();
  assert.deepEqual(askers.granted, [0, 1, 2]);
});

test("close() refuses all who wait and all who come, and what is held stays held", async () => {
  const budget = new Budget(2);
  const reason = new Error("the job was cancelled");
  const release = await budget.acquire(2);
  const waiting = [budget.acquire(1), budget.acquire(2)];
  const refusals = Promise.all(waiting.map((one) => assert.rejects(one, reason)));
  budget.close(reason);
  await refusals;
  await assert.rejects(budget.acquire(0), reason);
  assert.equal(budget.tryAcquire(1), undefined);
  assert.equal(budget.waiting, 0);
  assert.equal(budget.used, 2);
  release();
  assert.equal(budget.used, 0);
});

test("releasing twice is a programmer's error, and gives nothing back twice", async () => {
  const budget = new Budget(2);
  const release = await budget.acquire(1);
  await budget.acquire(1);
  release();
  assert.throws(release, /released twice/);
  assert.equal(budget.used, 1);
});

test("a limit that grants nothing is refused", () => {
  assert.throws(() => new Budget(0), assert.AssertionError);
  assert.throws(() => new Budget(Number.NaN), assert.AssertionError);
  const budget = new Budget(1);
  assert.throws(() => {
    budget.limit = 0;
  }, assert.AssertionError);
});

test("thousands may wait, and each is granted in its turn", async () => {
  const budget = new Budget(1);
  const askers = new Askers(budget);
  for (let n = 0; n < 5_000; n++) askers.ask(1);
  for (let n = 0; n < 5_000; n++) {
    if (n % 500 === 0) assert.equal(budget.waiting, 4_999 - n);
    while (!askers.releases.has(n)) await Promise.resolve();
    askers.release(n);
  }
  assert.deepEqual(
    askers.granted,
    Array.from({ length: 5_000 }, (_, n) => n),
  );
});

type Step =
  | { readonly kind: "ask"; readonly amount: number }
  | { readonly kind: "try"; readonly amount: number }
  | { readonly kind: "limit"; readonly amount: number }
  | { readonly kind: "release"; readonly pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ask" as const), amount: fc.nat({ max: 12 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("release" as const), pick: fc.nat() }) },
  fc.record({ kind: fc.constant("try" as const), amount: fc.nat({ max: 12 }) }),
  fc.record({ kind: fc.constant("limit" as const), amount: fc.integer({ min: 1, max: 12 }) }),
);

/** What the budget promises, written as plainly as it can be. */
class Model {
  readonly held: { readonly id: number; readonly amount: number }[] = [];
  readonly waiting: { readonly id: number; readonly amount: number }[] = [];
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.held.reduce((sum, { amount }) => sum + amount, 0);
  }

  fits(amount: number): boolean {
    return this.used === 0 || this.used + amount <= this.limit;
  }

  grant(): void {
    for (let head = this.waiting[0]; head && this.fits(head.amount); head = this.waiting[0]) {
      this.waiting.shift();
      this.held.push(head);
    }
  }
}

test("any sequence of requests does what the naive model does, and all are granted in the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 10 }),
      fc.array(step, { maxLength: 60 }),
      async (limit, steps) => {
        const budget = new Budget(limit);
        const model = new Model(limit);
        const askers = new Askers(budget);
        const tried: { readonly amount: number; readonly release: Release }[] = [];
        let asked = 0;
        const agree = async (): Promise<void> => {
          for (let tick = 0; tick < 3; tick++) await Promise.resolve();
          const held = model.held.filter(({ id }) => id >= 0).map(({ id }) => id);
          assert.deepEqual(new Set(askers.releases.keys()), new Set(held));
          assert.equal(budget.used, model.used);
          assert.equal(budget.waiting, model.waiting.length);
        };
        for (const one of steps) {
          const before = budget.used;
          const heldBefore = model.held.length;
          if (one.kind === "ask") {
            askers.ask(one.amount);
            model.waiting.push({ id: asked++, amount: one.amount });
          } else if (one.kind === "limit") {
            budget.limit = one.amount;
            model.limit = one.amount;
          } else if (one.kind === "try") {
            const release = budget.tryAcquire(one.amount);
            const may = model.waiting.length === 0 && model.fits(one.amount);
            assert.equal(release !== undefined, may);
            if (release) {
              tried.push({ amount: one.amount, release });
              model.held.push({ id: -tried.length, amount: one.amount });
            }
          } else if (model.held.length > 0) {
            const [gone] = model.held.splice(one.pick % model.held.length, 1);
            assert(gone !== undefined);
            if (gone.id >= 0) askers.release(gone.id);
            else tried[-gone.id - 1]?.release();
          }
          model.grant();
          await agree();
          const grew = budget.used > before && model.held.length > heldBefore;
          const alone = model.held.filter(({ amount }) => amount > 0).length <= 1;
          if (grew) assert(budget.used <= budget.limit || alone, "more than the limit is held");
        }
        while (model.held.length > 0) {
          const [gone] = model.held.splice(0, 1);
          assert(gone !== undefined);
          if (gone.id >= 0) askers.release(gone.id);
          else tried[-gone.id - 1]?.release();
          model.grant();
          await agree();
        }
        const order = Array.from({ length: asked }, (_, id) => id);
        assert.deepEqual(askers.granted, order, "granted in the order of asking, none left out");
      },
    ),
    { numRuns: 400 },
  );
});
