import { strict as assert } from "node:assert";
import test from "node:test";
import { asPath } from "../../src/backends/backend.ts";
import { MemoryState } from "../../src/backends/memory/memory-store.ts";
import { sizeClass } from "../../src/job/buffer-pool.ts";
import type { OverwriteRule } from "../../src/job/order.ts";
import { md5Of } from "../../src/job/ordered-digest.ts";
import { Dice } from "./dice.ts";
import type { Ending, Settings } from "./settings.ts";
import { SimulatedWorld } from "./simulated-world.ts";

/**
 * Goal: whatever happens between any two steps, the job ends with the destination equal to the source, and with
 * little work done twice. Method: seeded worlds, each with its own files, limits, weather and deaths; the checkers
 * look at content, at the counts, at the bytes sent and at the memory held. A red seed is run alone with SEED=n.
 */

interface Outcome {
  readonly deaths: number;
  readonly bytes: number;
  readonly resent: number;
  readonly trace: string;
}

function settingsOf(dice: Dice): Settings {
  const direction = dice.chance(0.5) ? "upload" : "download";
  const overwrites: OverwriteRule[] = ["true", "true", "false", "ifSourceNewer"];
  return {
    direction,
    overwrite: overwrites[dice.below(overwrites.length)] ?? "true",
    blockBytes: 1 + dice.below(16),
    putBytes: dice.chance(0.3) ? 1 + dice.below(30) : undefined,
    checksums: dice.chance(0.5),
    memoryBytes: sizeClass(1) * (1 + dice.below(6)),
    blocks: 1 + dice.below(6),
    lanes: 1 + dice.below(6),
    transfersPerPart: 1 + dice.below(8),
    residentTransfersMax: 1 + dice.below(12),
    pageItemsMax: 1 + dice.below(6),
    weather: {
      busy: dice.next() * 0.2,
      lostReply: dice.next() * 0.1,
      slowMsMax: 1 + dice.below(40),
      refused: new Set(),
      scanFails: dice.chance(0.2) ? dice.next() * 0.5 : 0,
    },
  };
}

function sourceOf(dice: Dice): MemoryState {
  const source = new MemoryState();
  const files = dice.below(16);
  for (let n = 0; n < files; n++) {
    const folder = ["", "a/", "a-b/", "😀/", "ｆ/"][dice.below(5)] ?? "";
    const bytes = dice.bytes(dice.chance(0.2) ? 0 : dice.below(60));
    source.place(asPath(`${folder}file${n}`), bytes, {
      properties: { contentMd5: md5Of(bytes) },
      modifiedMs: 5e12,
    });
  }
  return source;
}

async function simulate(seed: number): Promise<Outcome> {
  const dice = new Dice(seed);
  const settings = settingsOf(dice);
  const source = sourceOf(dice);
  const world = new SimulatedWorld(dice, settings, source);
  const kept = new Map<string, Buffer>();
  for (const [path] of source.objects) {
    if (!dice.chance(0.1)) continue;
    const old = dice.bytes(5);
    world.prepare(path, old);
    if (settings.overwrite === "false") kept.set(path, Buffer.from(old));
  }
  for (const [path] of source.objects) if (dice.chance(0.05)) settings.weather.refused.add(path);

  let deaths = 0;
  let powerCuts = 0;
  let expiries = 0;
  let cancels = 0;
  const deathsMax = dice.below(4);
  let ending: Ending;
  for (let first = true; ; first = false) {
    const death = dice.chance(0.3) ? "power cut" : "kill";
    const steps = deaths < deathsMax ? 1 + dice.below(150) : Infinity;
    const cancelAt = dice.chance(0.1) && cancels < 2 ? 1 + dice.below(100) : Infinity;
    ending = await world.run(first, steps, death, cancelAt);
    for (const [path, object] of world.destination.objects) {
      const whole = Buffer.from(source.objects.get(path)?.bytes ?? []);
      const old = object.origin === undefined;
      assert(old || whole.equals(Buffer.from(object.bytes)), `${path} is visible half-written`);
    }
    if (ending.kind === "scan failed") {
      settings.weather.scanFails = 0;
      continue;
    }
    if (ending.kind === "ended") {
      const { counts, status } = ending.snapshot;
      assert.equal(
        counts.total,
        counts.done + counts.failed + counts.skipped + pendingOf(ending),
        "counts conserved",
      );
      if (status === "Cancelled") cancels++;
      else if (settings.weather.refused.size > 0) settings.weather.refused.clear();
      else break;
      continue;
    }
    deaths++;
    if (ending.kind === "power cut") powerCuts++;
    if (dice.chance(0.2)) {
      world.expireStagedBlocks();
      expiries++;
    }
  }

  const { counts, status } = ending.snapshot;
  assert.equal(counts.total, source.objects.size, "every source object is planned once");
  assert.deepEqual(ending.snapshot.newlyFailed, []);
  assert.equal(counts.failed, 0);
  assert.equal(counts.skipped + counts.done, counts.total);
  assert.equal(status, counts.skipped > 0 ? "CompletedWithSkipped" : "Completed");
  let bytes = 0;
  for (const [path, object] of source.objects) {
    const want = kept.get(path) ?? Buffer.from(object.bytes);
    assert.deepEqual(Buffer.from(world.destination.objects.get(path)?.bytes ?? []), want, path);
    if (!kept.has(path)) bytes += object.bytes.length;
  }
  // What a run wrote and died before noting is met by the next one as existing.
  if (settings.overwrite === "false") assert(counts.skipped >= kept.size);
  assert(
    world.memoryPeakBytes <= settings.memoryBytes,
    `memory ${world.memoryPeakBytes} of ${settings.memoryBytes}`,
  );
  const resent = world.bytesSent - bytes;
  // A kill loses at most what was in flight: a block (or whole small object) in each place, and a file whose commit
  // was under way needs none of its blocks again.
  if (powerCuts === 0 && expiries === 0) {
    const inFlight =
      (deaths + cancels) * settings.blocks * Math.max(settings.blockBytes, settings.putBytes ?? 0);
    assert(resent <= inFlight, `${resent} bytes were sent twice, at most ${inFlight} were in flight`);
  }
  return { deaths, bytes, resent, trace: `${world.steps} ${world.bytesSent} ${world.disk.bytesSynced}` };
}

function pendingOf(ending: Extract<Ending, { kind: "ended" }>): number {
  const { counts, status } = ending.snapshot;
  if (status !== "Cancelled") return 0;
  return counts.total - counts.done - counts.failed - counts.skipped;
}

test("every seed ends with the destination equal to the source, and little is sent twice", async (context) => {
  const only = process.env["SEED"];
  const first = only === undefined ? 1 : Number(only);
  const last = only === undefined ? Number(process.env["SEEDS"] ?? 1_500) : first;
  const sum = { seeds: 0, deaths: 0, bytes: 0, resent: 0 };
  for (let seed = first; seed <= last; seed++) {
    try {
      const outcome = await simulate(seed);
      sum.seeds++;
      sum.deaths += outcome.deaths;
      sum.bytes += outcome.bytes;
      sum.resent += outcome.resent;
      if (seed % 50 === 0)
        assert.equal((await simulate(seed)).trace, outcome.trace, "a seed replays identically");
    } catch (error) {
      throw new Error(`seed ${seed} fails; run it alone with SEED=${seed}`, { cause: error });
    }
  }
  context.diagnostic(JSON.stringify(sum));
  assert(
    only !== undefined || sum.deaths > sum.seeds / 2,
    "the simulation kills too seldom to prove anything",
  );
});
