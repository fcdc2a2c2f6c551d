import { strict as assert } from "node:assert";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { createLogFile, type LogFileOptions } from "./log-file.ts";
import { utcTime } from "./reporters/timestamps.ts";

const jobId = "336f0456-2953-2149-4cd7-9c8f54c633a5";

interface Setting {
  readonly folder: string;
  readonly path: string;
  readonly troubles: string[];
  options(some?: Partial<LogFileOptions>): LogFileOptions;
}

function setting(context: TestContext): Setting {
  const folder = mkdtempSync(join(tmpdir(), "azcopy-log-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const troubles: string[] = [];
  const options = (some: Partial<LogFileOptions> = {}): LogFileOptions => ({
    folder,
    jobId,
    level: "INFO",
    clock: new ManualClock(),
    zone: utcTime,
    version: "10.40.0",
    platform: "win32",
    architecture: "x64",
    command: "copy a https://h/c?sv=1&sig=abc",
    onTrouble: (text) => troubles.push(text),
    ...some,
  });
  return { folder, path: join(folder, `${jobId}.log`), troubles, options };
}

const header = `2026/01/01 00:00:00 AzcopyVersion  10.40.0
2026/01/01 00:00:00 OS-Environment  windows
2026/01/01 00:00:00 OS-Architecture  amd64
2026/01/01 00:00:00 Log times are in UTC. Local time is 01 Jan 2026 00:00:00
2026/01/01 00:00:00 ISO 8601 START TIME: to copy files that changed before or after this job started, use the parameter --include-before=2025-12-31T23:59:55Z or --include-after=2025-12-31T23:59:55Z
2026/01/01 00:00:00 Job-Command copy a https://h/c?sv=1&sig=-REDACTED- 
`;

test("the log has AzCopy's header and lines, in UTC, and no credential", async (context) => {
  const { path, options, troubles } = setting(context);
  const clock = new ManualClock();
  const file = createLogFile(options({ clock }));
  await clock.advance(61_000);
  file.log("ERROR", "UPLOADFAILED: a : 403 : Bearer abc.def\n   Dst: https://h/c/a?sig=abc&se=1");
  file.log("WARNING", "slow");
  file.log("INFO", "==> REQUEST\n   PUT https://h/c?sig=x%2F\n");
  file.log("INFO", "ends with SharedKey");
  file.log("DEBUG", "not wanted");
  await file.close();
  file.log("ERROR", "too late");
  assert.equal(
    readFileSync(path, "utf8"),
    `${header}2026/01/01 00:01:01 ERR: UPLOADFAILED: a : 403 : Bearer -REDACTED-
   Dst: https://h/c/a?sig=-REDACTED-&se=1
2026/01/01 00:01:01 WARN: slow
2026/01/01 00:01:01 ==> REQUEST
   PUT https://h/c?sig=-REDACTED-

2026/01/01 00:01:01 INFO: ends with SharedKey
2026/01/01 00:01:01 Closing Log
`,
  );
  assert.equal(file.path, path);
  assert.deepEqual(troubles, []);
  if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a level takes itself and what is worse, and NONE makes no file", async (context) => {
  const { folder, path, options } = setting(context);
  const none = createLogFile(options({ level: "NONE" }));
  none.log("ERROR", "x");
  assert(!none.wants("ERROR"));
  assert.equal(none.path, "");
  await none.close();
  assert.deepEqual(readdirSync(folder), []);
  const errors = createLogFile(options({ level: "ERROR" }));
  assert(errors.wants("ERROR") && !errors.wants("WARNING") && !errors.wants("DEBUG"));
  errors.log("WARNING", "no");
  errors.log("ERROR", "yes");
  await errors.close();
  const lines = readFileSync(path, "utf8").split("\n");
  assert(lines.includes("2026/01/01 00:00:00 ERR: yes"));
  assert(!lines.some((line) => line.endsWith("no")));
});

test("a resumed job goes on in the same file", async (context) => {
  const { path, options } = setting(context);
  for (let run = 0; run < 2; run++) await createLogFile(options()).close();
  const once = `${header}2026/01/01 00:00:00 Closing Log\n`;
  assert.equal(readFileSync(path, "utf8"), once + once);
});

test("what is logged is on disk after a second, and at once when it is much", async (context) => {
  const { path, options } = setting(context);
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const file = createLogFile(options());
  const has = (text: string) => readFileSync(path, "utf8").includes(text);
  file.log("INFO", "first");
  context.mock.timers.tick(999);
  assert(!has("first"));
  context.mock.timers.tick(1);
  await until(() => has("first"));
  file.log("INFO", "x".repeat(70_000));
  await until(() => has("xxx"));
  await file.close();
});

test("a full log is set aside and lines stay in order, across runs too", async (context) => {
  const { folder, options } = setting(context);
  const lineCount = 3_000;
  for (let run = 0; run < 2; run++) {
    const file = createLogFile(options({ fileBytesMax: 100_000 }));
    for (let i = 0; i < lineCount; i++) {
      file.log("INFO", `run ${run} line ${i} ${"x".repeat(100)}`);
      // Lets writes end, as a job would between its transfers.
      if (i % 500 === 0) await new Promise(setImmediate);
    }
    await file.close();
  }
  const names = readdirSync(folder);
  assert(names.length > 2, names.join(" "));
  const numbered = names.filter((name) => name !== `${jobId}.log`).length;
  const inOrder = Array.from({ length: numbered }, (_, i) => `${jobId}.${i}.log`).concat(`${jobId}.log`);
  const text = inOrder.map((name) => readFileSync(join(folder, name), "utf8")).join("");
  const found = [...text.matchAll(/run (\d) line (\d+) /g)].map(([, run, line]) => `${run} ${line}`);
  const expected = [0, 1].flatMap((run) => Array.from({ length: lineCount }, (_, i) => `${run} ${i}`));
  assert.deepEqual(found, expected);
});

test("a log that cannot be opened is told of once, and harms nothing", async (context) => {
  const { folder, options, troubles } = setting(context);
  const file = createLogFile(options({ folder: join(folder, "nosuch") }));
  file.log("ERROR", "x");
  await file.close();
  assert.equal(troubles.length, 1);
  assert.match(
    troubles[0] ?? "",
    /^the job log .*nosuch.* cannot be written \(ENOENT.*: the job goes on without it$/,
  );
});

test("a full disk is told of once, and what is logged after that costs nothing", async (context) => {
  if (!existsSync("/dev/full")) return context.skip("only Linux has a device that is always full");
  const { path, options, troubles } = setting(context);
  symlinkSync("/dev/full", path);
  const file = createLogFile(options());
  for (let i = 0; i < 3; i++) {
    file.log("INFO", "x".repeat(70_000));
    await until(() => troubles.length > 0);
  }
  await file.close();
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? "", /ENOSPC/);
});

/** Waits, turn by turn of the event loop, for what the disk does. */
async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert(turns < 100_000, "it never happened");
    await new Promise(setImmediate);
  }
}
