import type { CommandOutput } from "../../src/cli/reporters/command-output.ts";
import { removalQuestion } from "../../src/cli/removal-prompt.ts";
import type { Counts, JobStatus, Snapshot } from "../../src/job/events.ts";
import { counts, failedTransfer, jobId, logFile, snapshot } from "./scripted-run.ts";

const root = "https://a.blob.core.windows.net/c";

/** A moment of a sync: what it has met, and what it has done. */
function moment(
  status: JobStatus,
  [scannedAtSource, scannedAtDestination]: readonly [number, number],
  some: Partial<Counts>,
  more: Partial<Snapshot> = {},
): Snapshot {
  const deletions = { planned: 0, done: 0, failed: 0 };
  return snapshot(status, {
    scannedAtSource,
    scannedAtDestination,
    counts: counts({ deletions, ...some }),
    ...more,
  });
}

/** A sync that copies three files, removes two objects and keeps one, as its events tell it. */
export function goodSync(output: CommandOutput): void {
  const { report } = output;
  report({ event: "started", jobId, logFile });
  const early = { total: 0, bytesTotal: 0 };
  report({ event: "progress", snapshot: moment("InProgress", [0, 120_000], early, { scanned: false }) });
  output.ask(removalQuestion("old.txt", root));
  output.answered();
  output.info("Keeping extra Blob: old.txt");
  const scanning = { scanned: false, bytesPerSecond: 5_402_700 };
  report({ event: "progress", snapshot: moment("InProgress", [250_000, 249_998], {}, scanning) });
  const copying = { bytesPerSecond: 4_591_925, elapsedMs: 4_000 };
  report({
    event: "progress",
    snapshot: moment("InProgress", [300_000, 300_000], { done: 2, bytesDone: 11_620_008 }, copying),
  });
  report({ event: "info", level: "info", text: "Deleting extra object: d/x" });
  const done = { done: 3, bytesDone: 20_000_008 };
  const half = { ...done, deletions: { planned: 2, done: 1, failed: 0 } };
  report({
    event: "progress",
    snapshot: moment("InProgress", [300_000, 300_000], half, { elapsedMs: 6_000 }),
  });
  report({ event: "info", level: "info", text: "Deleting extra object: d/y" });
  const all = { ...done, deletions: { planned: 2, done: 2, failed: 0 }, skips: { symlinks: 2, specials: 1 } };
  report({
    event: "ended",
    snapshot: moment("Completed", [300_000, 300_000], all, { elapsedMs: 7_000 }),
  });
}

/** A sync in which a copy fails while it still compares, and whose removals are then refused as a whole. */
export function refusedSync({ report }: CommandOutput): void {
  report({ event: "started", jobId, logFile });
  const failed = { done: 1, failed: 1, bytesDone: 8, bytesGivenUp: 6 };
  report({
    event: "progress",
    snapshot: moment("InProgress", [10, 12], failed, {
      scanned: false,
      newlyFailed: [failedTransfer("a.txt", "403 forbidden")],
    }),
  });
  const text = "1 folder(s) could not be listed, so what is extra cannot be told: nothing was removed";
  report({ event: "info", level: "warning", text });
  const refused = { ...failed, total: 2, deletions: { planned: 40, done: 0, failed: 40 } };
  report({ event: "ended", snapshot: moment("CompletedWithErrors", [20, 60], refused) });
}

/** A sync of which one removal fails, told as a resumed job. */
export function failedRemoval({ report }: CommandOutput): void {
  report({ event: "started", jobId, logFile });
  report({
    event: "ended",
    snapshot: moment(
      "CompletedWithErrors",
      [1, 4],
      { total: 0, bytesTotal: 0, deletions: { planned: 3, done: 2, failed: 1 } },
      { newlyFailed: [{ ...failedTransfer("x", "412 it has changed"), source: `${root}/x` }] },
    ),
  });
}
