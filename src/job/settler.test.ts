import { strict as assert } from "node:assert";
import { test } from "node:test";
import { SettlerBench } from "../../test/fakes/settler-bench.ts";

const settled = (): Promise<void> => new Promise(setImmediate);

const settledLine = (line: string | undefined): number =>
  Number(/^\{"settled":(\d+)\}/.exec(line ?? "")?.[1]);

test("a round settles the files of open writers, then what was put, and only then says so, durably", async () => {
  const bench = await SettlerBench.open();
  const part = await bench.part(0, 2);
  bench.openWriter();
  bench.openWriter();
  part.append(0, { state: "done" });
  bench.settler.partMayBeOver(part);
  bench.settler.settleSoon();
  await settled();
  await settled();
  assert.deepEqual(bench.steps, [
    "settle writer 0",
    "settle writer 1",
    "settle files",
    "sync part-00000.log",
  ]);
  const lines = bench.lines(0);
  assert.equal(settledLine(lines.at(-1)), lines.length - 1, "it covers every line before it");
  assert.equal(bench.durableLines(0), lines.length);
  assert.deepEqual(bench.complaints, []);
});

test("what is appended while the files settle is not covered", async () => {
  const bench = await SettlerBench.open();
  const part = await bench.part(0, 3);
  part.append(0, { state: "done" });
  bench.settler.partMayBeOver(part);
  const before = part.log?.lines;
  bench.before = async (step) => {
    if (step !== "settle files") return;
    bench.before = () => {};
    part.append(1, { state: "done" });
    await settled();
  };
  bench.settler.settleSoon();
  for (let n = 0; n < 5; n++) await settled();
  const lines = bench.lines(0);
  assert.equal(settledLine(lines.at(-1)), before);
  assert.equal(lines.length, (before ?? 0) + 2);
});

test("a round that is under way is not begun again, and the next one is", async () => {
  const bench = await SettlerBench.open();
  const part = await bench.part(0, 2);
  part.append(0, { state: "done" });
  bench.settler.partMayBeOver(part);
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.before = () => promise;
  for (let n = 0; n < 3; n++) bench.settler.settleSoon();
  await settled();
  assert.deepEqual(bench.steps, ["settle files"]);
  bench.before = () => {};
  resolve();
  await settled();
  assert.equal(bench.steps.length, 2);
  bench.settler.settleSoon();
  await settled();
  assert.equal(bench.steps.length, 4);
});

test("a part that is over is compacted after its files and its log are durable", async () => {
  const bench = await SettlerBench.open();
  const part = await bench.part(0, 2);
  part.append(0, { state: "done" });
  bench.settler.partMayBeOver(part);
  part.append(1, { state: "skipped", reason: "exists" });
  bench.settler.partMayBeOver(part);
  assert.deepEqual(bench.steps, [], "more may be planned: it is not full");
  part.full = true;
  bench.settler.partMayBeOver(part);
  await bench.settler.finish();
  assert.deepEqual(bench.steps, [
    "settle files",
    "sync part-00000.log",
    "replace part-00000.done",
    "remove part-00000.log",
  ]);
  assert.deepEqual(bench.closed, ["part-0"]);
  assert.equal(part.log, undefined);
  const { state, compacted } = await bench.journal.load(0, false);
  assert.equal(compacted, true);
  assert.deepEqual(state.outcomes, [{ state: "done" }, { state: "skipped", reason: "exists" }]);
  bench.settler.partMayBeOver(part);
  assert.deepEqual(bench.closed, ["part-0"], "once is enough");
});

test("for uploads only the log is made durable: no files, and no line that speaks of them", async () => {
  const bench = await SettlerBench.open(true);
  const [open, over] = [await bench.part(0, 2), await bench.part(1, 1)];
  bench.openWriter();
  open.append(0, { state: "done" });
  bench.settler.partMayBeOver(open);
  over.append(0, { state: "done" });
  over.full = true;
  bench.settler.partMayBeOver(over);
  bench.settler.settleSoon();
  await bench.settler.finish();
  assert(
    bench.steps.every((step) => !step.startsWith("settle")),
    String(bench.steps),
  );
  assert(bench.steps.includes("sync part-00000.log"));
  assert(bench.steps.includes("replace part-00001.done"));
  assert(!bench.lines(0).some((line) => line.startsWith('{"settled"')));
  assert.equal(bench.durableLines(0), bench.lines(0).length);
});

test("a part whose log was taken for compaction while a round was under way gets no further line", async () => {
  const bench = await SettlerBench.open();
  const part = await bench.part(0, 1);
  bench.settler.partMayBeOver(part);
  bench.before = async (step) => {
    assert.equal(step, "settle files");
    bench.before = () => {};
    part.append(0, { state: "done" });
    part.full = true;
    bench.settler.partMayBeOver(part);
    while (!bench.lines(0).every((line) => line === "")) await settled();
  };
  bench.settler.settleSoon();
  await bench.settler.finish();
  assert.deepEqual(bench.complaints, []);
  assert.equal((await bench.journal.load(0, false)).compacted, true);
  assert.deepEqual(bench.lines(0), []);
});

test("finish() waits for the round that is under way before it closes logs", async () => {
  const bench = await SettlerBench.open();
  const part = await bench.part(0, 2);
  bench.settler.partMayBeOver(part);
  bench.before = async () => {
    bench.before = () => {};
    for (let n = 0; n < 5; n++) await settled();
  };
  bench.settler.settleSoon();
  await bench.settler.finish();
  assert.deepEqual(bench.complaints, []);
  assert.equal(bench.lines(0).filter((line) => settledLine(line) > 0).length, 2);
});

test("finish() settles what is left and closes every log, in the order of safety", async () => {
  const bench = await SettlerBench.open();
  const parts = [await bench.part(0, 2), await bench.part(1, 2)];
  for (const part of parts) {
    part.append(0, { state: "done" });
    bench.settler.partMayBeOver(part);
  }
  await bench.settler.finish();
  assert.deepEqual(bench.steps, ["settle files", "sync part-00000.log", "sync part-00001.log"]);
  assert.deepEqual(bench.closed, ["part-0", "part-1"]);
  for (const number of [0, 1]) {
    assert.equal(settledLine(bench.lines(number).at(-1)), bench.lines(number).length - 1);
    assert.equal(bench.durableLines(number), bench.lines(number).length);
  }
});

test("a disk that fails at any step costs a warning, never the job; claims stay unsaid, and logs are closed", async () => {
  const failing = [
    "settle writer 0",
    "settle files",
    "sync part-00000.log",
    "sync part-00001.log",
    "replace part-00001.done",
  ];
  for (const step of failing) {
    const bench = await SettlerBench.open();
    const [open, over] = [await bench.part(0, 2), await bench.part(1, 1)];
    bench.openWriter();
    bench.before = (now) => {
      if (now === step) throw new Error("the disk is full");
    };
    open.append(0, { state: "done" });
    bench.settler.partMayBeOver(open);
    over.append(0, { state: "done" });
    over.full = true;
    bench.settler.partMayBeOver(over);
    bench.settler.settleSoon();
    await bench.settler.finish();
    assert(bench.complaints.length > 0, step);
    assert(bench.complaints.every((text) => /could not be made durable: the disk is full/.test(text)));
    assert.deepEqual(bench.closed.toSorted(), ["part-0", "part-1"], step);
    if (step.startsWith("settle"))
      assert(!bench.lines(0).some((line) => line.startsWith('{"settled"')), step);
    const { compacted } = await bench.journal.load(1, false);
    assert.equal(
      compacted,
      step === "sync part-00000.log",
      `${step}: compacted only when all before it went well`,
    );
  }
});

test("a log that cannot even be closed is a warning", async () => {
  const bench = await SettlerBench.open();
  const [first, second] = [await bench.part(0, 2), await bench.part(1, 2)];
  for (const part of [first, second]) bench.settler.partMayBeOver(part);
  assert(first.log !== undefined);
  first.log.close = () => Promise.reject(new Error("EIO"));
  await bench.settler.finish();
  assert.deepEqual(bench.closed, ["part-1"]);
  assert.match(String(bench.complaints), /EIO/);
});
