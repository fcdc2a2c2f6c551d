import { strict as assert } from "node:assert";
import { unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { User } from "./azcopy.ts";
import { Lab } from "./lab.ts";

describe("remove and set-properties", () => {
  let lab: Lab;
  let user: User;
  before(async () => {
    lab = await Lab.open();
    user = lab.user();
  });
  after(() => lab.close());

  const names = async (container: { hashes(): Promise<Map<string, string>> }): Promise<string[]> =>
    [...(await container.hashes()).keys()].sort();

  test("a blob, a virtual folder with and without --recursive, and a whole container", async () => {
    const container = await lab.container();
    const all = ["a", "d", "d/x", "d/y", "d/s/z", "e"];
    for (const name of all) await container.put(name, "1");
    const rm = async (path: string, ...flags: string[]): Promise<number> => {
      const ended = await user.azcopy(["remove", container.url(path), "--from-to=BlobTrash", ...flags]);
      assert.equal(ended.exitCode, 0, `${ended}`);
      return ended.number("Number of File Transfers Completed");
    };
    assert.equal(await rm("a"), 1);
    assert.equal(await rm("d/"), 2, "the direct children only");
    assert.deepEqual(await names(container), ["d", "d/s/z", "e"]);
    assert.equal(await rm("d/*", "--recursive"), 1, "never the blob of the folder's name");
    assert.deepEqual(await names(container), ["d", "e"]);
    assert.equal(await rm("", "--recursive"), 2);
    assert.deepEqual(await names(container), []);
  });

  test("filters, lists and a dry run", async () => {
    const container = await lab.container();
    for (const name of ["a.txt", "b.log", "c.txt", "sub/d.txt"]) await container.put(name, "1");
    const dry = await user.azcopy([
      "remove",
      container.url(),
      "--from-to=BlobTrash",
      "--recursive",
      "--dry-run",
    ]);
    assert.equal(dry.stdout.split("DRYRUN: remove ").length - 1, 4, `${dry}`);
    const list = join(lab.newFolder(), "list");
    writeFileSync(list, "a.txt\nsub/d.txt\n");
    for (const flags of [["--recursive", "--include-pattern=*.log"], [`--list-of-files=${list}`]]) {
      const ended = await user.azcopy(["remove", container.url(), "--from-to=BlobTrash", ...flags]);
      assert.equal(ended.exitCode, 0, `${ended}`);
    }
    unlinkSync(list);
    assert.deepEqual(await names(container), ["c.txt"]);
  });

  test("a blob with snapshots stays, and is counted as skipped, unless they may go along", async () => {
    const container = await lab.container();
    for (const name of ["plain", "kept"]) await container.put(name, "1");
    await container.client.getBlobClient("kept").createSnapshot();
    const rm = (...flags: string[]) =>
      user.azcopy(["rm", container.url(), "--from-to=BlobTrash", "--recursive", ...flags]);
    const first = await rm();
    assert.equal(first.exitCode, 0, `${first}`);
    assert.equal(first.status, "CompletedWithSkipped");
    assert.match(first.stdout, /Blobs with snapshots are skipped/);
    assert.deepEqual(await names(container), ["kept"]);
    const second = await rm("--delete-snapshots=include");
    assert.equal(second.exitCode, 0, `${second}`);
    assert.deepEqual(await names(container), []);
  });

  test("many blobs go in batches", async () => {
    const container = await lab.container();
    for (let n = 0; n < 600; n++) await container.put(`f${n}`, "1");
    lab.proxy.reset();
    const ended = await user.azcopy(["rm", container.url(), "--from-to=BlobTrash", "--recursive"]);
    assert.equal(ended.number("Number of File Transfers Completed"), 600, `${ended}`);
    assert.deepEqual(await names(container), []);
  });

  test("tier, metadata and tags are set", async () => {
    const container = await lab.container();
    await container.put("d/x", "1");
    const flags = ["--block-blob-tier=Cool", "--metadata=k=v;k2=v 2", "--blob-tags=project=one&state=done"];
    const ended = await user.azcopy(["set-properties", container.url("d/"), "--from-to=BlobNone", ...flags]);
    assert.equal(ended.exitCode, 0, `${ended}`);
    const blob = container.client.getBlobClient("d/x");
    const properties = await blob.getProperties();
    assert.equal(properties.accessTier, "Cool");
    assert.deepEqual(properties.metadata, { k: "v", k2: "v 2" });
    assert.deepEqual((await blob.getTags()).tags, { project: "one", state: "done" });
    const cleared = await user.azcopy(["sp", container.url("d/x"), "--from-to=BlobNone", "--metadata=clear"]);
    assert.equal(cleared.exitCode, 0, `${cleared}`);
    assert.deepEqual((await blob.getProperties()).metadata, {});
  });
});
