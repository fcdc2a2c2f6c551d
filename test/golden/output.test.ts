import { strict as assert } from "node:assert";
import test from "node:test";
import { assertGolden } from "./golden.ts";
import { badCopy, goodCopy, printed } from "./scripted-run.ts";

// Whole runs, byte for byte. Progress on a terminal, the summary, and the JSON lines are what AzCopy 10.32.2 prints
// for the same numbers; what it does not have is told in the tests below.

test("a copy on a terminal", () => assertGolden("output/copy-terminal.txt", printed({}, goodCopy)));

test("a copy into a file", () =>
  assertGolden("output/copy-file.txt", printed({ isTerminal: false }, goodCopy)));

test("a copy as JSON", () => assertGolden("output/copy-json.txt", printed({ outputType: "json" }, goodCopy)));

test("a resumed job as JSON tells how long it took", () =>
  assertGolden("output/resume-json.txt", printed({ outputType: "json", run: "resume" }, goodCopy)));

test("a resumed job has the shorter summary", () =>
  assertGolden("output/resume-terminal.txt", printed({ run: "resume" }, goodCopy)));

test("a copy that fails and is cancelled tells what failed, and how to go on", () =>
  assertGolden("output/cancelled-terminal.txt", printed({}, badCopy)));

test("the same as JSON", () =>
  assertGolden("output/cancelled-json.txt", printed({ outputType: "json" }, badCopy)));

test("essential output has the beginning and the end", () => {
  assertGolden("output/essential-terminal.txt", printed({ outputLevel: "essential" }, badCopy));
  assertGolden(
    "output/essential-json.txt",
    printed({ outputLevel: "essential", outputType: "json" }, badCopy),
  );
});

test("quiet output and output type none print nothing, not even an error", () => {
  for (const options of [{ outputLevel: "quiet" }, { outputType: "none" }] as const) {
    const text = printed(options, (output) => {
      badCopy(output);
      output.error("it failed");
      output.endOfJob("done");
    });
    assert.equal(text, "");
  }
});
