import { strict as assert } from "node:assert";
import test from "node:test";
import { counts, failedTransfer, jobId, printed } from "../../../test/golden/scripted-run.ts";
import type { TransferDetail } from "../../job/events.ts";
import type { CommandOutput, JobOverview } from "./command-output.ts";
import { cleanedJobsText, removedFilesText, removedJobText, removingJobText } from "./job-lists.ts";

const job = {
  jobId,
  startedMs: Date.UTC(2026, 10, 22, 21, 57, 9, 500),
  status: "Failed",
  command: "copy src2/* https://a/c?sv=1&sig=abc --recursive",
} as const;

const contents = (text: string): [string, unknown][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ MessageType, MessageContent }) => [MessageType, JSON.parse(MessageContent)]);

const json = (run: (output: CommandOutput) => void): string => printed({ outputType: "json" }, run);

test("jobs list has AzCopy's blocks, and its blanks at line ends", () => {
  assert.equal(
    printed({}, (output) => output.showJobs([job])),
    `\nExisting Jobs \nJobId: ${jobId}\nStart Time: Sunday, 22-Nov-26 21:57:09 UTC\nStatus: Failed\n` +
      "Command: copy src2/* https://a/c?sv=1&sig=-REDACTED- --recursive \n\n\n",
  );
  assert.equal(
    printed({}, (output) => output.showJobs([])),
    "\nExisting Jobs \n\n",
  );
});

test("jobs list as JSON is an EndOfJob with whole seconds", () => {
  const CommandString = "copy src2/* https://a/c?sv=1&sig=-REDACTED- --recursive ";
  assert.deepEqual(contents(json((output) => output.showJobs([job]))), [
    [
      "EndOfJob",
      {
        ErrorMessage: "",
        JobIDDetails: [{ JobId: jobId, CommandString, StartTime: 1_795_384_629, JobStatus: "Failed" }],
      },
    ],
  ]);
});

const overview: JobOverview = {
  jobId,
  status: "CompletedWithErrors",
  counts: counts({ done: 1, failed: 2, bytesTotal: 100, bytesDone: 40, bytesGivenUp: 60 }),
  failed: [failedTransfer("a.txt", "404")],
  skipped: [],
};

test("jobs show has no elapsed time, and its percentage leaves out what was given up", () => {
  assert.equal(
    printed({}, (output) => output.showJob(overview)),
    [
      `\n\nJob ${jobId} summary`,
      "Number of File Transfers: 3",
      "Number of Folder Property Transfers: 0",
      "Number of Symlink Transfers: 0",
      "Total Number of Transfers: 3",
      "Number of File Transfers Completed: 1",
      "Number of Folder Transfers Completed: 0",
      "Number of File Transfers Failed: 2",
      "Number of Folder Transfers Failed: 0",
      "Number of File Transfers Skipped: 0",
      "Number of Folder Transfers Skipped: 0",
      "Total Number of Bytes Transferred: 40",
      "Percent Complete (approx): 100.0",
      "Final Job Status: CompletedWithErrors\n\n",
    ].join("\n"),
  );
});

test("jobs show as JSON prints its object twice", () => {
  const [first, second, ...rest] = contents(json((output) => output.showJob(overview)));
  assert.equal(rest.length, 0);
  assert.equal(first?.[0], "GetJobSummary");
  assert.equal(second?.[0], "EndOfJob");
  assert.deepEqual(first[1], second?.[1]);
  const summary = first[1] as Record<string, unknown>;
  assert.equal(summary["CompleteJobOrdered"], false);
  assert.equal(summary["TotalBytesEnumerated"], "100");
  assert.equal(summary["TotalBytesExpected"], "40");
  assert.equal(summary["SkippedTransfers"], null);
  assert.deepEqual(summary["PerformanceAdvice"], []);
});

async function* transfers(): AsyncIterable<TransferDetail> {
  yield { ...failedTransfer('a"<.txt', ""), status: "Success", errorStatus: 201 };
  yield failedTransfer("b.txt", "404 x");
}

async function shown(
  outputType: "text" | "json",
  list: () => AsyncIterable<TransferDetail>,
): Promise<string> {
  let done: Promise<void> | undefined;
  let text = "";
  const write = (piece: string): void => {
    text += piece;
  };
  printed({ outputType, write }, (output) => {
    done = output.showTransfers(jobId, list);
  });
  await done;
  return text;
}

test("jobs show --with-status has a line a transfer", async () => {
  const heading = `\n----------- Transfers for JobId ${jobId} -----------\n`;
  const to = "https://a.blob.core.windows.net/c/src/";
  assert.equal(
    await shown("text", transfers),
    `${heading}transfer--> source: /data/src/a"<.txt destination: ${to}a"<.txt status Success\n` +
      `transfer--> source: /data/src/b.txt destination: ${to}b.txt status Failed\n\n`,
  );
  assert.equal(await shown("text", async function* () {}), `${heading}\n`);
});

test("jobs show --with-status as JSON is written piece by piece and is whole in the end", async () => {
  const detail = (name: string, status: string, code: string): object => ({
    Src: `/data/src/${name}`,
    Dst: `https://a.blob.core.windows.net/c/src/${name}`,
    IsFolderProperties: false,
    TransferStatus: status,
    TransferSize: 0,
    ErrorCode: code,
  });
  const Details = [detail('a"<.txt', "Success", "0"), detail("b.txt", "Failed", "404")];
  const content = { ErrorMsg: "", JobID: jobId, Details };
  const text = await shown("json", transfers);
  assert.deepEqual(contents(text), [
    ["ListJobTransfers", content],
    ["EndOfJob", content],
  ]);
  assert.doesNotMatch(text, /</);
});

test("jobs remove and jobs clean end in AzCopy's words", () => {
  assert.equal(
    printed({}, (output) => {
      output.info(removedFilesText(104));
      output.endOfJob(cleanedJobsText("All"));
    }),
    "INFO: Removed 104 files.\n\nSuccessfully removed all jobs.\n",
  );
  assert.equal(
    printed({}, (output) => {
      output.info(removingJobText(jobId));
      output.endOfJob(cleanedJobsText("Failed"));
    }),
    `INFO: Removing files for job ${jobId}\n\nSuccessfully removed jobs with status: Failed.\n`,
  );
  assert.equal(removedJobText(jobId), `Successfully removed log and job plan files for job ${jobId}.`);
});
