import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { MemorySpillDisk } from "../../test/fakes/memory-spill-disk.ts";
import { asPath, type Entry, type Gap, type Listed, type Listing } from "../backends/backend.ts";
import { type ErrorCode, StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import { type SortOptions, sortedListing } from "./sorted-listing.ts";

const file = (path: string, bytes = 0): Entry => ({
  kind: "file",
  path: asPath(path),
  bytes,
  modifiedMs: 1_700_000_000_000.25,
  version: undefined,
});
const gap = (path: string): Gap => ({
  kind: "gap",
  path: asPath(path),
  error: new StorageError("AccessDenied", "no"),
});

async function* pages(items: readonly Listed[], size = 7): Listing {
  for (let start = 0; start < items.length; start += size) {
    yield { items: items.slice(start, start + size), token: `${start}` };
  }
}

async function collect(listing: Listing): Promise<Listed[]> {
  const items: Listed[] = [];
  for await (const page of listing) items.push(...page.items);
  return items;
}

/** Names in an order that is none, without chance. */
const shuffled = (count: number): Entry[] =>
  Array.from({ length: count }, (_, i) => file(`folder/${(i * 7_919) % count}`, i));

const folder = "/nowhere/sort";
const sort = (items: readonly Listed[], disk: MemorySpillDisk, options: Partial<SortOptions> = {}) =>
  sortedListing(pages(items), { folder, disk, ...options });

function assertClean(disk: MemorySpillDisk): void {
  assert.deepEqual([...disk.files.keys()], []);
  assert.deepEqual([...disk.folders], []);
  assert.equal(disk.openNow, 0);
}

const path = fc
  .array(fc.constantFrom("a", "A", "-", "/", ".", "é", "Ａ", "😀", "\n"), { maxLength: 4 })
  .map((characters) => characters.join(""));

test("the sort equals a plain stable sort, whatever the size of runs and the key", async () => {
  const item = fc.tuple(path, fc.boolean()).map(([at, isGap]) => (isGap ? gap(at) : file(at)));
  const keys = [(at: string) => at, (at: string) => at.toLowerCase()];
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { maxLength: 150 }),
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(...keys),
      async (items, entriesPerRun, keyOf) => {
        const numbered = items.map((each, bytes) => (each.kind === "gap" ? each : { ...each, bytes }));
        const disk = new MemorySpillDisk();
        const got = await collect(sort(numbered, disk, { entriesPerRun, keyOf }));
        const isGap = (each: Listed): number => Number(each.kind === "gap");
        const want = numbered.toSorted(
          (a, b) => compareUtf8(keyOf(a.path), keyOf(b.path)) || isGap(a) - isGap(b),
        );
        assert.deepEqual(got, want);
        assertClean(disk);
      },
    ),
    { numRuns: 500 },
  );
});

test("a name that comes many times keeps its order through all runs", async () => {
  const disk = new MemorySpillDisk();
  const items = Array.from({ length: 900 }, (_, i) => file(["b", "a", "c", "a"][i % 4] as string, i));
  const got = await collect(sort(items, disk, { entriesPerRun: 7 }));
  assert.deepEqual(
    got,
    items.toSorted((a, b) => compareUtf8(a.path, b.path)),
  );
});

test("more runs than are read at once are merged in several passes, and no run is merged twice in one", async () => {
  for (const [runs, written, again] of [
    [64, 64, 0],
    [65, 65 + 1, 2],
    [200, 200 + 3, 64 + 64 + 11],
    // One pass cannot do it: 4,200 runs become 66, and the first three of those one.
    [4_200, 4_200 + 66 + 1, 4_200 + 3 * 64],
  ] as const) {
    const items = shuffled(3 * runs);
    const disk = new MemorySpillDisk();
    const got = await collect(sort(items, disk, { entriesPerRun: 3 }));
    assert.deepEqual(
      got,
      items.toSorted((a, b) => compareUtf8(a.path, b.path)),
      `${runs} runs`,
    );
    assert.equal(disk.runsWritten, written, `${runs} runs`);
    assert.equal(disk.linesWritten, 3 * (runs + again), `${runs} runs`);
    assert(disk.openMost <= 65, `${disk.openMost} files were open at once`);
    assertClean(disk);
  }
});

test("what fits into one run never touches the disk", async () => {
  const disk = new MemorySpillDisk(() => assert.fail("the disk was used"));
  for (const count of [0, 1, 50]) {
    const got = await collect(sort(shuffled(count), disk, { entriesPerRun: 50 }));
    assert.equal(got.length, count);
  }
  const spilling = new MemorySpillDisk();
  await collect(sort(shuffled(51), spilling, { entriesPerRun: 50 }));
  assert.equal(spilling.runsWritten, 2);
});

test("what is held does not grow with the number of names", async () => {
  const entriesPerRun = 500;
  const pageItems = 100;
  const mostHeld = async (count: number): Promise<{ sorting: number; merging: number }> => {
    const disk = new MemorySpillDisk();
    const most = { sorting: 0, merging: 0 };
    let listed = 0;
    const source = async function* (): Listing {
      for (let start = 0; start < count; start += pageItems) {
        listed += pageItems;
        most.sorting = Math.max(most.sorting, listed - disk.linesWritten);
        const items = Array.from({ length: pageItems }, (_, i) => file(`${((start + i) * 7_919) % count}`));
        yield { items, token: undefined };
      }
    };
    let emitted = 0;
    for await (const page of sortedListing(source(), { folder, disk, entriesPerRun })) {
      // What earlier passes have read, they have written again.
      const inPasses = disk.linesWritten - count;
      most.merging = Math.max(most.merging, disk.linesRead - inPasses - emitted);
      emitted += page.items.length;
    }
    assert.equal(emitted, count);
    assert(disk.largestWriteBytes < 300 * 1_024, `${disk.largestWriteBytes} bytes were written at once`);
    return most;
  };
  for (const count of [100_000, 200_000]) {
    const { sorting, merging } = await mostHeld(count);
    assert(sorting <= entriesPerRun + 2 * pageItems, `${sorting} entries held while sorting ${count}`);
    // Of each of 64 runs 64 KiB, and a page of 1,000: lines here are of some 40 bytes.
    const merged = (64 * 64 * 1_024) / 40 + 1_000;
    assert(merging <= merged, `${merging} entries held while merging ${count}`);
  }
});

test("very long names make shorter runs", async () => {
  const disk = new MemorySpillDisk();
  const long = "x".repeat(1024 * 1024);
  const items = Array.from({ length: 36 }, (_, i) => file(`${(i * 7) % 36}${long}`));
  assert.equal((await collect(sort(items, disk))).length, 36);
  assert.equal(disk.runsWritten, 2);
});

const failing = (errno: string, step: number): MemorySpillDisk =>
  new MemorySpillDisk((_, steps) => {
    if (steps === step) throw Object.assign(new Error(`${errno}: it fails`), { code: errno });
  });

test("a disk that fails at any step is a StorageError, and its files are removed", async () => {
  const items = shuffled(300);
  const healthy = new MemorySpillDisk();
  await collect(sort(items, healthy, { entriesPerRun: 4 }));
  assert(healthy.steps > 300);
  const rows: [errno: string, code: ErrorCode][] = [
    ["ENOSPC", "NoSpace"],
    ["EDQUOT", "NoSpace"],
    ["EIO", "Internal"],
  ];
  // The steps after the last merge only tidy up.
  const steps = [1, 2, 3, 4, 100, healthy.runsWritten * 2, healthy.steps - 200, healthy.steps - 70];
  for (const [errno, code] of rows) {
    for (const step of steps) {
      const disk = failing(errno, step);
      await assert.rejects(collect(sort(items, disk, { entriesPerRun: 4 })), (error) => {
        assert(error instanceof StorageError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, /\/nowhere\/sort/);
        return true;
      });
      assertClean(disk);
    }
  }
});

test("a run that lost names or was changed ends the sort", async () => {
  for (const damage of [
    (content: Buffer) => content.subarray(0, -1),
    (content: Buffer) => content.subarray(0, content.indexOf("\n") + 1),
    (content: Buffer) => Buffer.concat([content, Buffer.from("garbage\n")]),
    (content: Buffer) => Buffer.concat([content, Buffer.from("garbage")]),
    () => Buffer.alloc(0),
  ]) {
    const disk: MemorySpillDisk = new MemorySpillDisk((step) => {
      if (step !== "open") return;
      for (const [name, content] of disk.files) disk.files.set(name, [damage(Buffer.concat(content))]);
    });
    await assert.rejects(collect(sort(shuffled(20), disk, { entriesPerRun: 10 })), { code: "Internal" });
    assertClean(disk);
  }
});

test("an error of the listing, an abort and an early end leave nothing behind", async () => {
  const broken = async function* (): Listing {
    yield* pages(shuffled(100));
    throw new StorageError("Unreachable", "the network is gone");
  };
  const disk = new MemorySpillDisk();
  await assert.rejects(
    collect(sortedListing(broken(), { folder, disk, entriesPerRun: 10 })),
    /network is gone/,
  );
  assertClean(disk);

  const aborting = new MemorySpillDisk();
  const controller = new AbortController();
  const aborted = async (): Promise<void> => {
    const options = { entriesPerRun: 10, signal: controller.signal };
    for await (const page of sort(shuffled(5_000), aborting, options)) {
      assert(page);
      controller.abort();
    }
  };
  await assert.rejects(aborted(), { code: "Cancelled" });
  assertClean(aborting);

  const left = new MemorySpillDisk();
  for await (const page of sort(shuffled(5_000), left, { entriesPerRun: 10 })) {
    assert(page.items.length > 0 && left.files.size > 0);
    break;
  }
  assertClean(left);
});

test("on the machine's disk: the folder is made, and goes; other files in it stay, a killed run's do not", async () => {
  const parent = await mkdtemp(join(tmpdir(), "azcopy-sort-"));
  const deep = join(parent, "plan", "sort");
  const items = shuffled(1_000);
  const sorted = items.toSorted((a, b) => compareUtf8(a.path, b.path));
  const onDisk = () => collect(sortedListing(pages(items), { folder: deep, entriesPerRun: 10 }));
  try {
    assert.deepEqual(await onDisk(), sorted);
    assert.deepEqual(await readdir(join(parent, "plan")), []);
    await mkdir(deep);
    for (const name of ["run-0", "run-777777", "precious", "run-1.txt"])
      await writeFile(join(deep, name), name);
    assert.deepEqual(await onDisk(), sorted);
    assert.deepEqual((await readdir(deep)).sort(), ["precious", "run-1.txt"]);
    await rm(deep, { recursive: true });
    await writeFile(deep, "a file in the way");
    await assert.rejects(onDisk(), { code: "Internal" });
  } finally {
    await rm(parent, { recursive: true });
  }
});
