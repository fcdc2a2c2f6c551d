import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import test from "node:test";
import fc from "fast-check";
import { ManualClock, until } from "../../test/fakes/manual-clock.ts";
import { printed } from "../../test/golden/scripted-run.ts";
import type { CommandOutput, OutputType } from "./reporters/command-output.ts";
import { utcTime } from "./reporters/timestamps.ts";
import { Stdin } from "./stdin.ts";

/** A stream that gives what a test types. */
class Keyboard extends EventEmitter {
  flowing = false;

  resume(): void {
    this.flowing = true;
  }

  pause(): void {
    this.flowing = false;
  }

  type(...lines: string[]): void {
    for (const line of lines) this.emit("data", Buffer.from(`${line}\n`));
  }

  get listeners_(): number {
    return ["data", "end", "close", "error"].reduce((sum, event) => sum + this.listenerCount(event), 0);
  }
}

interface Session {
  readonly keyboard: Keyboard;
  readonly clock: ManualClock;
  readonly stdin: Stdin;
  readonly done: string[];
  text(): string;
}

function session(cancelFromStdin = false, outputType: OutputType = "text"): Session {
  const keyboard = new Keyboard();
  const clock = new ManualClock();
  const done: string[] = [];
  let text = "";
  let output: CommandOutput | undefined;
  const write = (piece: string): void => {
    text += piece;
  };
  printed({ outputType, write }, (made) => {
    output = made;
  });
  assert(output);
  const stdin = new Stdin({
    input: keyboard,
    output,
    clock,
    zone: utcTime,
    cancelFromStdin,
    onCancel: () => done.push("cancel"),
    onAdjust: (capMbps) => done.push(`cap ${capMbps}`),
  });
  return { keyboard, clock, stdin, done, text: () => text };
}

const never = new AbortController().signal;
const discarded = "INFO: Discarding incorrectly formatted input message\n";
const adjust = (value: string): string =>
  JSON.stringify({ RequestType: "PerformanceAdjustment", Value: value });
const received = (type: string, time = "0001-01-01 00:00:00 +0000 UTC"): string =>
  `INFO: Received request for ${type} with timeStamp ${time}\n`;

test("nothing is read until somebody wants to know something", () => {
  const { keyboard, stdin } = session();
  assert.equal(keyboard.listeners_, 0);
  stdin.watch();
  stdin.watch();
  assert(keyboard.flowing);
  assert.equal(keyboard.listeners_, 4);
  stdin.close();
  assert(!keyboard.flowing);
  assert.equal(keyboard.listeners_, 0);
});

test("an answer is the next line after the question, whatever it says", async () => {
  const { keyboard, stdin, text } = session(true);
  stdin.watch();
  keyboard.type("early");
  for (const line of ["y", "cancel", "", "  Yes for all ", '{"RequestType":"CancelJob"}']) {
    const answer = stdin.answer(never);
    keyboard.type(line);
    assert.equal(await answer, line.trim());
  }
  keyboard.type("late");
  assert.equal(text(), `${discarded}${discarded}`);
});

test("the end of input answers for ever, and so does a signal", async () => {
  const { keyboard, stdin } = session();
  const stop = new AbortController();
  const open = stdin.answer(stop.signal);
  stop.abort();
  assert.equal(await open, undefined);
  const last = stdin.answer(never);
  keyboard.emit("data", Buffer.from("no line break"));
  keyboard.emit("end");
  assert.equal(await last, "no line break");
  assert.equal(await stdin.answer(never), undefined);
  keyboard.emit("close");
  stdin.close();
  assert.equal(await stdin.answer(never), undefined);
});

test("a question that stands when input ends, fails or is closed gets no answer", async () => {
  for (const event of ["end", "close", "error"]) {
    const { keyboard, stdin } = session();
    const answer = stdin.answer(never);
    keyboard.emit(event);
    assert.equal(await answer, undefined);
  }
  const { stdin } = session();
  const answer = stdin.answer(never);
  stdin.close();
  assert.equal(await answer, undefined);
});

test("the line cancel cancels only where that was asked for", () => {
  const asked = session(true);
  asked.stdin.watch();
  asked.keyboard.type(" CaNcel ", "");
  assert.deepEqual(asked.done, ["cancel"]);
  assert.equal(asked.text(), "INFO: Cancellation requested\n");
  const other = session();
  other.stdin.watch();
  other.keyboard.type("cancel");
  assert.deepEqual(other.done, []);
  assert.equal(other.text(), discarded);
});

test("requests are answered in AzCopy's words", () => {
  const { keyboard, stdin, done, text } = session();
  stdin.watch();
  keyboard.type(
    '{"RequestType":"Foo"}',
    "{}",
    '{"requesttype":"CANCELJOB","TimeStamp":"2026-01-02T03:04:05.120+02:00"}',
    '{"RequestType":5}',
    '{"RequestType":"CancelJob","TimeStamp":"yesterday"}',
    '{"RequestType":"CancelJob"}x',
    "[]",
    '"x"',
  );
  assert.deepEqual(done, ["cancel"]);
  assert.equal(
    text(),
    `${received("Foo")}INFO: Discarding incorrect message: Foo.\n` +
      `${received("")}INFO: Discarding incorrect message: .\n` +
      `${received("CANCELJOB", "2026-01-02 03:04:05.12 +0200 +0200")}INFO: Cancellation requested\n` +
      discarded.repeat(5),
  );
});

test("the cap is changed once a minute, and a refusal does not make later ones", async () => {
  const { keyboard, clock, stdin, done, text } = session();
  stdin.watch();
  keyboard.type(adjust('{"cap-mbps":"20"}'));
  await clock.advance(59_000);
  keyboard.type(adjust('{"cap-mbps":"30"}'));
  await clock.advance(1_000);
  keyboard.type(adjust('{"cap-mbps":40}'));
  assert.deepEqual(done, ["cap 20", "cap 40"]);
  const refused = "INFO: Failed to adjust throughput. Performance Adjustment already in progress. ";
  assert.equal(
    text(),
    [
      received("PerformanceAdjustment"),
      "INFO: Successfully adjust throughput to 20 Mbps.\n",
      received("PerformanceAdjustment"),
      `${refused}Please try after 2026-01-01T00:01:00Z\n`,
      received("PerformanceAdjustment"),
      "INFO: Successfully adjust throughput to 40 Mbps.\n",
    ].join(""),
  );
});

test("a cap that cannot be read changes nothing", () => {
  const { keyboard, stdin, done, text } = session(false, "json");
  stdin.watch();
  const values = ["zz", "[]", '{"cap-mbps":"x"}', '{"cap-mbps":"-4"}', '{"cap-mbps":true}'];
  keyboard.type(...values.map(adjust));
  assert.deepEqual(done, []);
  const responses = text()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ MessageType }) => MessageType === "Response")
    .map(({ MessageContent }) => JSON.parse(MessageContent).Value);
  assert.equal(responses.length, values.length);
  for (const response of responses) {
    assert.equal(response.status, false);
    assert.equal(response["cap-mbps"], -1);
    assert.notEqual(response.error, "");
  }
});

test("a word that is waited for comes from the line, the clock, the end of input or a signal", async () => {
  const byLine = session();
  const open = byLine.stdin.waitFor("open", 300_000, never);
  byLine.keyboard.type("continue", "OPEN");
  await open;
  assert.equal(byLine.text(), discarded);
  await until(() => byLine.clock.sleepers === 0);

  const byClock = session();
  const waiting = byClock.stdin.waitFor("open", 300_000, never);
  await byClock.clock.advance(300_000);
  await waiting;
  byClock.keyboard.type("open");
  assert.equal(byClock.text(), discarded);

  const byEnd = session();
  const ended = byEnd.stdin.waitFor("open", 300_000, never);
  byEnd.keyboard.emit("end");
  await ended;
  await byEnd.stdin.waitFor("continue", 300_000, never);

  const bySignal = session();
  const stop = new AbortController();
  const stopped = bySignal.stdin.waitFor("open", 300_000, stop.signal);
  stop.abort();
  await stopped;
});

test("a line without end takes no memory, and is no answer", async () => {
  const { keyboard, stdin, text } = session();
  stdin.watch();
  for (let i = 0; i < 100; i++) keyboard.emit("data", Buffer.alloc(64 * 1024, "x"));
  keyboard.type("", "y");
  assert.equal(text(), `${discarded}${discarded}`);
  const answer = stdin.answer(never);
  keyboard.type("x".repeat(70_000));
  assert.equal(await answer, "");
});

test("lines are the same however they are cut into chunks", async () => {
  const line = fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replace(/[\n\r]/g, ""));
  const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 5 }), cuts, async (lines, sizes) => {
      const { keyboard, stdin } = session();
      const bytes = Buffer.from(lines.map((each) => `${each}\r\n`).join(""));
      stdin.watch();
      const seen: (string | undefined)[] = [];
      let answer = stdin.answer(never).then((text) => seen.push(text));
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        // A question at a time, as prompts come: the next stands before more is typed.
        for (let byte = at; byte < Math.min(at + size, bytes.length); byte++) {
          keyboard.emit("data", bytes.subarray(byte, byte + 1));
          if (bytes[byte] !== 10) continue;
          await answer;
          answer = stdin.answer(never).then((text) => seen.push(text));
        }
        at += size;
      }
      assert.deepEqual(
        seen,
        lines.map((each) => each.trim()),
      );
    }),
    { numRuns: 200 },
  );
});
