import { strict as assert } from "node:assert";
import { PassThrough } from "node:stream";
import test from "node:test";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { printed } from "../../test/golden/scripted-run.ts";
import { askOverwrite, readAnswer } from "./prompt.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import { utcTime } from "./reporters/timestamps.ts";
import { Stdin } from "./stdin.ts";

const destination = "http://127.0.0.1:10000/devstoreaccount1/c/a.txt";
const question =
  `${destination} already exists at the destination. Do you wish to overwrite? Please confirm with:` +
  " [Y] Yes  [N] No  [A] Yes for all  [L] No for all ";

/** Asks once and types `typed` after the question; undefined ends the input instead. */
async function asked(typed: string | undefined): Promise<{ answer: string | undefined; text: string }> {
  let text = "";
  let output: CommandOutput | undefined;
  const write = (piece: string): void => {
    text += piece;
  };
  printed({ write }, (made) => {
    output = made;
  });
  assert(output);
  const input = new PassThrough();
  const stdin = new Stdin({
    input,
    output,
    clock: new ManualClock(),
    zone: utcTime,
    cancelFromStdin: false,
    onCancel: () => assert.fail("cancelled"),
    onAdjust: () => assert.fail("adjusted"),
  });
  const answering = askOverwrite({ output, stdin }, destination, new AbortController().signal);
  output.info("held");
  if (typed === undefined) input.end();
  else input.write(`${typed}\n`);
  const answer = await answering;
  stdin.close();
  assert(text.startsWith(`${question}INFO: held\n`), text);
  return { answer, text: text.slice(question.length + "INFO: held\n".length) };
}

test("every answer has its consequence", async () => {
  const cases: [string | undefined, string | undefined, string][] = [
    ["y", "yes", `INFO: Confirmed. ${destination} will be overwritten.\n`],
    ["N", "no", `INFO: ${destination} will be skipped\n`],
    ["a", "yesForAll", "INFO: Confirmed. All future file conflicts will be overwritten.\n"],
    ["no for ALL", "noForAll", "INFO: No file will be overwritten from now onwards.\n"],
    ["zz", undefined, `INFO: Unrecognizable answer, skipping ${destination}.\n`],
    ["", undefined, `INFO: Unrecognizable answer, skipping ${destination}.\n`],
    [undefined, "noForAll", "INFO: No file will be overwritten from now onwards.\n"],
  ];
  for (const [typed, answer, text] of cases) assert.deepEqual(await asked(typed), { answer, text });
});

test("letters and words are answers, in any case", () => {
  assert.equal(readAnswer(" Yes For All "), "yesForAll");
  assert.equal(readAnswer("YES"), "yes");
  assert.equal(readAnswer("l"), "noForAll");
  assert.equal(readAnswer("yesforall"), undefined);
});
