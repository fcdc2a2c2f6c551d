import { strict as assert } from "node:assert";
import test from "node:test";
import { asPath, type Entry } from "../backends/backend.ts";
import { decide } from "./decide.ts";

const entry: Entry = { kind: "file", path: asPath("p"), bytes: 1, modifiedMs: 0, version: undefined };

test("sync decides every row of its table as the table says", () => {
  const seen: Record<string, number> = {};
  for (const source of [entry, undefined, "unknown"] as const) {
    for (const destination of [entry, undefined, "unknown"] as const) {
      for (const removeExtra of [true, false]) {
        for (const differs of [true, false]) {
          const rules = { removeExtra, differs: () => differs };
          if (source !== entry && destination !== entry) {
            assert.throws(() => decide(source, destination, rules));
            continue;
          }
          const action = decide(source, destination, rules);
          const whenThere = differs ? "copy" : "leave";
          const fromSource = destination === undefined ? "copy" : destination === entry ? whenThere : "fail";
          const wanted =
            source === entry ? fromSource : source === undefined && removeExtra ? "remove" : "leave";
          assert.equal(action, wanted);
          seen[action] = (seen[action] ?? 0) + 1;
        }
      }
    }
  }
  assert.deepEqual(seen, { copy: 6, leave: 8, fail: 4, remove: 2 });
});
