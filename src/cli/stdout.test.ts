import { strict as assert } from "node:assert";
import { Writable } from "node:stream";
import { test } from "node:test";
import { watchOutput } from "./stdout.ts";

test("what is written is waited for only while the reader is behind", async () => {
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 10,
    write: (_chunk, _encoding, done) => void waiting.push(done),
  });
  const drained = watchOutput(stream);
  assert.equal(await drained(), true);
  stream.write("small");
  assert.equal(await drained(), true);
  stream.write("much more than fits");
  let isOver = false;
  const later = drained().then((open) => {
    isOver = true;
    return open;
  });
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  for (let done = waiting.shift(); done !== undefined; done = waiting.shift()) {
    done();
    await new Promise(setImmediate);
  }
  assert.equal(await later, true);
});

test("a reader who has left is told, before and during the wait, and harms nobody", async () => {
  let fail = (_error: Error): void => {};
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => {
      fail = done;
    },
  });
  const drained = watchOutput(stream);
  stream.write("text");
  const during = drained();
  fail(new Error("write EPIPE"));
  assert.equal(await during, false);
  assert.equal(await drained(), false);
});
