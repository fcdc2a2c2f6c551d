import { strict as assert } from "node:assert";
import { asPath, type Entry, type RemovalRules } from "../../src/backends/backend.ts";
import type { StorageError } from "../../src/foundation/errors.ts";
import {
  awkwardNames,
  itemsOf,
  neverAborted,
  objectsOf,
  pagesOf,
  pathsOf,
  rejectsWith,
  text,
} from "./samples.ts";
import type { ChangesGround } from "./suite.ts";

const rules: RemovalRules = { snapshots: "refuse" };

async function plant(ground: ChangesGround, ...paths: readonly string[]): Promise<Entry[]> {
  for (const path of paths) await ground.place(path, text(`content of ${path}`));
  return entriesAt(ground, ...paths);
}

/** The objects of these names, in that order, as the store lists them. */
async function entriesAt(ground: ChangesGround, ...paths: readonly string[]): Promise<Entry[]> {
  const byPath = new Map((await objectsOf(ground.source)).map((entry) => [entry.path as string, entry]));
  return paths.map((path) => {
    const entry = byPath.get(path);
    assert(entry, `"${path}" is not listed`);
    return entry;
  });
}

type Outcomes = readonly (StorageError | undefined)[];

const remove = ({ changes }: ChangesGround, entries: readonly Entry[]): Promise<Outcomes> =>
  changes.remove(entries, rules, neverAborted);

const contentAt = async (ground: ChangesGround, path: string): Promise<string> =>
  Buffer.from((await ground.content(path)) ?? "").toString();

const codesOf = (outcomes: Outcomes): (string | undefined)[] => outcomes.map((outcome) => outcome?.code);

/** What every store that can be changed promises, by title. */
export const changesTests: Readonly<Record<string, (ground: ChangesGround) => Promise<void>>> = {
  async "remove: one object, and no other"(ground) {
    const [entry] = await plant(ground, "folder/b", "folder/a", "folder/b-2", "folder/B");
    assert.deepEqual(await remove(ground, [entry as Entry]), [undefined]);
    assert.deepEqual((await pathsOf(ground.source)).sort(), ["folder/B", "folder/a", "folder/b-2"]);
  },

  async "remove: several objects, and no others"(ground) {
    const [a, b, c] = await plant(ground, "a", "folder/b", "folder/deep/c", "stays", "folder/stays");
    const outcomes = await remove(ground, [c, a, b] as Entry[]);
    assert.deepEqual(outcomes, [undefined, undefined, undefined]);
    assert.deepEqual((await pathsOf(ground.source)).sort(), ["folder/stays", "stays"]);
  },

  async "remove: as many as one call takes"(ground) {
    const names = Array.from({ length: ground.changes.changeBatchMax }, (_, n) => `many/${n}`);
    const entries = await plant(ground, ...names, "many/stays");
    const outcomes = await remove(ground, entries.slice(0, -1));
    assert.deepEqual(outcomes, new Array(names.length).fill(undefined));
    assert.deepEqual(await pathsOf(ground.source), ["many/stays"]);
  },

  async "remove: nothing"(ground) {
    await plant(ground, "stays");
    assert.deepEqual(await remove(ground, []), []);
    assert.deepEqual(await pathsOf(ground.source), ["stays"]);
  },

  async "remove: what changed since it was listed stays, and the others go"(ground) {
    const [a, b, c, alone] = await plant(ground, "a", "b", "c", "alone");
    // As long as before: only its version or time tells.
    await ground.place("b", text("CONTENT OF b"));
    await ground.place("alone", text("another content"));
    const outcomes = await remove(ground, [a, b, c] as Entry[]);
    assert.deepEqual(codesOf(outcomes), [undefined, "PreconditionFailed", undefined]);
    assert.deepEqual(codesOf(await remove(ground, [alone as Entry])), ["PreconditionFailed"]);
    assert.equal(await contentAt(ground, "b"), "CONTENT OF b");
    assert.deepEqual((await pathsOf(ground.source)).sort(), ["alone", "b"]);
    const again = await remove(ground, await entriesAt(ground, "b", "alone"));
    assert.deepEqual(again, [undefined, undefined]);
    assert.deepEqual(await pathsOf(ground.source), []);
  },

  async "remove: what is gone already counts as removed"(ground) {
    const [a, b, alone] = await plant(ground, "a", "b", "alone", "stays");
    await ground.remove("a");
    await ground.remove("alone");
    assert.deepEqual(await remove(ground, [a, b] as Entry[]), [undefined, undefined]);
    assert.deepEqual(await remove(ground, [alone as Entry]), [undefined]);
    assert.deepEqual(await remove(ground, [a, b, alone] as Entry[]), [undefined, undefined, undefined]);
    assert.deepEqual(await pathsOf(ground.source), ["stays"]);
  },

  async "remove: awkward names, alone and together"(ground) {
    const entries = await plant(ground, ...awkwardNames, "stays");
    const [first, ...others] = entries.slice(0, -1);
    assert.deepEqual(await remove(ground, [first as Entry]), [undefined]);
    assert.deepEqual(codesOf(await remove(ground, others)), new Array(others.length).fill(undefined));
    assert.deepEqual(await pathsOf(ground.source), ["stays"]);
  },

  async "remove: flat stores take away names that no folder tree can hold"(ground) {
    if (ground.source.traits.folders === "real") return;
    const names = ["a//b", "a/", "/a", "same", "same/below"];
    const entries = await plant(ground, ...names, "a/b", "b", "x", "a");
    assert.deepEqual(
      codesOf(await remove(ground, entries.slice(0, names.length))),
      names.map(() => undefined),
    );
    assert.deepEqual((await pathsOf(ground.source)).sort(), ["a", "a/b", "b", "x"]);
  },

  async "remove: a folder goes when it is empty, and never with what is in it"(ground) {
    await plant(ground, "folder/empties", "folder/inner/stays");
    const items = itemsOf(await pagesOf(ground.source, { recursive: false }));
    const folder = items.find((item) => item.kind === "folder" && item.path === asPath("folder"));
    // Flat stores have folders only as long as something is in them.
    const entry: Entry =
      folder?.kind === "folder"
        ? folder
        : { kind: "folder", path: asPath("folder"), bytes: 0, modifiedMs: undefined, version: undefined };
    const [outcome] = await remove(ground, [entry]);
    const real = ground.source.traits.folders === "real";
    assert.equal(outcome?.code, real ? "PreconditionFailed" : undefined);
    assert.deepEqual((await pathsOf(ground.source)).sort(), ["folder/empties", "folder/inner/stays"]);
    await remove(ground, await entriesAt(ground, "folder/empties", "folder/inner/stays"));
    const inner: Entry = { ...entry, path: asPath("folder/inner") };
    assert.deepEqual(await remove(ground, [inner, entry]), [undefined, undefined]);
    assert.deepEqual(itemsOf(await pagesOf(ground.source, { recursive: false })), []);
  },

  async "remove, change, createRoot: do nothing once they are cancelled"(ground) {
    const entries = await plant(ground, "a", "b");
    const aborted = AbortSignal.abort();
    await rejectsWith(["Cancelled"], () => ground.changes.remove(entries, rules, aborted));
    await rejectsWith(["Cancelled"], () => ground.changes.change(entries, { metadata: {} }, aborted));
    await rejectsWith(["Cancelled"], () => ground.changes.createRoot(aborted));
    assert.deepEqual((await pathsOf(ground.source)).sort(), ["a", "b"]);
  },

  async "change: contents stay as they are, whatever the store can change"(ground) {
    const entries = await plant(ground, "a", "b");
    const metadata = { key: "value" };
    const outcomes = await ground.changes.change(entries, { metadata, tier: "Cool" }, neverAborted);
    const real = ground.source.traits.folders === "real";
    assert.deepEqual(codesOf(outcomes), real ? ["Unsupported", "Unsupported"] : [undefined, undefined]);
    for (const entry of await entriesAt(ground, "a", "b")) {
      assert.equal(await contentAt(ground, entry.path), `content of ${entry.path}`);
      if (!real) {
        const properties = await ground.source.describe(entry, undefined, neverAborted);
        assert.deepEqual(properties.metadata, metadata);
        assert.equal(properties.tier, "Cool");
      }
    }
  },

  async "change: what changed since it was listed keeps its metadata"(ground) {
    if (ground.source.traits.folders === "real") return;
    const entries = await plant(ground, "a", "b", "gone");
    await ground.place("a", text("another content"));
    await ground.remove("gone");
    const outcomes = await ground.changes.change(entries, { metadata: { key: "value" } }, neverAborted);
    const [a, b, gone] = codesOf(outcomes);
    assert.deepEqual([a, b], ["PreconditionFailed", undefined]);
    assert(gone === "NotFound" || gone === "PreconditionFailed", gone);
    const [now] = await entriesAt(ground, "a");
    const properties = await ground.source.describe(now as Entry, undefined, neverAborted);
    assert.equal(properties.metadata, undefined);
  },

  async "createRoot: makes the root once"(ground) {
    const { source, changes } = ground.rootless;
    assert.equal(await changes.createRoot(neverAborted), "created");
    assert.deepEqual(await pathsOf(source), []);
    assert.equal(await changes.createRoot(neverAborted), "existed");
    assert.equal(await ground.changes.createRoot(neverAborted), "existed");
  },
};
