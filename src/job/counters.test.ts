import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Counters } from "./counters.ts";
import type { TransferDetail } from "./events.ts";

const detail = (bytes: number, name = "a"): TransferDetail => ({
  source: `/source/${name}`,
  destination: `/destination/${name}`,
  status: "Failed",
  bytes,
  errorStatus: 0,
  message: "",
});

/** A transfer's size, how many of its bytes moved while it ran, and how it ended. */
const story = fc
  .record({
    bytes: fc.nat({ max: 1e12 }),
    moved: fc.double({ min: 0, max: 1, noNaN: true }),
    end: fc.constantFrom("done", "failed", "skipped", "pending"),
  })
  .map(({ bytes, moved, end }) => ({ bytes, moved: Math.floor(bytes * moved), end }));

test("transfers and bytes add up at every moment, and nothing counts twice", () => {
  fc.assert(
    fc.property(fc.array(story, { maxLength: 50 }), (stories) => {
      const counters = new Counters();
      const whole = stories.reduce((sum, { bytes }) => sum + bytes, 0);
      for (const { bytes } of stories) counters.plan(bytes);
      assert.equal(counters.pending, stories.length);
      for (const { bytes, moved, end } of stories) {
        counters.bytesDone += moved;
        if (end === "done") counters.finish(bytes, moved);
        if (end === "failed") counters.fail(detail(bytes), moved);
        if (end === "skipped") counters.skip(detail(bytes), moved);
        const { total, done, failed, skipped } = counters.counts;
        assert.equal(total, done + failed + skipped + counters.pending);
        assert(counters.bytesDone + counters.bytesGivenUp <= whole, "more than all is dealt with");
      }
      const of = (end: string) => stories.filter((one) => one.end === end);
      const bytesOf = (end: string): number => of(end).reduce((sum, { bytes }) => sum + bytes, 0);
      const movedPending = of("pending").reduce((sum, { moved }) => sum + moved, 0);
      assert.deepEqual(counters.counts, {
        total: stories.length,
        done: of("done").length,
        failed: of("failed").length,
        skipped: of("skipped").length,
        bytesTotal: whole,
        bytesDone: bytesOf("done") + movedPending,
        bytesGivenUp: bytesOf("failed") + bytesOf("skipped"),
        skips: { symlinks: 0, specials: 0 },
        deletions: { planned: 0, done: 0, failed: 0 },
      });
    }),
  );
});

test("news are told once", () => {
  const counters = new Counters();
  counters.fail(detail(1, "failed"), 0);
  counters.skip(detail(1, "skipped"));
  const { failed, skipped } = counters.takeNews();
  assert.deepEqual([failed[0]?.source, skipped[0]?.source], ["/source/failed", "/source/skipped"]);
  assert.deepEqual(counters.takeNews(), { failed: [], skipped: [] });
  counters.fail(detail(1, "another"), 0);
  assert.equal(counters.takeNews().failed[0]?.source, "/source/another");
});

test("a million failures between two readings cost no more than a thousand, and each is counted", () => {
  const counters = new Counters();
  for (let n = 0; n < 1_000_000; n++) {
    counters.plan(1);
    if (n % 2 === 0) counters.fail(detail(1), 0);
    else counters.skip(detail(1));
  }
  const { failed, skipped } = counters.takeNews();
  assert.deepEqual([failed.length, skipped.length], [1_000, 1_000]);
  assert.deepEqual([counters.failed, counters.skipped, counters.pending], [500_000, 500_000, 0]);
});

test("removals that failed are told and make a job fail, apart from its transfers", () => {
  const counters = new Counters();
  counters.deletions.planned = 2_000;
  const before = counters.counts;
  for (let n = 0; n < 2_000; n++) counters.failDeletion(detail(1));
  assert.deepEqual(before.deletions, { planned: 2_000, done: 0, failed: 0 });
  assert.deepEqual(counters.counts.deletions, { planned: 2_000, done: 0, failed: 2_000 });
  assert.deepEqual([counters.failed, counters.pending, counters.bytesGivenUp], [0, 0, 0]);
  assert.equal(counters.takeNews().failed.length, 1_000);
  assert.equal(counters.status, "Failed");
});

test("counts are a copy, and the status follows them", () => {
  const counters = new Counters();
  const before = counters.counts;
  assert.equal(counters.status, "Completed");
  counters.plan(5);
  counters.fail(detail(5), 0);
  assert.equal(before.failed, 0);
  assert.equal(counters.status, "Failed");
  counters.skips = { symlinks: 2, specials: 1 };
  assert.deepEqual(counters.counts.skips, { symlinks: 2, specials: 1 });
});
