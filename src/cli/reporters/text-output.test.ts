import { strict as assert } from "node:assert";
import test from "node:test";
import {
  counts,
  failedTransfer,
  jobId,
  logFile,
  printed,
  snapshot,
} from "../../../test/golden/scripted-run.ts";
import { overwriteQuestion } from "../prompt.ts";

const destination = "https://a.blob.core.windows.net/c/a.txt";
const question =
  `${destination} already exists at the destination. Do you wish to overwrite? Please confirm with:` +
  " [Y] Yes  [N] No  [A] Yes for all  [L] No for all ";
const running = snapshot("InProgress", { counts: counts({ done: 1 }) });
const runningLine = "0.0 %, 1 Done, 0 Failed, 2 Pending, 0 Skipped, 3 Total, ";

test("without a log file its line is empty", () => {
  const text = printed({}, ({ report }) => report({ event: "started", jobId, logFile: "" }));
  assert.equal(text, `\nJob ${jobId} has started\n\n\n`);
});

test("what is printed while a question stands comes after it, in its order, and progress does not cover it", () => {
  const text = printed({}, (output) => {
    output.ask(overwriteQuestion(destination));
    output.info("one");
    output.report({ event: "progress", snapshot: running });
    output.warn("two");
    output.answered();
    output.report({ event: "progress", snapshot: running });
  });
  assert.equal(text, `${question}INFO: one\nWARN: two\n\r${runningLine}`);
});

test("what waits for an answer is limited, and what is lost is counted", () => {
  const text = printed({}, (output) => {
    output.ask(overwriteQuestion(destination));
    for (let i = 0; i < 5_000; i++) output.info(`${i}`);
    output.answered();
  });
  const lines = text.split("\n");
  assert.equal(lines.length, 1_002);
  assert.equal(lines[1_000], "INFO: 4000 more lines stand only in the log");
});

test("an error ends a question that nobody will answer", () => {
  const text = printed({}, (output) => {
    output.ask(overwriteQuestion(destination));
    output.info("one");
    output.error("it failed");
  });
  assert.equal(text, `${question}INFO: one\n\nit failed\n`);
});

test("a question and information are written over the progress line, all of it", () => {
  const text = printed({}, (output) => {
    output.report({ event: "progress", snapshot: running });
    output.info("short\nsecond line");
    output.ask({ ...overwriteQuestion(destination), text: "sure?" });
  });
  const blanks = " ".repeat(runningLine.length - "INFO: short".length);
  const more = " ".repeat(runningLine.length - "sure?".length);
  const [answers] = / Please.*/.exec(question) ?? [];
  assert.equal(
    text,
    `\r${runningLine}\rINFO: short${blanks}\nsecond line\n${runningLine}\rsure?${more}${answers}`,
  );
});

test("an error stands on a line of its own below the progress", () => {
  const text = printed({}, (output) => {
    output.report({ event: "progress", snapshot: running });
    output.error("it failed: https://x/?sig=secret&se=1");
  });
  assert.equal(text, `\r${runningLine}\n\nit failed: https://x/?sig=-REDACTED-&se=1\n`);
});

test("a terminal that is too narrow gets a line that fits", () => {
  const moving = snapshot("InProgress", { counts: counts({ done: 1 }), bytesPerSecond: 1_000_000 });
  const width = (columns: number): string =>
    printed({ columns: () => columns }, ({ report }) => report({ event: "progress", snapshot: moving }));
  assert.equal(width(200), `\r${runningLine}2-sec Throughput (Mb/s): 8`);
  assert.equal(width(80), `\r${runningLine}8 Mb/s`);
  assert.equal(width(20), `\r${runningLine.slice(0, 19)}`);
});

test("a dry run prints a line an object and nothing else", () => {
  const text = printed({ run: "dryRun" }, (output) => {
    const detail = { action: "copy", source: "/a", destination, bytes: 6, fromTo: "LocalBlob" } as const;
    output.report({ event: "planned", detail });
    output.endOfJob("");
  });
  assert.equal(text, `DRYRUN: copy /a to ${destination}\n`);
});

test("a dry run names what would be removed or changed, and nothing that it would go to", () => {
  const text = printed({ run: "dryRun" }, ({ report }) => {
    const detail = { source: destination, destination: "", bytes: 6, fromTo: "BlobTrash" };
    report({ event: "planned", detail: { ...detail, action: "remove" } });
    report({ event: "planned", detail: { ...detail, action: "change", fromTo: "BlobNone" } });
  });
  assert.equal(text, `DRYRUN: remove ${destination}\nDRYRUN: set-properties ${destination}\n`);
});

test("failures are told on one line each, and without a log it is not named", () => {
  const text = printed({}, ({ report }) => {
    report({ event: "started", jobId, logFile: "" });
    const newlyFailed = [failedTransfer("a.txt", "403 forbidden\n   Dst: x\n")];
    report({ event: "ended", snapshot: snapshot("Failed", { counts: counts({ failed: 1 }), newlyFailed }) });
  });
  assert(
    text.includes("\n\nFailed transfers (first 1 of 1):\n  /data/src/a.txt: 403 forbidden Dst: x\n\n\nJob "),
  );
  assert(text.endsWith("\nFinal Job Status: Failed\n\n"));
});

test("the answer to a change of the cap is a line of information", () => {
  const text = printed({}, (output) => {
    output.respond({ succeeded: true, capMbps: 20, nextAdjustmentMs: 0, error: "" });
    output.respond({ succeeded: false, capMbps: -1, nextAdjustmentMs: 0, error: "Not now" });
  });
  assert.equal(
    text,
    "INFO: Successfully adjust throughput to 20 Mbps.\nINFO: Failed to adjust throughput. Not now\n",
  );
});

test("the log's path is told as it is", () => {
  const text = printed({}, ({ report }) => report({ event: "started", jobId, logFile }));
  assert.equal(text, `\nJob ${jobId} has started\nLog file is located at: ${logFile}\n\n`);
});
