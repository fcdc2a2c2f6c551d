import { strict as assert } from "node:assert";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedDisk } from "../../test/simulation/simulated-disk.ts";
import { asPath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { BlockSet } from "./block-set.ts";
import { decodeLine, encodeLine } from "./codec.ts";
import { type JobHeader, JobJournal, listJobs, planFormat, removeJob } from "./job-journal.ts";
import { PartState } from "./part-state.ts";
import { RealDisk } from "./real-disk.ts";
import type { JournalRecord, Transfer } from "./records.ts";

const jobId = "0f8fad5b-d9cb-469f-a165-70867728950e";
const header: JobHeader = { format: planFormat, jobId, startedMs: 5, command: "copy a b", order: { x: 1 } };

const text = fc.string({ unit: "binary", maxLength: 12 }).map((value) => value.toWellFormed());
const count = fc.nat({ max: 1e12 });
const transfer: fc.Arbitrary<Transfer> = fc.record(
  {
    index: fc.nat({ max: 9_999 }),
    action: fc.constantFrom("remove" as const, "change" as const),
    path: text.map(asPath),
    renamedTo: text.map(asPath),
    bytes: count,
    blockBytes: count,
    modifiedMs: fc.option(
      fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((v) => v + 0),
      { nil: undefined },
    ),
    version: fc.option(text, { nil: undefined }),
    contentMd5: text,
  },
  { requiredKeys: ["index", "path", "bytes", "blockBytes", "modifiedMs", "version"] },
);
const skips = fc.record({ symlinks: fc.nat(), specials: fc.nat() });
const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({ record: fc.constant("run" as const), boot: text }),
  fc.record({ record: fc.constant("cursor" as const), token: fc.option(text, { nil: undefined }), skips }),
  fc.record({ record: fc.constant("planned" as const), transfer }),
  fc.record({ record: fc.constant("delivered" as const), index: fc.nat(), block: fc.nat() }),
  fc.record({ record: fc.constant("settled" as const), upTo: fc.nat() }),
  fc.record({ record: fc.constant("forgotten" as const), index: fc.nat() }),
  fc.record({
    record: fc.constant("ended" as const),
    index: fc.nat(),
    outcome: fc.oneof(
      fc.constant({ state: "done" as const }),
      fc.constant({ state: "cancelled" as const }),
      fc.constant({ state: "skipped" as const, reason: "exists" as const }),
      fc.record({
        state: fc.constant("failed" as const),
        code: fc.constant("Timeout" as const),
        status: fc.nat({ max: 599 }),
        message: text,
      }),
    ),
  }),
  fc.record({
    record: fc.constant("gap" as const),
    path: text.map(asPath),
    code: fc.constant("AccessDenied" as const),
    message: text,
  }),
  fc.record({ record: fc.constant("scanned" as const), skips }),
  fc.record({ record: fc.constant("void" as const) }),
);

test("every record comes back from its line as it was", () => {
  fc.assert(
    fc.property(record, (one) => {
      const line = encodeLine(one);
      assert.equal(line.at(-1), "\n");
      assert.equal(line.indexOf("\n"), line.length - 1, "a record is one line");
      assert.deepEqual(
        decodeLine(Buffer.from(line, "utf8").toString("utf8").slice(0, -1)),
        structuredClone(one),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("a line with any one byte changed is not taken for a record", () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, at, flip) => {
      const bytes = Buffer.from(encodeLine(one).slice(0, -1), "utf8");
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const hexCaseOnly = bytes.toString("utf8").toLowerCase() === encodeLine(one).slice(0, -1).toLowerCase();
      if (!hexCaseOnly) assert.equal(decodeLine(bytes.toString("utf8")), undefined);
    }),
    { numRuns: 2_000 },
  );
});

const plan = (index: number, path: string): JournalRecord => ({
  record: "planned",
  transfer: { index, path: asPath(path), bytes: 100, blockBytes: 10, modifiedMs: 1, version: undefined },
});
const done = (index: number): JournalRecord => ({ record: "ended", index, outcome: { state: "done" } });
const failed = (index: number): JournalRecord => ({
  record: "ended",
  index,
  outcome: { state: "failed", code: "Timeout", status: 0, message: "m" },
});
const got = (index: number, block: number): JournalRecord => ({ record: "delivered", index, block });

function fold(records: readonly JournalRecord[], trusting = true): PartState {
  const state = new PartState("boot-1", trusting);
  for (const one of records) state.apply(one);
  return state;
}

const pendingOf = (state: PartState): number[] => [...state.pending()].map((one) => one.index);

test("invariant 2: repeating records changes nothing", () => {
  const records = [plan(0, "a"), plan(1, "b"), got(0, 3), failed(1), got(0, 4), done(1)];
  const once = fold(records);
  const twice = fold(records.flatMap((one) => [one, one]));
  for (const state of [once, twice]) {
    assert.deepEqual(pendingOf(state), [0]);
    assert.equal(state.delivered.get(0)?.size, 2);
  }
});

test("invariant 6: the last end of a transfer counts, and failed ones are pending again", () => {
  assert.deepEqual(pendingOf(fold([plan(0, "a"), failed(0)])), [0]);
  assert.deepEqual(pendingOf(fold([plan(0, "a"), failed(0), done(0)])), []);
  const lasting: JournalRecord = {
    record: "ended",
    index: 0,
    outcome: { state: "failed", code: "NameCollision", status: 0, message: "" },
  };
  assert.deepEqual(
    pendingOf(fold([plan(0, "a"), lasting])),
    [],
    "what the plan makes impossible is not tried again",
  );
});

test("invariant 3: after a reboot a line about our own files counts only if a settled line covers it", () => {
  const before: JournalRecord[] = [
    { record: "run", boot: "an earlier boot" },
    plan(0, "a"),
    plan(1, "b"),
    done(0),
    got(1, 7),
    { record: "settled", upTo: 4 },
  ];
  const distrusting = fold(before, false);
  assert.deepEqual(pendingOf(distrusting), [1], "line 4 is covered");
  assert.equal(distrusting.delivered.get(1), undefined, "line 5 is not");
  assert.equal(fold(before, true).delivered.get(1)?.has(7), true, "a store elsewhere is asked itself");
  const sameBoot = fold([{ record: "run", boot: "boot-1" }, plan(0, "a"), done(0)], false);
  assert.deepEqual(pendingOf(sameBoot), [], "the process died, the machine did not");
});

test("blocks that the store has lost do not count again when a later settled line covers their old lines", () => {
  const records: JournalRecord[] = [
    { record: "run", boot: "an earlier boot" },
    plan(0, "a"),
    got(0, 1),
    got(0, 2),
    { record: "settled", upTo: 4 },
    { record: "forgotten", index: 0 },
    got(0, 2),
  ];
  assert.equal(fold(records, false).delivered.get(0)?.size ?? 0, 0, "block 2 came anew and is not settled");
  const settled = fold([...records, { record: "settled", upTo: 7 }], false);
  assert.equal(settled.delivered.get(0)?.has(1), false);
  assert.equal(settled.delivered.get(0)?.has(2), true);
});

test("what a void line stands under is neither carried out nor counted", () => {
  const state = fold([plan(0, "a"), plan(1, "b"), got(1, 2), done(0), { record: "void" }]);
  assert.deepEqual(pendingOf(state), []);
  assert.deepEqual(state.transfers, []);
  assert.equal(state.delivered.size, 0);
});

test("names since the last cursor are those of the page that a scan is taken up with", () => {
  const skipsNone = { symlinks: 0, specials: 0 };
  const state = fold([
    { record: "cursor", token: "t1", skips: skipsNone },
    plan(0, "a"),
    { record: "cursor", token: "t2", skips: skipsNone },
    plan(1, "b"),
    { record: "cursor", token: "t2", skips: skipsNone },
    plan(2, "c"),
  ]);
  assert.equal(state.scan?.token, "t2");
  assert.deepEqual([...state.namesSinceCursor], ["b", "c"]);
});

test("invariant 4: whatever tail a power cut leaves, the log replays to a prefix of what was appended", async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const dice = new Dice(seed);
    const disk = new SimulatedDisk();
    const journal = await JobJournal.create(disk, "/plans", header);
    const log = await journal.createPart(0);
    const appended = 1 + dice.below(40);
    let synced = 0;
    for (let index = 0; index < appended; index++) {
      log.append(plan(index, `file ${index} ${"é".repeat(dice.below(20))}`));
      if (dice.chance(0.2)) {
        await log.sync();
        synced = index + 1;
      }
      if (dice.chance(0.3)) await new Promise(setImmediate);
    }
    const after = disk.cutPower(dice);
    const again = await JobJournal.open(after, "/plans", jobId);
    const loaded = await again.load(0, true);
    const kept = loaded.state.transfers.length;
    assert(kept >= synced && kept <= appended, `seed ${seed}: ${kept} of ${appended}, ${synced} synced`);
    // Going on behind the torn tail gives a log that is whole again.
    const more = await again.reopenPart(0, loaded);
    more.append(plan(kept, "next"));
    await more.sync();
    assert.equal((await again.load(0, true)).state.transfers.length, kept + 1, `seed ${seed}`);
  }
});

test("a broken line with intact ones behind it is damage, not a torn tail", async () => {
  const disk = new SimulatedDisk();
  const journal = await JobJournal.create(disk, "/plans", header);
  const log = await journal.createPart(0);
  for (let index = 0; index < 5; index++) log.append(plan(index, `f${index}`));
  await log.sync();
  const file = disk.files.get(`/plans/${jobId}/part-00000.log`);
  assert(file);
  file.current = Buffer.from(file.current.toString("utf8").replace("f2", "f9"));
  await assert.rejects(journal.load(0, true), (error: StorageError) => {
    assert.equal(error.code, "Corrupt");
    assert.match(error.message, /damaged at line 4/);
    return true;
  });
});

test("a part that is missing between others is damage", async () => {
  const disk = new SimulatedDisk();
  const journal = await JobJournal.create(disk, "/plans", header);
  for (const number of [0, 1, 2]) await (await journal.createPart(number)).sync();
  await disk.remove(`/plans/${jobId}/part-00001.log`);
  await assert.rejects(journal.parts(), /part 1 is missing/);
});

test("invariant 8: compacting says the same of every transfer, in at most 60 bytes each", async () => {
  const disk = new SimulatedDisk();
  const journal = await JobJournal.create(disk, "/plans", header);
  const log = await journal.createPart(0);
  const dice = new Dice(7);
  const transfers = 10_000;
  for (let index = 0; index < transfers; index++) {
    const path = asPath(
      `exports/2026/part-${String(index).padStart(6, "0")}-${dice.below(1e9).toString(36)}.parquet`,
    );
    const version = `"0x8DE${dice.below(2 ** 32).toString(16)}${dice.below(2 ** 16).toString(16)}"`;
    const bytes = dice.below(2 ** 31);
    const modifiedMs = 1.79e12 + dice.next() * 1e9;
    log.append({
      record: "planned",
      transfer: { index, path, bytes, blockBytes: 8 << 20, modifiedMs, version },
    });
    log.append(index % 100 === 3 ? failed(index) : done(index));
  }
  log.append({ record: "scanned", skips: { symlinks: 2, specials: 1 } });
  await log.sync();
  await log.close();
  const before = await journal.load(0, true);
  await journal.compact(0);
  const after = await journal.load(0, true);
  assert.deepEqual(after.state.outcomes, before.state.outcomes);
  assert.deepEqual(pendingOf(after.state), pendingOf(before.state));
  assert.deepEqual(
    after.state.transfers[3],
    before.state.transfers[3],
    "a failed one keeps all that a resume needs",
  );
  assert.equal(after.state.scanned, true);
  assert.equal(await disk.exists(`/plans/${jobId}/part-00000.log`), false);
  const size = disk.files.get(`/plans/${jobId}/part-00000.done`)?.current.length ?? Infinity;
  assert(size / transfers <= 60, `${size / transfers} bytes a transfer`);
});

test("a compacted part can be gone on with: its failed transfers end in a new log", async () => {
  const disk = new SimulatedDisk();
  const journal = await JobJournal.create(disk, "/plans", header);
  const log = await journal.createPart(0);
  for (const one of [plan(0, "a"), plan(1, "b"), done(0), failed(1)]) log.append(one);
  await log.sync();
  await log.close();
  await journal.compact(0);
  const loaded = await journal.load(0, false);
  assert.deepEqual(pendingOf(loaded.state), [1]);
  const more = await journal.reopenPart(0, loaded);
  more.append(done(1));
  await more.sync();
  await more.close();
  await journal.compact(0);
  assert.deepEqual(pendingOf((await journal.load(0, false)).state), []);
});

test("on a real disk: the second runner is refused, a dead one's lock is taken over, nothing is left behind", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  try {
    const living = new Map([
      [1, "b1"],
      [2, "b2"],
    ]);
    const disk = (pid: number, boot = "x"): RealDisk =>
      new RealDisk({ pid, boot, birthOf: (each) => living.get(each) });
    const first = await JobJournal.create(disk(1), folder, header);
    await assert.rejects(
      JobJournal.open(disk(2), folder, jobId),
      /is being run by another process \(process 1\)/,
    );
    await assert.rejects(removeJob(disk(2), folder, jobId), /is being run/);
    living.set(1, "another process with the same id");
    const second = await JobJournal.open(disk(2), folder, jobId);
    const part = await second.createPart(0);
    part.append(plan(0, "ü/😀\n.txt"));
    await part.sync();
    assert.equal((await second.load(0, true)).state.transfers[0]?.path, "ü/😀\n.txt");
    await part.close();
    await second.close();
    await first.close();
    assert.deepEqual(await listJobs(disk(1), folder), [jobId]);
    await JobJournal.open(disk(2, "another boot"), folder, jobId);
    assert.deepEqual((await readdir(join(folder, jobId))).sort(), ["job.json", "lock", "part-00000.log"]);
    await writeFile(join(folder, jobId, "lock"), "");
    await removeJob(disk(2), folder, jobId);
    assert.deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an unknown job, another format and a damaged header are told apart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  try {
    const disk = new RealDisk({ pid: 1, boot: "x", birthOf: () => "b" });
    const code = async (): Promise<string> => {
      try {
        await JobJournal.look(disk, folder, jobId);
        return "none";
      } catch (error) {
        return error instanceof StorageError ? error.code : String(error);
      }
    };
    assert.equal(await code(), "NotFound");
    const journal = await JobJournal.create(disk, folder, header);
    assert.equal(await code(), "none");
    const file = join(folder, jobId, "job.json");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"format": 1', '"format": 99'));
    assert.equal(await code(), "Unsupported");
    await writeFile(file, text.slice(0, 20));
    assert.equal(await code(), "Corrupt");
    await journal.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a block set holds what was added and nothing else", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 50_000 })), fc.nat({ max: 50_000 }), (indexes, probe) => {
      const set = new BlockSet();
      for (const index of indexes) set.add(index);
      for (const index of indexes) set.add(index);
      assert.equal(set.size, indexes.length);
      assert.equal(set.has(probe), indexes.includes(probe));
    }),
  );
});
