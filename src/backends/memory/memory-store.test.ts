import { strict as assert } from "node:assert";
import { test } from "node:test";
import { StorageError } from "../../foundation/errors.ts";
import { asPath, type Block, type Target } from "../backend.ts";
import { type MemoryFault, MemoryState, MemoryStore } from "./memory-store.ts";

const never = new AbortController().signal;
const path = asPath("object");
const target: Target = { path, bytes: 4, expect: { kind: "absent" }, part: 0, index: 0 };
const bytes = Buffer.from("1234");
const block: Block = { index: 0, range: { offset: 0, length: 4 } };

/** Loses the first call of `operation` at `moment`; later ones pass. */
function losing(operation: string, moment: "before" | "after"): MemoryFault {
  let lost = false;
  return (called, _path, now) => {
    if (lost || called !== operation || now !== moment) return;
    lost = true;
    throw new StorageError("Unreachable", `${operation} was lost ${moment} its effect`, { retryable: true });
  };
}

test("a lost request has no effect, a lost reply has; either may be sent again", async () => {
  for (const moment of ["before", "after"] as const) {
    const store = new MemoryStore({ fault: losing("put", moment) });
    await assert.rejects(() => store.put(target, bytes, {}, never), { code: "Unreachable" });
    assert.equal(store.state.objects.has(path), moment === "after");
    const version = store.state.objects.get(path)?.version;
    await store.put(target, bytes, {}, never);
    if (version !== undefined)
      assert.equal(store.state.objects.get(path)?.version, version, "it was written again");
  }
});

test("a commit whose reply was lost is recognised by a store that is opened later", async () => {
  const state = new MemoryState();
  const first = await new MemoryStore({ state, fault: losing("commit", "after") }).write(
    target,
    [block],
    never,
  );
  await first.deliver(block, bytes, never);
  await assert.rejects(() => first.commit({}, never), { code: "Unreachable" });
  const second = await new MemoryStore({ state }).write(target, [block], never);
  assert.equal(await second.delivered(never), "committed");
  await second.commit({}, never);
  assert.equal(state.staged.size, 0);
});

test("an object that somebody else put is no success of ours", async () => {
  const store = new MemoryStore();
  store.state.place(path, bytes);
  await assert.rejects(() => store.put(target, bytes, {}, never), { code: "AlreadyExists" });
});

test("what is kept is a copy: buffers are used again", async () => {
  const store = new MemoryStore();
  const buffer = Buffer.from("1234");
  await store.put(target, buffer, {}, never);
  const writer = await store.write({ ...target, path: asPath("other"), index: 1 }, [block], never);
  await writer.deliver(block, buffer, never);
  buffer.fill(0);
  await writer.commit({}, never);
  for (const each of store.state.objects.values()) assert.equal(Buffer.from(each.bytes).toString(), "1234");
});
