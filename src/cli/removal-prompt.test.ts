import { strict as assert } from "node:assert";
import { PassThrough } from "node:stream";
import test from "node:test";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { printed } from "../../test/golden/scripted-run.ts";
import { RemovalPrompt } from "./removal-prompt.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import { utcTime } from "./reporters/timestamps.ts";
import { Stdin } from "./stdin.ts";

const root = "http://127.0.0.1:10000/devstoreaccount1/c";
const options = " Please confirm with: [Y] Yes  [N] No  [A] Yes for all  [L] No for all ";
const question = (path: string): string =>
  `The Blob '${path}' does not exist at the source. Do you wish to delete it from the destination(${root})?${options}`;

interface Asking {
  readonly json?: boolean;
  readonly visible?: boolean;
  readonly root?: string;
  readonly cancelled?: boolean;
}

/** Asks about each path, typing one line after each question; undefined ends the input. */
async function asked(
  paths: readonly string[],
  typed: readonly (string | undefined)[],
  asking: Asking = {},
): Promise<{ answers: boolean[]; text: string }> {
  let text = "";
  let output: CommandOutput | undefined;
  const write = (piece: string): void => {
    text += piece;
  };
  printed({ write, outputType: asking.json ? "json" : "text" }, (made) => {
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
  const stop = new AbortController();
  const prompt = new RemovalPrompt({ output, stdin, visible: asking.visible ?? true, signal: stop.signal });
  const lines = [...typed];
  const answers: boolean[] = [];
  for (const path of paths) {
    const shown = text.length;
    const answering = prompt.ask(path, asking.root ?? root);
    if (text.length > shown) {
      const line = lines.shift();
      if (asking.cancelled) stop.abort();
      else if (line === undefined) input.end();
      else input.write(`${line}\n`);
    }
    answers.push(await answering);
  }
  stdin.close();
  return { answers, text };
}

test("every answer has its consequence, and what is no answer keeps the object", async () => {
  const cases: [string, boolean, string][] = [
    ["y", true, "Confirmed. x will be deleted."],
    ["NO", false, "Keeping extra Blob: x"],
    ["a", true, "Confirmed. All the extra Blobs will be deleted."],
    ["No For All", false, "No deletions will happen from now onwards."],
    ["zz", false, "Unrecognizable answer, keeping extra Blob: x."],
    ["", false, "Unrecognizable answer, keeping extra Blob: x."],
  ];
  for (const [typed, answer, consequence] of cases) {
    assert.deepEqual(await asked(["x"], [typed]), {
      answers: [answer],
      text: `${question("x")}INFO: ${consequence}\n`,
    });
  }
});

test("an answer for all is the last that is asked for", async () => {
  const yes = await asked(["x", "y", "z"], ["n", "a"]);
  assert.deepEqual(yes.answers, [false, true, true]);
  assert(!yes.text.includes("'z'"));
  const no = await asked(["x", "y", "z"], ["y", "l"]);
  assert.deepEqual(no.answers, [true, false, false]);
});

test("at the end of input everything is kept", async () => {
  const { answers, text } = await asked(["x", "y"], [undefined]);
  assert.deepEqual(answers, [false, false]);
  assert.equal(text, `${question("x")}INFO: No deletions will happen from now onwards.\n`);
});

test("a question that nobody sees is not asked, and a cancelled one keeps the object", async () => {
  assert.deepEqual(await asked(["x"], [], { visible: false }), { answers: [false], text: "" });
  assert.deepEqual(await asked(["x"], [], { cancelled: true }), { answers: [false], text: question("x") });
});

test("a local file is called one, also for all", async () => {
  const { text } = await asked(["d/x"], ["a"], { root: "/data" });
  assert(text.startsWith("The local file 'd/x' does not exist at the source."));
  assert(text.includes("delete it from the destination(/data)?"));
  assert(text.endsWith("INFO: Confirmed. All the extra local files will be deleted.\n"));
});

test("as JSON the question is a Prompt about the path", async () => {
  const { text } = await asked(["x"], ["y"], { json: true });
  const [first = "", second = ""] = text.split("\n");
  const { MessageType, MessageContent, PromptDetails } = JSON.parse(first);
  assert.equal(MessageType, "Prompt");
  assert.equal(MessageContent, question("x").slice(0, -options.length));
  assert.equal(PromptDetails.PromptType, "DeleteDestination");
  assert.equal(PromptDetails.PromptTarget, "x");
  assert.deepEqual(
    PromptDetails.ResponseOptions.map((option: { ResponseString: string }) => option.ResponseString),
    ["y", "n", "a", "l"],
  );
  assert.equal(JSON.parse(second).MessageType, "Info");
});
