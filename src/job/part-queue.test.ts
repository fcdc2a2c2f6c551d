import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { SimulatedDisk } from "../../test/simulation/simulated-disk.ts";
import { asPath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { type JobHeader, planFormat } from "../journal/job-folder.ts";
import { JobJournal } from "../journal/job-journal.ts";
import type { Transfer } from "../journal/records.ts";
import { OpenPart, PartQueue, type Work } from "./part-queue.ts";

const jobId = "0f8fad5b-d9cb-469f-a165-70867728950e";
const never = new AbortController().signal;
const skips = { symlinks: 0, specials: 0 };
const settled = (): Promise<void> => new Promise(setImmediate);

async function journalOn(disk: SimulatedDisk): Promise<JobJournal> {
  const header: JobHeader = { format: planFormat, jobId, startedMs: 0, command: "copy", order: {} };
  return JobJournal.create(disk, "/plans", header);
}

const transferOf = (part: number, index: number): Transfer => ({
  index,
  path: asPath(`${part}/${index}`),
  bytes: 10,
  blockBytes: 4,
  modifiedMs: 5,
  version: "v",
});

const nameOf = (work: Work | undefined): string | undefined => work?.transfer.path;

/** A part that is planned on disk only; `ended`: transfers that are over, `delivered`: of the others, block 0 is. */
async function spilledPart(
  journal: JobJournal,
  number: number,
  transfers: number,
  { ended = 0, delivered = false } = {},
): Promise<OpenPart> {
  const log = await journal.createPart(number);
  log.append({ record: "cursor", token: undefined, skips });
  for (let index = 0; index < transfers; index++) {
    log.append({ record: "planned", transfer: transferOf(number, index) });
    if (index < ended) log.append({ record: "ended", index, outcome: { state: "done" } });
    else if (delivered) log.append({ record: "delivered", index, block: 0 });
  }
  await log.sync();
  await log.close();
  const part = new OpenPart(number, undefined);
  part.planned = transfers;
  part.ended = ended;
  part.full = true;
  return part;
}

function push(queue: PartQueue, part: OpenPart, transfers: number): void {
  for (let index = 0; index < transfers; index++) {
    queue.push({ part, transfer: transferOf(part.number, index), known: undefined });
  }
}

async function takeAll(queue: PartQueue, count = Number.POSITIVE_INFINITY): Promise<(string | undefined)[]> {
  const names: (string | undefined)[] = [];
  while (names.length < count) {
    const work = await queue.take(never);
    if (work === undefined) break;
    names.push(nameOf(work));
  }
  return names;
}

const namesOf = (part: number, count: number, from = 0): string[] =>
  Array.from({ length: count - from }, (_, index) => `${part}/${from + index}`);

test("transfers are taken in the order of the plan: those in memory, then those on disk", async () => {
  const journal = await journalOn(new SimulatedDisk());
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 });
  push(queue, new OpenPart(0, undefined), 5);
  queue.spill(await spilledPart(journal, 1, 300, { delivered: true }));
  queue.spill(await spilledPart(journal, 2, 4, { ended: 2 }));
  queue.spill(await spilledPart(journal, 3, 3, { ended: 3 }));
  queue.spill(await spilledPart(journal, 4, 2));
  queue.end();
  assert.deepEqual(await takeAll(queue), [
    ...namesOf(0, 5),
    ...namesOf(1, 300),
    ...namesOf(2, 4, 2),
    ...namesOf(4, 2),
  ]);
  assert.equal(await queue.take(never), undefined, "and never again");
});

test("a part that comes back from disk has its log open behind what it says, and its blocks are known", async () => {
  const disk = new SimulatedDisk();
  const journal = await journalOn(disk);
  const told: OpenPart[] = [];
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 }, (part) => {
    assert(part.log !== undefined, "its log is open by then");
    told.push(part);
  });
  const part = await spilledPart(journal, 0, 3, { ended: 1, delivered: true });
  queue.spill(part);
  assert.equal(part.spilled, true);
  const work = await queue.take(never);
  assert(work?.part === part && part.log !== undefined);
  assert.equal(part.spilled, false);
  assert.deepEqual(told, [part]);
  assert.equal(work.known?.has(0), true);
  assert.equal(work.known.has(1), false);
  part.append(work.transfer.index, { state: "done" });
  assert.equal(part.over, false);
  part.append(2, { state: "skipped", reason: "exists" });
  assert.equal(part.over, true);
  await part.log.sync();
  const { state, torn } = await journal.load(0, true);
  assert.equal(torn, false);
  assert.deepEqual([...state.pending()], []);
});

test("a part is over when no more comes and all of it has ended", async () => {
  const journal = await journalOn(new SimulatedDisk());
  const part = new OpenPart(0, await journal.createPart(0));
  part.planned = 1;
  assert.equal(part.over, false);
  part.log?.append({ record: "planned", transfer: transferOf(0, 0) });
  part.append(0, { state: "done" });
  assert.equal(part.over, false, "more may be planned");
  part.full = true;
  assert.equal(part.over, true);
});

test("hasRoom bounds what is held in memory, and parts behind a spilled one spill too", async () => {
  const journal = await journalOn(new SimulatedDisk());
  const queue = new PartQueue(journal, true, { transfersPerPart: 3, residentTransfersMax: 6 });
  const resident = new OpenPart(0, undefined);
  assert.equal(queue.hasRoom, true);
  push(queue, resident, 5);
  assert.equal(queue.hasRoom, true);
  push(queue, resident, 1);
  assert.equal(queue.waiting, 6);
  assert.equal(queue.hasRoom, false);
  queue.spill(await spilledPart(journal, 1, 3));
  assert.deepEqual(await takeAll(queue, 6), [...namesOf(0, 5), "0/0"]);
  assert.equal(queue.waiting, 0);
  assert.equal(queue.hasRoom, false, "what stays in memory now would overtake the part on disk");
  assert.deepEqual(await takeAll(queue, 1), ["1/0"]);
  assert.equal(queue.hasRoom, true);
});

test("each push wakes one who waits, and nobody is forgotten", async () => {
  const journal = await journalOn(new SimulatedDisk());
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 });
  const taken: (string | undefined)[] = [];
  const takers = Array.from({ length: 4 }, async () => {
    taken.push(nameOf(await queue.take(never)));
  });
  await settled();
  assert.deepEqual(taken, []);
  push(queue, new OpenPart(0, undefined), 3);
  await settled();
  assert.deepEqual(taken.toSorted(), namesOf(0, 3));
  queue.end();
  await Promise.all(takers);
  assert.deepEqual(taken.slice(3), [undefined]);
});

test("a part that is spilled before it is full is waited for, and loaded once, by whoever comes first", async () => {
  let opened = 0;
  const disk = new SimulatedDisk((operation, path) => {
    if (operation === "open" && path.endsWith("part-00000.log")) opened++;
  });
  const journal = await journalOn(disk);
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 });
  const part = await spilledPart(journal, 0, 3);
  opened = 0;
  part.full = false;
  queue.spill(part);
  const taken: (string | undefined)[] = [];
  const takers = Array.from({ length: 5 }, async () => {
    taken.push(nameOf(await queue.take(never)));
  });
  await settled();
  assert.deepEqual(taken, [], "its plan is still being written");
  part.full = true;
  queue.wake();
  queue.end();
  await Promise.all(takers);
  assert.deepEqual(taken.filter((name) => name !== undefined).toSorted(), namesOf(0, 3));
  assert.equal(opened, 1);
});

test("a part that can never become full holds nobody up at the end", async () => {
  const journal = await journalOn(new SimulatedDisk());
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 });
  const part = await spilledPart(journal, 0, 3);
  part.full = false;
  queue.spill(part);
  const takers = [queue.take(never), queue.take(never)];
  await settled();
  queue.end();
  const late = settled().then(() => "still waiting");
  assert.deepEqual(await Promise.race([Promise.all(takers), late]), [undefined, undefined]);
});

test("an abort releases those who wait, and gives nothing more to those who come", async () => {
  const journal = await journalOn(new SimulatedDisk());
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 });
  const controller = new AbortController();
  const takers = [queue.take(controller.signal), queue.take(controller.signal)];
  await settled();
  controller.abort(new Error("cancelled"));
  queue.wake();
  assert.deepEqual(await Promise.all(takers), [undefined, undefined]);
  push(queue, new OpenPart(0, undefined), 1);
  assert.equal(await queue.take(controller.signal), undefined);
  assert.equal(queue.waiting, 1);
});

test("a part that cannot be loaded is an error for everyone who waits for it, and no hang", async () => {
  const disk = new SimulatedDisk();
  const journal = await journalOn(disk);
  const queue = new PartQueue(journal, true, { transfersPerPart: 5, residentTransfersMax: 5 });
  const part = await spilledPart(journal, 0, 3);
  const file = disk.files.get(`/plans/${jobId}/part-00000.log`);
  assert(file !== undefined);
  file.current = Buffer.concat([Buffer.from("rubbish\n"), file.current]);
  queue.spill(part);
  const takers = [queue.take(never), queue.take(never)];
  for (const taker of takers) {
    await assert.rejects(taker, (error) => error instanceof StorageError && error.code === "Corrupt");
  }
});

test("whatever is spilled and however slow the disk, every transfer is taken once, in order, within the bound", async () => {
  const seeds = fc.record({
    seed: fc.nat(),
    lanes: fc.integer({ min: 1, max: 5 }),
    perPart: fc.integer({ min: 1, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(seeds, async ({ seed, lanes, perPart }) => {
      const dice = new Dice(seed);
      const clock = new SimulatedClock();
      const disk = new SimulatedDisk(() => clock.sleep(dice.below(20)));
      const limits = { transfersPerPart: perPart, residentTransfersMax: 1 + dice.below(10) };
      const taken: string[] = [];
      const planned: string[] = [];
      const journal = await clock.run(journalOn(disk));
      const queue = new PartQueue(journal, true, limits);
      const plan = async (): Promise<void> => {
        for (let number = 0; number < 8; number++) {
          planned.push(...namesOf(number, perPart));
          if (queue.hasRoom) {
            const part = new OpenPart(number, await journal.createPart(number));
            for (let index = 0; index < perPart; index++) {
              queue.push({ part, transfer: transferOf(number, index), known: undefined });
              assert(queue.waiting < limits.residentTransfersMax + perPart, "more in memory than allowed");
              await clock.sleep(dice.below(10));
            }
          } else {
            const part = new OpenPart(number, undefined);
            queue.spill(part);
            await clock.sleep(dice.below(30));
            await spilledPart(journal, number, perPart);
            part.full = true;
            queue.wake();
          }
        }
        queue.end();
      };
      const lane = async (): Promise<void> => {
        for (let work = await queue.take(never); work; work = await queue.take(never)) {
          taken.push(work.transfer.path);
          assert(queue.waiting <= limits.residentTransfersMax + perPart);
          await clock.sleep(dice.below(40));
        }
      };
      await clock.run(Promise.all([plan(), ...Array.from({ length: lanes }, lane)]));
      assert.deepEqual(taken, planned);
    }),
    { numRuns: 80 },
  );
});
