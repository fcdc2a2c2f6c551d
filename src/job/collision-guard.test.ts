import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { asPath } from "../backends/backend.ts";
import { MemoryState, MemoryStore } from "../backends/memory/memory-store.ts";
import { StorageError } from "../foundation/errors.ts";
import { CollisionGuard, type DestinationNames } from "./collision-guard.ts";

const { signal } = new AbortController();
/** As a disk does: doubled and leading "/" collapse. */
const collapse = (path: string): string => path.split("/").filter(Boolean).join("/");
const sensitive: DestinationNames = { keyOf: collapse, caseSensitive: true };
const insensitive: DestinationNames = { keyOf: (path) => collapse(path).toUpperCase(), caseSensitive: false };

function sourceOf(names: readonly string[]): MemoryStore {
  const state = new MemoryState();
  for (const name of names) state.place(asPath(name), new Uint8Array(1));
  return new MemoryStore({ state });
}

/** The names that are refused when all are checked in this order. */
async function refused(names: readonly string[], destination: DestinationNames): Promise<string[]> {
  const guard = new CollisionGuard(destination, sourceOf(names), signal);
  const found: string[] = [];
  for (const name of names) {
    const error = await guard.check(asPath(name));
    if (error === undefined) continue;
    assert(error instanceof StorageError && error.code === "NameCollision" && !error.retryable);
    assert(error.message.includes(name), "the message names the object");
    found.push(name);
  }
  return found;
}

test("a name that changes to that of another object is refused, whichever comes first", async () => {
  assert.deepEqual(await refused(["a//b", "a/b"], sensitive), ["a//b"]);
  assert.deepEqual(await refused(["a/b", "a//b"], sensitive), ["a//b"]);
  assert.deepEqual(await refused(["a//b", "a/c"], sensitive), []);
});

test("of two odd names that become one the second is refused", async () => {
  assert.deepEqual(await refused(["a//b", "/a/b"], sensitive), ["/a/b"]);
  assert.deepEqual(await refused(["a//b", "a///b", "a/b"], sensitive), ["a//b", "a///b"]);
});

test("names that stay as they are cost nothing: no look at the source, and no promise", () => {
  const fault = (): void => assert.fail("the source was asked");
  const guard = new CollisionGuard(sensitive, new MemoryStore({ fault }), signal);
  for (const name of ["a", "a/b", "A", "a/b"]) assert.equal(guard.check(asPath(name)), undefined);
  const trusting = new CollisionGuard(
    { keyOf: undefined, caseSensitive: true },
    new MemoryStore({ fault }),
    signal,
  );
  for (const name of ["a//b", "/a/b"]) assert.equal(trusting.check(asPath(name)), undefined);
});

test("where case does not count, twins are refused, and no request is needed to find them", async () => {
  assert.deepEqual(await refused(["Readme", "README", "other", "readme"], insensitive), ["README", "readme"]);
  assert.deepEqual(await refused(["a/B", "A//b"], insensitive), ["A//b"]);
  assert.deepEqual(await refused(["Readme", "README"], sensitive), []);
});

test("a folder of the plain name is no collision", async () => {
  const source = sourceOf([]);
  source.stat = async (path) => ({ kind: "folder", path, bytes: 0, modifiedMs: 0, version: undefined });
  const guard = new CollisionGuard(sensitive, source, signal);
  assert.equal(await guard.check(asPath("a//b")), undefined);
});

test("a source that cannot be asked is an error of its own, and no permission to write", async () => {
  const fault = (): void => {
    throw new StorageError("Timeout", "no answer");
  };
  const guard = new CollisionGuard(sensitive, new MemoryStore({ fault }), signal);
  await assert.rejects(guard.check(asPath("a//b")) ?? Promise.resolve(), { code: "Timeout" });
});

test("of any names no two that are accepted share a name at the destination", async () => {
  const segment = fc.constantFrom("a", "A", "b", "", "c");
  const name = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((segments) => segments.join("/"))
    .filter((text) => collapse(text) !== "");
  const names = fc.uniqueArray(name, { maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(names, fc.constantFrom(sensitive, insensitive), async (all, destination) => {
      const bad = new Set(await refused(all, destination));
      const keyOf = (path: string): string => destination.keyOf?.(asPath(path)) ?? path;
      const accepted = all.filter((path) => !bad.has(path));
      assert.equal(new Set(accepted.map(keyOf)).size, accepted.length, "two share a name");
      for (const path of bad) {
        assert(
          all.some((other) => other !== path && keyOf(other) === keyOf(path)),
          `${path} collides with nothing`,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("a job with more than a million names to remember is refused, and told what to do", async () => {
  const guard = new CollisionGuard(insensitive, sourceOf([]), signal);
  for (let n = 0; n < 1_000_000; n++) assert.equal(guard.check(asPath(`name ${n}`)), undefined);
  const error = await guard.check(asPath("one more"));
  assert.equal(error?.code, "NameCollision");
  assert.match(error.message, /several jobs/);
  assert.equal(
    (await guard.check(asPath("NAME 5")))?.code,
    "NameCollision",
    "collisions are found as before",
  );
});
