import { strict as assert } from "node:assert";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { done, failed, pendingOf, plan } from "../../test/fakes/journal-lines.ts";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedDisk } from "../../test/simulation/simulated-disk.ts";
import { asPath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { type JobHeader, listJobs, planFormat, removeJob } from "./job-folder.ts";
import { JobJournal } from "./job-journal.ts";
import { RealDisk } from "./real-disk.ts";

const jobId = "0f8fad5b-d9cb-469f-a165-70867728950e";
const header: JobHeader = { format: planFormat, jobId, startedMs: 5, command: "copy a b", order: { x: 1 } };

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
