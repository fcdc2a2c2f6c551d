import { strict as assert } from "node:assert";
import { after, test } from "node:test";
import type { Listing, Page } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { readAhead } from "./read-ahead.ts";

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
process.on("unhandledRejection", onUnhandled);
after(() => {
  process.off("unhandledRejection", onUnhandled);
  assert.deepEqual(unhandled, []);
});

const page = (number: number): Page => ({ items: [], token: `${number}` });
const numbersOf = (pages: readonly Page[]): number[] => pages.map(({ token }) => Number(token));
/** What is ready to run has run. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
};

/** A listing whose pages come when the test says so. */
class SlowListing implements AsyncIterable<Page> {
  asked = 0;
  closed = 0;
  readonly #waiting: { resolve: (page: IteratorResult<Page>) => void; reject: (error: unknown) => void }[] =
    [];
  #given = 0;

  [Symbol.asyncIterator](): AsyncIterator<Page> {
    return {
      next: () => {
        assert.equal(this.#waiting.length, 0, "two pages were asked for at once");
        this.asked++;
        return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
      },
      return: async () => {
        this.closed++;
        return { done: true, value: undefined };
      },
    };
  }

  async give(): Promise<void> {
    this.#waiting.shift()?.resolve({ done: false, value: page(this.#given++) });
    await settle();
  }

  async end(): Promise<void> {
    this.#waiting.shift()?.resolve({ done: true, value: undefined });
    await settle();
  }

  async fail(error: Error): Promise<void> {
    this.#waiting.shift()?.reject(error);
    await settle();
  }
}

test("the pages are the same, in order, at any depth", async () => {
  const listing = async function* (count: number): Listing {
    for (let number = 0; number < count; number++) {
      if (number % 3 === 0) await new Promise(setImmediate);
      yield page(number);
    }
  };
  for (const pagesMax of [0, 1, 2, 50]) {
    for (const count of [0, 1, 20]) {
      const got: Page[] = [];
      for await (const each of readAhead(listing(count), pagesMax)) {
        if (got.length % 4 === 0) await new Promise(setImmediate);
        got.push(each);
      }
      assert.deepEqual(numbersOf(got), [...Array(count).keys()]);
    }
  }
});

test("nothing is fetched before the first call; then up to the limit, and on as pages are taken", async () => {
  const slow = new SlowListing();
  const pages = readAhead(slow, 3)[Symbol.asyncIterator]();
  await settle();
  assert.equal(slow.asked, 0);
  const first = pages.next();
  await settle();
  assert.equal(slow.asked, 1);
  await slow.give();
  assert.equal((await first).value?.token, "0");
  await settle();
  for (let i = 0; i < 10; i++) await slow.give();
  assert.equal(slow.asked, 4, "three pages ahead of the one that was taken");
  assert.equal((await pages.next()).value?.token, "1");
  await settle();
  assert.equal(slow.asked, 5);
  const ended = pages.return?.();
  await settle();
  assert.equal(slow.closed, 0, "closed with a page under way");
  await slow.give();
  await ended;
  assert.equal(slow.asked, 5);
  assert.equal(slow.closed, 1);
});

test("without read-ahead a page is fetched only for a reader that waits", async () => {
  const slow = new SlowListing();
  const pages = readAhead(slow, 0)[Symbol.asyncIterator]();
  for (let number = 0; number < 3; number++) {
    const next = pages.next();
    await settle();
    assert.equal(slow.asked, number + 1);
    await slow.give();
    assert.equal((await next).value?.token, `${number}`);
    await settle();
    assert.equal(slow.asked, number + 1);
  }
  await pages.return?.();
});

test("an error comes after the pages before it, once, and nothing after it", async () => {
  const slow = new SlowListing();
  const pages = readAhead(slow, 5)[Symbol.asyncIterator]();
  const first = pages.next();
  await settle();
  await slow.give();
  await slow.give();
  await slow.fail(new StorageError("Unreachable", "gone"));
  assert.equal((await first).value?.token, "0");
  assert.equal((await pages.next()).value?.token, "1");
  await assert.rejects(pages.next(), { code: "Unreachable" });
  assert.equal((await pages.next()).done, true);
  assert.equal(slow.asked, 3);
});

test("an error that nobody waits for any more is no unhandled rejection", async () => {
  const slow = new SlowListing();
  const pages = readAhead(slow, 5)[Symbol.asyncIterator]();
  const first = pages.next();
  await settle();
  await slow.give();
  await first;
  const ended = pages.return?.();
  await slow.fail(new StorageError("Unreachable", "gone"));
  assert.equal((await ended)?.done, true);
  assert.equal(slow.closed, 1);
});

test("the end comes after the last page", async () => {
  const slow = new SlowListing();
  const pages = readAhead(slow, 2)[Symbol.asyncIterator]();
  const first = pages.next();
  await settle();
  await slow.give();
  await slow.end();
  assert.equal((await first).value?.token, "0");
  assert.equal((await pages.next()).done, true);
  assert.equal(slow.asked, 2);
});
