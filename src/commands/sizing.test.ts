import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { GiB, MiB } from "../foundation/units.ts";
import type { Capacity } from "./context.ts";
import { automaticConcurrency, connectionsMax, sizeJob, windowBytesFor } from "./sizing.ts";

const capacity = (rest: Partial<Capacity> = {}): Capacity => ({
  concurrency: undefined,
  cpus: 2,
  memoryBytesMax: 1 * GiB,
  bytesPerSecondMax: Number.POSITIVE_INFINITY,
  ...rest,
});

test("measuring begins by the number of CPUs", () => {
  assert.deepEqual([1, 2, 4, 5, 8, 16, 64].map(automaticConcurrency), [16, 16, 16, 40, 64, 128, 128]);
});

test("left alone, a job begins small and may be tuned", () => {
  assert.deepEqual(sizeJob(capacity(), undefined), {
    scheduler: { memoryBytes: 1 * GiB, blocks: 16, windowBytes: 64 * MiB },
    lanes: 64,
    tuning: { least: 4, most: 128 },
  });
});

test("a concurrency that was asked for is kept, and has all the memory", () => {
  for (const concurrency of [1, 7, 500]) {
    assert.deepEqual(sizeJob(capacity({ concurrency }), undefined), {
      scheduler: { memoryBytes: 1 * GiB, blocks: concurrency, windowBytes: 1 * GiB },
      lanes: concurrency,
      tuning: undefined,
    });
    assert.equal(connectionsMax(capacity({ concurrency })), concurrency);
  }
});

test("under a cap half a second of flow is under way, one block at least, and nothing is tuned", () => {
  const mbps = (value: number): number => value * 125_000;
  const windowAt = (value: number, blockBytes?: number): number =>
    sizeJob(capacity({ bytesPerSecondMax: mbps(value) }), blockBytes).scheduler.windowBytes;
  assert.equal(windowAt(1), 8 * MiB);
  assert.equal(windowAt(1, 32 * MiB), 32 * MiB);
  assert.equal(windowAt(800), 50_000_000);
  assert.equal(sizeJob(capacity({ bytesPerSecondMax: mbps(800) }), undefined).tuning, undefined);
  assert.equal(windowAt(1e6), 1 * GiB, "never more than memory");
});

test("large blocks get a window that holds several of them", () => {
  const sizing = sizeJob(capacity({ memoryBytesMax: 64 * GiB }), 100 * MiB);
  assert(sizing.scheduler.windowBytes >= (16 / 2) * 100 * MiB);
  assert.equal(windowBytesFor(16), 64 * MiB);
  assert.equal(windowBytesFor(16, 1 * MiB), 64 * MiB, "small ones leave it as it is");
  assert.equal(windowBytesFor(32, 100 * MiB), 1_600 * MiB);
});

test("any machine and any wish give limits that fit together", () => {
  const wishes = fc.record({
    concurrency: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
    cpus: fc.integer({ min: 1, max: 512 }),
    memoryBytesMax: fc.integer({ min: 1, max: 512 * GiB }),
    bytesPerSecondMax: fc.oneof(
      fc.constant(Number.POSITIVE_INFINITY),
      fc.double({ min: 1, max: 1e10, noNaN: true }),
    ),
  });
  const blockBytes = fc.option(fc.integer({ min: 1, max: 4_000 * MiB }), { nil: undefined });
  fc.assert(
    fc.property(wishes, blockBytes, (machine, block) => {
      const { scheduler, lanes, tuning } = sizeJob(machine, block);
      assert(scheduler.memoryBytes === machine.memoryBytesMax);
      assert(scheduler.windowBytes > 0 && scheduler.windowBytes <= scheduler.memoryBytes);
      assert(lanes >= scheduler.blocks, "a lane for every place");
      assert(connectionsMax(machine) >= scheduler.blocks, "a connection for every place");
      const free =
        machine.concurrency === undefined && machine.bytesPerSecondMax === Number.POSITIVE_INFINITY;
      assert.equal(tuning !== undefined, free);
      if (tuning === undefined) return;
      assert(tuning.least <= scheduler.blocks && scheduler.blocks <= tuning.most);
      assert(connectionsMax(machine) >= tuning.most, "and for every place that tuning may add");
    }),
  );
});
