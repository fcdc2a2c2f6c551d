import { strict as assert } from "node:assert";
import test from "node:test";
import { assertGolden } from "./golden.ts";
import { jobId, printed } from "./scripted-run.ts";
import { failedRemoval, goodSync, refusedSync } from "./scripted-sync.ts";

// Whole runs, byte for byte. AzCopy 10.32.2 prints the same for the same numbers, but for what it does not have: the
// number of deletions in the progress line, and the deletions that were not carried out.

test("a sync on a terminal", () => {
  assertGolden("output/sync-terminal.txt", printed({ run: "sync" }, goodSync));
});

test("a sync into a file", () => {
  assertGolden("output/sync-file.txt", printed({ run: "sync", isTerminal: false }, goodSync));
});

test("a sync as JSON has two shapes of Progress, and its deletions behind the other keys", () => {
  const text = printed({ run: "sync", outputType: "json" }, goodSync);
  assertGolden("output/sync-json.txt", text);
  const shapes = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ MessageType }) => MessageType === "Progress")
    .map(({ MessageContent }) => Object.keys(JSON.parse(MessageContent)))
    .map((keys) => (keys.includes("JobStatus") ? keys.at(-1) : keys.join(" ")));
  const scan = "FilesScannedAtSource FilesScannedAtDestination";
  const summary = "DeleteTransfersCompleted";
  assert.deepEqual(shapes, [scan, scan, summary, summary, summary]);
});

test("a sync whose removals are refused says why, and what was not carried out", () => {
  assertGolden("output/sync-refused-terminal.txt", printed({ run: "sync" }, refusedSync));
});

test("a copy that fails while a sync compares is told once, in a Progress of the other shape", () => {
  const text = printed({ run: "sync", outputType: "json" }, refusedSync);
  const failures = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ MessageType }) => MessageType === "Progress" || MessageType === "EndOfJob")
    .map(({ MessageContent }) => JSON.parse(MessageContent).FailedTransfers?.length);
  assert.deepEqual(failures, [undefined, 1, 0, 0]);
});

test("a removal that fails is told with its reason, also by a job that is resumed", () => {
  assertGolden("output/sync-resumed-terminal.txt", printed({ run: "resume" }, failedRemoval));
});

test("essential output of a sync has the beginning and the end", () => {
  const options = { run: "sync", outputLevel: "essential" } as const;
  const text = printed(options, goodSync);
  assert(text.startsWith(`\nJob ${jobId} has started\n`));
  assert.match(text, /\n\n\nJob [0-9a-f-]+ Summary\nFiles Scanned at Source: 300000\n/);
  assert.doesNotMatch(text, /Keeping|Deleting|Throughput/);
});

test("a terminal that is too narrow gets a line that fits", () => {
  const lines = printed({ run: "sync", columns: () => 48 }, goodSync).split(/[\r\n]/);
  for (const line of lines.filter((each) => /Scanned at S.*Dest|%|at Source,/.test(each))) {
    assert(line.trimEnd().length < 48, line);
  }
});
