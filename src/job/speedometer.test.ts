import { strict as assert } from "node:assert";
import { test } from "node:test";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { Speedometer } from "./speedometer.ts";

test("a reading is the bytes since the one before, per second, whatever the wall clock does", async () => {
  const clock = new SimulatedClock();
  let total = 5_000;
  const speedometer = new Speedometer(clock, () => total);
  await clock.run(clock.sleep(2_000));
  total += 4_000;
  assert.equal(speedometer.read(), 2_000);
  clock.jump(-3_600_000);
  await clock.run(clock.sleep(500));
  total += 1_000;
  assert.equal(speedometer.read(), 2_000);
  await clock.run(clock.sleep(1_000));
  assert.equal(speedometer.read(), 0);
});

test("two readings at one time lose no bytes", async () => {
  const clock = new SimulatedClock();
  let total = 0;
  const speedometer = new Speedometer(clock, () => total);
  total = 700;
  assert.equal(speedometer.read(), 0, "no time has passed");
  await clock.run(clock.sleep(1_000));
  total = 1_000;
  assert.equal(speedometer.read(), 1_000);
});
