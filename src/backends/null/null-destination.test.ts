import { strict as assert } from "node:assert";
import { test } from "node:test";
import { asPath, type Target } from "../backend.ts";
import { openNullDestination } from "./null-destination.ts";

const never = new AbortController().signal;
const target: Target = {
  path: asPath("../any/name\0"),
  bytes: 4,
  expect: { kind: "absent" },
  part: 0,
  index: 0,
};

test("the null destination takes everything, whatever it is called, and nothing stands there", async () => {
  const store = openNullDestination();
  const bytes = Buffer.from("1234");
  await store.put(target, bytes, {}, never);
  await store.put(target, bytes, {}, never);
  const block = { index: 0, range: { offset: 0, length: 4 } };
  const writer = await store.write(target, [block], never);
  assert.deepEqual(await writer.delivered(never), new Set());
  await writer.deliver(block, bytes, never);
  await assert.rejects(() => writer.readBack(block, new Uint8Array(4), never), { code: "Unsupported" });
  await writer.settle();
  await writer.commit({}, never);
  await writer.suspend();
  await writer.abandon();
  await store.settle(never);
  assert.equal(await store.stat(target.path, never), undefined);
  assert.equal(await store.hasChildren(asPath(""), never), false);
  for await (const page of store.list({ prefix: asPath(""), recursive: true }, never))
    assert.fail(`listed ${page}`);
  await store.close();
});
