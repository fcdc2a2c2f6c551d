import { strict as assert } from "node:assert";
import { test } from "node:test";
import { asPath, type Entry, type Listing } from "../backends/backend.ts";
import { planSync, SyncTally } from "./plan-sync.ts";

const entry = (path: string, kind: Entry["kind"]): Entry => ({
  kind,
  path: asPath(path),
  bytes: 1,
  modifiedMs: 0,
  version: "1",
});

async function* listing(...items: Entry[]): Listing {
  yield { items, token: undefined };
}

test("what is no file at the destination is not removed, also where the source has nothing", async () => {
  const rules = { removeExtra: true, differs: () => true, mayRemove: () => true, wants: () => true };
  const there = listing(entry("extra", "file"), entry("link", "symlink"), entry("pipe", "special"));
  const tally = new SyncTally();
  const removals: string[] = [];
  for await (const page of planSync(listing(), there, rules, tally)) {
    removals.push(...(page.removals ?? []).map(({ path }) => path));
  }
  assert.deepEqual(removals, ["extra"]);
  assert.equal(tally.atDestination, 1);
});
