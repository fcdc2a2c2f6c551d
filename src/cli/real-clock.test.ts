import { strict as assert } from "node:assert";
import { getEventListeners } from "node:events";
import test from "node:test";
import { realClock, realRandom } from "./real-clock.ts";

test("thousands who wait under one signal leave one listener, and are told when it is aborted", async () => {
  const clock = realClock();
  const stop = new AbortController();
  const waits = Array.from({ length: 2_000 }, () => clock.sleep(3_600_000, stop.signal));
  assert.equal(getEventListeners(stop.signal, "abort").length, 1);
  const reason = new Error("enough");
  stop.abort(reason);
  for (const wait of await Promise.allSettled(waits)) {
    assert(wait.status === "rejected" && wait.reason === reason);
  }
  await assert.rejects(clock.sleep(1, stop.signal), reason);
  assert.equal(getEventListeners(stop.signal, "abort").length, 0);
});

test("a sleep ends after its time, and an abort after that changes nothing", async () => {
  const clock = realClock();
  const stop = new AbortController();
  const before = clock.elapsed();
  await clock.sleep(20, stop.signal);
  // Timers of Node may be a millisecond early.
  assert(clock.elapsed() - before >= 19);
  stop.abort();
  await clock.sleep(0);
});

test("a sleep longer than a timer can be does not end at once", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let awake = false;
  const days = 24 * 3_600_000;
  const sleep = realClock()
    .sleep(60 * days)
    .then(() => {
      awake = true;
    });
  for (let day = 0; day < 59; day++) context.mock.timers.tick(days);
  await Promise.resolve();
  assert(!awake);
  // Every timer of the simulation may begin up to a tick late.
  for (let day = 59; day < 63; day++) context.mock.timers.tick(days);
  await sleep;
});

test("ids are made of bytes that differ, numbers lie between 0 and 1", () => {
  const random = realRandom();
  assert.notDeepEqual(random.bytes(16), random.bytes(16));
  assert.equal(random.bytes(16).length, 16);
  const number = random.next();
  assert(number >= 0 && number < 1);
});
