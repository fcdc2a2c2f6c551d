import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { KiB, MiB } from "../foundation/units.ts";
import { BufferPool, sizeClass } from "./buffer-pool.ts";

test("size classes are powers of two up to 1 MiB, and whole MiB above", () => {
  const table: readonly (readonly [bytes: number, size: number])[] = [
    [0, 4 * KiB],
    [4 * KiB, 4 * KiB],
    [4 * KiB + 1, 8 * KiB],
    [512 * KiB + 1, 1 * MiB],
    [1 * MiB, 1 * MiB],
    [1 * MiB + 1, 2 * MiB],
    [8 * MiB, 8 * MiB],
    [100 * MiB - 1, 100 * MiB],
  ];
  for (const [bytes, size] of table) assert.equal(sizeClass(bytes), size, `${bytes} bytes`);
  fc.assert(
    fc.property(fc.nat({ max: 200 * MiB }), (bytes) => {
      const size = sizeClass(bytes);
      assert(size >= bytes && size - bytes < Math.max(4 * KiB + 1, Math.min(bytes, MiB)), "little is wasted");
      assert.equal(sizeClass(size), size, "a buffer comes back to the class that it came from");
    }),
  );
});

test("a buffer that came back is lent again, and nobody holds it twice", () => {
  const pool = new BufferPool(MiB);
  const first = pool.take(5_000);
  const second = pool.take(5_000);
  assert(first.length >= 5_000 && first !== second);
  assert.notEqual(first.buffer, second.buffer, "their memory is not shared either");
  pool.give(first);
  const third = pool.take(8 * KiB);
  assert.equal(third, first);
  assert.notEqual(pool.take(5_000), first);
});

test("a buffer is a plain array, whose slice() is a copy", () => {
  const buffer = new BufferPool(MiB).take(10);
  assert.equal(Object.getPrototypeOf(buffer), Uint8Array.prototype);
});

test("what comes back beyond the limit is not kept", () => {
  const pool = new BufferPool(8 * KiB);
  const [one, two, three] = [pool.take(1), pool.take(1), pool.take(1)];
  for (const buffer of [one, two, three]) pool.give(buffer);
  const again = new Set([pool.take(1), pool.take(1), pool.take(1)]);
  const kept = [one, two, three].filter((buffer) => again.has(buffer));
  assert.equal(kept.length, 2);
});

test("a lower limit holds for what comes back from then on, and a higher one keeps more", () => {
  const pool = new BufferPool(4 * KiB);
  const both = [pool.take(1), pool.take(1)];
  pool.bytesMax = 8 * KiB;
  for (const buffer of both) pool.give(buffer);
  const again = new Set([pool.take(1), pool.take(1)]);
  assert.deepEqual(again, new Set(both));
  pool.bytesMax = 4 * KiB;
  for (const buffer of again) pool.give(buffer);
  assert.equal([pool.take(1), pool.take(1)].filter((buffer) => again.has(buffer)).length, 1);
});

test("idle buffers of one size give way to lent ones of another", () => {
  const pool = new BufferPool(64 * KiB);
  const small = Array.from({ length: 16 }, () => pool.take(1));
  for (const buffer of small) pool.give(buffer);
  assert.equal(pool.heldBytes, 64 * KiB);
  const large = pool.take(64 * KiB);
  assert.equal(pool.heldBytes, 64 * KiB);
  pool.give(large);
  assert.equal(pool.take(64 * KiB), large, "the size that is asked for now is the one that is kept");
});

test("what is lent and what lies idle stay below the limit together", () => {
  const size = fc.constantFrom(1, 5_000, 10_000, 40_000, 70_000);
  const step = fc.oneof(fc.record({ take: size }), fc.record({ give: fc.nat() }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const limit = 256 * KiB;
      const pool = new BufferPool(limit);
      const lent: Uint8Array[] = [];
      const known = new Map<Uint8Array, "lent" | "idle">();
      for (const one of steps) {
        if ("take" in one) {
          const used = lent.reduce((sum, { length }) => sum + length, 0);
          if (used + sizeClass(one.take) > limit) continue;
          const buffer = pool.take(one.take);
          assert.equal(buffer.length, sizeClass(one.take));
          assert.notEqual(known.get(buffer), "lent", "somebody holds it");
          known.set(buffer, "lent");
          lent.push(buffer);
        } else {
          const [buffer] = lent.splice(one.give % Math.max(1, lent.length), 1);
          if (buffer === undefined) continue;
          known.set(buffer, "idle");
          pool.give(buffer);
        }
        assert(pool.heldBytes <= limit, `${pool.heldBytes} bytes are held`);
      }
    }),
    { numRuns: 300 },
  );
});
