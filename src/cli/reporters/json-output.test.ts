import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { counts, failedTransfer, jobId, printed, snapshot } from "../../../test/golden/scripted-run.ts";
import type { DryRunDetail } from "../../job/events.ts";
import { overwriteQuestion } from "../prompt.ts";
import type { CommandOutput } from "./command-output.ts";
import { goJson } from "./json-messages.ts";

const noPrompt = '"PromptDetails":{"PromptType":"","ResponseOptions":null,"PromptTarget":""}}\n';
const stamp = '{"TimeStamp":"2026-11-22T21:12:46.781Z","MessageType":';
const json = (run: (output: CommandOutput) => void): string => printed({ outputType: "json" }, run);

test("information and warnings are both Info, errors have no prefix, credentials are gone", () => {
  assert.equal(
    json((output) => output.info("<a> & b")),
    `${stamp}"Info","MessageContent":"INFO: \\u003ca\\u003e \\u0026 b",${noPrompt}`,
  );
  assert.equal(
    json((output) => output.warn("w")),
    `${stamp}"Info","MessageContent":"WARN: w",${noPrompt}`,
  );
  assert.equal(
    json((output) => output.error("no: ?sig=abc")),
    `${stamp}"Error","MessageContent":"no: ?sig=-REDACTED-",${noPrompt}`,
  );
  assert.equal(
    json((output) => output.endOfJob("")),
    `${stamp}"EndOfJob","MessageContent":"",${noPrompt}`,
  );
});

test("a prompt names its answers, in the order of AzCopy's keys", () => {
  const option = (type: string, friendly: string, letter: string): string =>
    `{"ResponseType":"${type}","UserFriendlyResponseType":"${friendly}","ResponseString":"${letter}"}`;
  const options = [
    option("Yes", "Yes", "y"),
    option("No", "No", "n"),
    option("YesForAll", "Yes for all", "a"),
    option("NoForAll", "No for all", "l"),
  ].join(",");
  assert.equal(
    json((output) => output.ask(overwriteQuestion("http://h/c/a.txt"))),
    `${stamp}"Prompt","MessageContent":"http://h/c/a.txt already exists at the destination. Do you wish to overwrite?",` +
      `"PromptDetails":{"PromptType":"Overwrite","ResponseOptions":[${options}],"PromptTarget":"http://h/c/a.txt"}}\n`,
  );
});

test("a dry run's lines have the size where there is one", () => {
  const planned = (bytes: number): string =>
    json(({ report }) =>
      report({
        event: "planned",
        detail: { action: "copy", source: "/s/a", destination: "http://h/c/a", bytes, fromTo: "LocalBlob" },
      }),
    );
  const content = (size: string): string =>
    '{\\"EntityType\\":\\"File\\",\\"BlobType\\":\\"Detect\\",\\"FromTo\\":\\"LocalBlob\\",\\"Source\\":\\"/s/a\\",' +
    `\\"Destination\\":\\"http://h/c/a\\"${size}}`;
  assert.equal(
    planned(6),
    `${stamp}"Dryrun","MessageContent":"${content(',\\"SourceSize\\":6')}",${noPrompt}`,
  );
  assert.equal(planned(0), `${stamp}"Dryrun","MessageContent":"${content("")}",${noPrompt}`);
});

test("a dry run of a removal or a change names no destination, and what a change sets", () => {
  const contentOf = (detail: Partial<DryRunDetail>): unknown => {
    const whole = { action: "remove", source: "s", destination: "", bytes: 2, fromTo: "BlobTrash" } as const;
    const line = json(({ report }) => report({ event: "planned", detail: { ...whole, ...detail } }));
    return JSON.parse(line).MessageContent;
  };
  const start = (blobType: string, fromTo: string): string =>
    `{"EntityType":"File","BlobType":"${blobType}","FromTo":"${fromTo}","Source":"s","Destination":"","SourceSize":2`;
  assert.equal(contentOf({}), `${start("BlockBlob", "BlobTrash")}}`);
  assert.equal(
    contentOf({ fromTo: "LocalTrash" }),
    `${start("Detect", "256")}}`,
    "as AzCopy numbers the pair",
  );
  const change = { action: "change", fromTo: "BlobNone" } as const;
  assert.equal(
    contentOf({ ...change, change: { tier: "Cool", metadata: { b: "1", a: "2" }, tags: { t: "3" } } }),
    `${start("BlockBlob", "BlobNone")},"BlobTags":{"t":"3"},"Metadata":{"a":"2","b":"1"},"BlobTier":"Cool"}`,
  );
  assert.equal(
    contentOf({ ...change, change: { metadata: {} } }),
    `${start("BlockBlob", "BlobNone")},"BlobTier":"None"}`,
  );
});

test("the answer to a change of the cap is a Response", () => {
  const nextAdjustmentMs = Date.UTC(2026, 10, 22, 22, 15, 55);
  assert.equal(
    json((output) => output.respond({ succeeded: false, capMbps: -1, nextAdjustmentMs, error: "x" })),
    '{"TimeStamp":"2026-11-22T21:12:46.783Z","MessageType":"Response","MessageContent":"' +
      '{\\"TimeStamp\\":\\"2026-11-22T21:12:46.781Z\\",\\"ResponseType\\":\\"PerformanceAdjustment\\",\\"Value\\":' +
      '{\\"status\\":false,\\"cap-mbps\\":-1,\\"NextAdjustmentAfter\\":\\"2026-11-22T22:15:55Z\\",\\"error\\":\\"x\\"}}",' +
      noPrompt,
  );
});

test("every failed and skipped transfer is in exactly one Progress line, and none in EndOfJob", () => {
  const text = json(({ report }) => {
    const some = (...names: string[]) => names.map((name) => failedTransfer(name, "404"));
    report({ event: "progress", snapshot: snapshot("InProgress", { newlyFailed: some("a") }) });
    report({ event: "progress", snapshot: snapshot("InProgress", { newlySkipped: some("b") }) });
    report({ event: "ended", snapshot: snapshot("CompletedWithErrors", { newlyFailed: some("c", "d") }) });
  });
  const seen = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ MessageType, MessageContent }) => ({ type: MessageType, content: JSON.parse(MessageContent) }))
    .map(({ type, content }) => [
      type,
      content.JobStatus,
      (content.FailedTransfers ?? []).length,
      (content.SkippedTransfers ?? []).length,
    ]);
  assert.deepEqual(seen, [
    ["Progress", "InProgress", 1, 0],
    ["Progress", "InProgress", 0, 1],
    ["Progress", "CompletedWithErrors", 2, 0],
    ["EndOfJob", "CompletedWithErrors", 0, 0],
  ]);
});

test("numbers are whole strings even where the job has fractions or nothing yet", () => {
  const text = json(({ report }) => {
    const early = snapshot("InProgress", { counts: counts({ total: 0, bytesTotal: 0 }), elapsedMs: 0 });
    const network = { ...early.network, requests: 0, requestMs: 0 };
    report({ event: "progress", snapshot: { ...early, network } });
  });
  const content = JSON.parse(JSON.parse(text).MessageContent);
  assert.equal(content.AverageIOPS, "0");
  assert.equal(content.AverageE2EMilliseconds, "0");
  assert.equal(content.PercentComplete, "100");
  assert.equal(content.JobID, jobId);
});

test("Go's escaping changes no content", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const text = goJson({ value });
      assert.doesNotMatch(text, /[<>&\u2028\u2029\n]/);
      assert.deepEqual(JSON.parse(text), { value });
    }),
  );
});
