import { strict as assert } from "node:assert";
import { join } from "node:path";
import test from "node:test";
import { listJobs } from "./job-folder.ts";
import { JobJournal } from "./job-journal.ts";
import { RealDisk } from "./real-disk.ts";

/** Plans as released versions wrote them: each format has a folder, and every later version must read it. */
const goldenFolder = join(import.meta.dirname, "../../test/golden");

test("a plan of format 1 is read as it was meant", async () => {
  const folder = join(goldenFolder, "plan-v1");
  const disk = new RealDisk({ pid: 1, boot: "another boot", birthOf: () => "b" });
  const [jobId = ""] = await listJobs(disk, folder);
  const journal = await JobJournal.look(disk, folder, jobId);
  assert.equal(journal.header.startedMs, 1795392000000);
  assert.deepEqual(await journal.parts(), [0, 1]);

  const { state: first, compacted } = await journal.load(0, true);
  assert.equal(compacted, true);
  assert.deepEqual(
    first.outcomes.map((outcome) => outcome?.state),
    ["done", "skipped", "failed"],
  );
  assert.deepEqual(
    [...first.pending()].map((transfer) => transfer.path),
    ["d/é😀.bin"],
  );

  const { state: second, torn } = await journal.load(1, true);
  assert.equal(torn, true, "its last line was cut off");
  assert.equal(second.scanned, true);
  assert.deepEqual(second.scan?.skips, { symlinks: 1, specials: 2 });
  assert.deepEqual(
    second.transfers.map((transfer) => [transfer?.path, transfer?.bytes, transfer?.action]),
    [
      ["large.vhd", 40_000_000, undefined],
      ["last", 5, undefined],
      ["old", 5, "remove"],
    ],
  );
  const delivered = second.delivered.get(0);
  assert.deepEqual(
    [0, 1, 2, 3].filter((block) => delivered?.has(block)),
    [2],
    "what was forgotten does not count",
  );
  assert.equal(second.gaps[0]?.path, "secret/");
  const { state: distrusted } = await journal.load(1, false);
  assert.equal(distrusted.delivered.get(0), undefined, "block 2 came after the settled line");
});
