import { strict as assert } from "node:assert";
import { test } from "node:test";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { asPath, type Destination, type Entry } from "../backends/backend.ts";
import { MemoryStore } from "../backends/memory/memory-store.ts";
import { type ErrorCode, StorageError } from "../foundation/errors.ts";
import type { Transfer } from "../journal/records.ts";
import type { PromptAnswer } from "./events.ts";
import type { OverwriteRule } from "./order.ts";
import { type Decision, decideOverwrite, OverwritePrompt } from "./overwrite.ts";

const path = asPath("folder/a");
const { signal } = new AbortController();
const times = { older: 1_000, same: 2_000, newer: 3_000 };

const transferAt = (modifiedMs: number | undefined): Transfer => ({
  index: 0,
  path: asPath("a"),
  bytes: 1,
  blockBytes: 8,
  modifiedMs,
  version: "s1",
});

/** A destination where the object stands that is described; undefined: nothing stands there. */
function destinationWith(there: Partial<Entry> | undefined): Destination {
  const store = new MemoryStore();
  store.stat = async (asked) => {
    assert.equal(asked, path);
    const entry = { kind: "file" as const, path, bytes: 3, modifiedMs: times.same, version: "d1" };
    return there === undefined ? undefined : { ...entry, ...there };
  };
  return store;
}

function destinationThatRefuses(code: ErrorCode): Destination {
  const store = new MemoryStore();
  store.stat = () => Promise.reject(new StorageError(code, "refused"));
  return store;
}

const nobodyAsked = new OverwritePrompt(async () => assert.fail("nobody should be asked"));
const answering = (answer: PromptAnswer | undefined): OverwritePrompt =>
  new OverwritePrompt(async () => answer);

function decide(
  rule: OverwriteRule,
  destination: Destination,
  options: { readonly modifiedMs?: number | undefined; readonly prompt?: OverwritePrompt } = {},
): Promise<Decision> {
  const { prompt = nobodyAsked } = options;
  const transfer = transferAt("modifiedMs" in options ? options.modifiedMs : times.same);
  return decideOverwrite(rule, transfer, path, { destination, prompt }, signal);
}

const whatever = { write: true, expect: { kind: "any" } };
const ifAbsent = { write: true, expect: { kind: "absent" } };
const ifUnchanged = { write: true, expect: { kind: "version", version: "d1" } };
const skip = (reason: string) => ({ write: false, reason });

test("true writes whatever stands there, and does not even look", async () => {
  assert.deepEqual(await decide("true", destinationThatRefuses("Internal")), whatever);
});

test("where nothing stands, every other rule writes on the condition that still nothing stands there", async () => {
  for (const rule of ["false", "ifSourceNewer", "prompt"] as const) {
    assert.deepEqual(await decide(rule, destinationWith(undefined)), ifAbsent, rule);
  }
});

test("false skips what exists, of any kind and age", async () => {
  for (const there of [{}, { modifiedMs: 0 }, { kind: "folder" as const }, { version: undefined }]) {
    assert.deepEqual(await decide("false", destinationWith(there)), skip("exists"));
  }
});

test("ifSourceNewer writes over an older object, if it is still that one, and skips every other", async () => {
  const there = destinationWith({});
  assert.deepEqual(await decide("ifSourceNewer", there, { modifiedMs: times.newer }), ifUnchanged);
  assert.deepEqual(await decide("ifSourceNewer", there, { modifiedMs: times.same }), skip("newer"));
  assert.deepEqual(await decide("ifSourceNewer", there, { modifiedMs: times.older }), skip("newer"));
  assert.deepEqual(await decide("ifSourceNewer", there, { modifiedMs: undefined }), skip("newer"));
  const ageless = destinationWith({ modifiedMs: undefined });
  assert.deepEqual(await decide("ifSourceNewer", ageless), ifUnchanged);
});

test("prompt writes over an object as answered, if it is still that one", async () => {
  const there = destinationWith({});
  const table: readonly (readonly [PromptAnswer | undefined, unknown])[] = [
    ["yes", ifUnchanged],
    ["yesForAll", ifUnchanged],
    ["no", skip("declined")],
    ["noForAll", skip("declined")],
    [undefined, skip("declined")],
  ];
  for (const [answer, decision] of table) {
    assert.deepEqual(await decide("prompt", there, { prompt: answering(answer) }), decision, answer);
  }
});

test("an object without a version is written over on no condition, since there is none to be had", async () => {
  const there = destinationWith({ version: undefined });
  assert.deepEqual(await decide("ifSourceNewer", there, { modifiedMs: times.newer }), whatever);
  assert.deepEqual(await decide("prompt", there, { prompt: answering("yes") }), whatever);
});

test("a token that may write but not read can do what false promises; other rules and errors fail", async () => {
  assert.deepEqual(await decide("false", destinationThatRefuses("AccessDenied")), ifAbsent);
  await assert.rejects(decide("false", destinationThatRefuses("Timeout")), { code: "Timeout" });
  for (const rule of ["ifSourceNewer", "prompt"] as const) {
    await assert.rejects(decide(rule, destinationThatRefuses("AccessDenied")), { code: "AccessDenied" });
  }
});

test("one object is asked about at a time, in the order of asking", async () => {
  const clock = new SimulatedClock();
  const asked: string[] = [];
  let open = 0;
  const prompt = new OverwritePrompt(async (about) => {
    assert.equal(++open, 1, "two questions at once");
    asked.push(about);
    await clock.sleep(about === "b" ? 500 : 10);
    open--;
    return about === "b" ? "no" : "yes";
  });
  const answers = Promise.all(["a", "b", "c"].map((one) => prompt.ask(asPath(one))));
  assert.deepEqual(await clock.run(answers), [true, false, true]);
  assert.deepEqual(asked, ["a", "b", "c"]);
});

test("an answer for all is asked for once, also by those who wait already", async () => {
  for (const [answer, yes] of [
    ["yesForAll", true],
    ["noForAll", false],
  ] as const) {
    let questions = 0;
    const prompt = new OverwritePrompt(async () => (++questions === 2 ? answer : "yes"));
    const waiting = ["a", "b", "c", "d"].map((one) => prompt.ask(asPath(one)));
    assert.deepEqual(await Promise.all(waiting), [true, yes, yes, yes]);
    assert.equal(await prompt.ask(asPath("e")), yes);
    assert.equal(questions, 2);
  }
});

test("a question that fails fails alone", async () => {
  let questions = 0;
  const prompt = new OverwritePrompt(async () => {
    if (++questions === 1) throw new Error("the terminal is gone");
    return "yes";
  });
  const first = prompt.ask(asPath("a"));
  const second = prompt.ask(asPath("b"));
  await assert.rejects(first, /the terminal is gone/);
  assert.equal(await second, true);
});
