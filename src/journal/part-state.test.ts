import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { done, failed, fold, got, pendingOf, plan } from "../../test/fakes/journal-lines.ts";
import { BlockSet } from "./block-set.ts";
import type { JournalRecord } from "./records.ts";

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
