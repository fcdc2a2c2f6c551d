import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sweepStaging } from "./staging.ts";

const dead = "11111111-2222-4333-8444-555555555555";
const live = "99999999-2222-4333-8444-555555555555";

test("sweeping removes what dead jobs left, and nothing else", async (t) => {
  const root = fs.mkdtempSync(join(tmpdir(), "staging-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  const elsewhere = join(root, "elsewhere");
  fs.mkdirSync(elsewhere);
  fs.writeFileSync(join(elsewhere, "0-0"), "precious");
  for (const id of [dead, live]) {
    fs.mkdirSync(join(root, `.azDownload-${id}`));
    for (const name of ["0-0", "12-345"]) fs.writeFileSync(join(root, `.azDownload-${id}`, name), "half");
    fs.writeFileSync(join(root, `.azDownload-${id}-name.txt`), "half");
  }
  const kept = [
    ".azDownload-",
    ".azDownload-notes.txt",
    `.azDownload-${dead}x`,
    `.azDownload-${dead}-`,
    `x.azDownload-${dead}-name`,
  ];
  for (const name of kept) fs.writeFileSync(join(root, name), "precious");
  // A folder of a dead job that somebody keeps something in, and one that is a link.
  const shared = "22222222-2222-4333-8444-555555555555";
  fs.mkdirSync(join(root, `.azDownload-${shared}`));
  fs.writeFileSync(join(root, `.azDownload-${shared}`, "notes.txt"), "precious");
  fs.writeFileSync(join(root, `.azDownload-${shared}`, "1-1"), "half");
  fs.symlinkSync("elsewhere", join(root, ".azDownload-33333333-2222-4333-8444-555555555555"));

  const asked = new Set<string>();
  const removed = await sweepStaging(root, (jobId) => {
    asked.add(jobId);
    return jobId === live;
  });

  assert.equal(removed, 4);
  assert.deepEqual(asked, new Set([dead, live, shared]));
  assert.deepEqual(
    fs.readdirSync(root).sort(),
    [
      ...kept,
      `.azDownload-${live}`,
      `.azDownload-${live}-name.txt`,
      `.azDownload-${shared}`,
      ".azDownload-33333333-2222-4333-8444-555555555555",
      "elsewhere",
    ].sort(),
  );
  assert.deepEqual(fs.readdirSync(join(root, `.azDownload-${shared}`)), ["notes.txt"]);
  assert.deepEqual(fs.readdirSync(join(root, `.azDownload-${live}`)).sort(), ["0-0", "12-345"]);
  assert.equal(fs.readFileSync(join(elsewhere, "0-0"), "utf8"), "precious");
});

test("what was written to lately stays: an unknown job may be running elsewhere", async (t) => {
  const root = fs.mkdtempSync(join(tmpdir(), "staging-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  const folder = join(root, `.azDownload-${dead}`);
  const files = [join(folder, "0-0"), join(folder, "0-1"), join(root, `.azDownload-${dead}-name`)];
  fs.mkdirSync(folder);
  for (const path of files) fs.writeFileSync(path, "half");
  for (const path of [...files, folder]) fs.utimesSync(path, 1_999, 1_999);
  const sweep = (untouchedSinceMs: number): Promise<number> =>
    sweepStaging(root, { isLive: () => false, untouchedSinceMs });
  assert.equal(
    await sweep(Date.now() - 60_000),
    0,
    "a time that was set does not hide that it was written to",
  );
  assert.equal(fs.readdirSync(folder).length, 2);
  assert.equal(await sweep(Date.now() + 60_000), 3);
  assert.deepEqual(fs.readdirSync(root), []);
});

test("a folder that does not exist has nothing to sweep", async () => {
  assert.equal(await sweepStaging(join(tmpdir(), "no-such-folder-anywhere"), () => false), 0);
});
