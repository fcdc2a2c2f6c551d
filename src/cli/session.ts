import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { CommandContext } from "../commands/context.ts";
import { copy } from "../commands/copy.ts";
import { FromToError } from "../commands/from-to.ts";
import { make } from "../commands/make.ts";
import { connectionsMax } from "../commands/sizing.ts";
import type { Clock } from "../foundation/clock.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import { noLog } from "../foundation/log.ts";
import { Pacer } from "../foundation/pacer.ts";
import { redact } from "../foundation/redact.ts";
import { RealDisk } from "../journal/real-disk.ts";
import { copyRequest } from "./copy-request.ts";
import { type Environment, EnvironmentError, readEnvironment } from "./environment.ts";
import { exitCodeOf } from "./exit-code.ts";
import { printArgumentError, type TextStreams } from "./flags/argument-error.ts";
import type { GlobalFlags } from "./flags/global-flags.ts";
import type { Invocation, ParsedCommandLine } from "./flags/parse.ts";
import {
  CommandError,
  jobsClean,
  jobsList,
  jobsRemove,
  jobsResume,
  jobsShow,
  type Shelf,
} from "./job-commands.ts";
import { runList } from "./list-command.ts";
import { createLogFile, type LogFile } from "./log-file.ts";
import { cpuCount, memoryBytesMax, processIdentity } from "./machine.ts";
import { askOverwrite } from "./prompt.ts";
import { realClock, realRandom } from "./real-clock.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import { createReporter } from "./reporters/create-reporter.ts";
import { systemTime } from "./reporters/timestamps.ts";
import { Signals } from "./signals.ts";
import { Stdin } from "./stdin.ts";
import { watchOutput } from "./stdout.ts";
import { openStores } from "./stores.ts";
import { version } from "./version.ts";

type Session = Exclude<ParsedCommandLine, { kind: "version" | "unknown topic" }>;

const awaitContinueMs = 60_000;
const awaitOpenMs = 5 * 60_000;

/** Carries a command out and says how; the exit code is the result. Rejects only for faults of ours. */
export async function runSession(parsed: Session, streams: TextStreams): Promise<number> {
  const { globals } = parsed;
  const output = createReporter({
    outputType: globals?.outputType ?? "text",
    outputLevel: globals?.outputLevel ?? "default",
    run: runOf(parsed),
    write: streams.stdout,
    drained: watchOutput(process.stdout),
    isTerminal: process.stdout.isTTY === true,
    columns: () => process.stdout.columns,
    now: () => Date.now(),
    zone: systemTime(),
  });
  switch (parsed.kind) {
    case "wrong":
      output.error(redact(parsed.error.message));
      return 1;
    case "help":
      streams.stdout(parsed.text);
      output.endOfJob("");
      return 0;
    case "bare":
      if (parsed.globals.outputType === "text") streams.stdout(parsed.text);
      output.endOfJob("");
      return 0;
    case "run":
      return runCommand(parsed, output, streams);
  }
}

function runOf(parsed: Session): "copy" | "resume" | "dryRun" {
  if (parsed.kind !== "run") return "copy";
  if (parsed.command === "jobs resume") return "resume";
  return parsed.command === "copy" && parsed.flags.dryRun ? "dryRun" : "copy";
}

async function runCommand(
  invocation: Invocation,
  output: CommandOutput,
  streams: TextStreams,
): Promise<number> {
  let environment: Environment;
  try {
    environment = readEnvironment(process.env);
    makeFolders(environment);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    if (error.fatal) streams.stderr(`${stamp(Date.now())} ${error.message}\n`);
    else printArgumentError({ route: "B", message: error.message }, "", streams);
    return 1;
  }
  try {
    return await dispatch(invocation, environment, output);
  } catch (error) {
    if (error instanceof FromToError) for (const notice of error.notices) output.info(notice);
    if (!(error instanceof StorageError || error instanceof CommandError)) throw error;
    const whole = error instanceof FromToError || error instanceof CommandError;
    const words = invocation.command === "copy" && !whole;
    output.error(redact(words ? `Cannot perform copy due to error: ${error.message}` : error.message));
    return 1;
  }
}

async function dispatch(
  invocation: Invocation,
  environment: Environment,
  output: CommandOutput,
): Promise<number> {
  const disk = new RealDisk(processIdentity(process.pid, Date.now()));
  const { plansFolder, logFolder } = environment;
  const logFilesOf = async (jobId: string): Promise<string[]> =>
    readdirSync(logFolder)
      .filter((name) => name.startsWith(jobId) && name.endsWith(".log"))
      .map((name) => join(logFolder, name));
  const shelf: Shelf = { disk, plansFolder, log: noLog, logFilesOf };
  switch (invocation.command) {
    case "jobs list":
      return jobsList(shelf, invocation, output);
    case "jobs show":
      return jobsShow(shelf, invocation, output);
    case "jobs remove":
      return jobsRemove(shelf, invocation, output);
    case "jobs clean":
      return jobsClean(shelf, invocation, output);
    case "jobs resume": {
      const jobId = (invocation.args[0] ?? "").toLowerCase();
      return withJob(invocation, environment, disk, output, jobId, (context) =>
        jobsResume(context, invocation),
      );
    }
    case "list":
      return withJob(invocation, environment, disk, output, randomUUID(), (context) =>
        runList(context, invocation, output),
      );
    case "make":
      return withJob(invocation, environment, disk, output, randomUUID(), async (context) => {
        await make(context, invocation.args[0] ?? "");
        output.endOfJob("Successfully created the resource.");
        return 0;
      });
    case "copy": {
      const request = copyRequest(invocation, process.platform);
      if ("route" in request) throw new CommandError(request.message);
      return withJob(invocation, environment, disk, output, randomUUID(), async (context) => {
        const status = await copy(context, request);
        if (request.dryRun) output.endOfJob("");
        return exitCodeOf(status);
      });
    }
  }
}

/** Opens what a job needs, runs it, and closes all of it again, however it ends. */
async function withJob(
  invocation: Invocation,
  environment: Environment,
  disk: RealDisk,
  output: CommandOutput,
  jobId: string,
  run: (context: CommandContext) => Promise<number>,
): Promise<number> {
  const { globals } = invocation;
  const clock = realClock();
  const random = realRandom();
  const commandLine = redact(process.argv.slice(2).join(" "));
  const logFile = openLog(clock, environment, globals, jobId, commandLine, output);
  const pacer = new Pacer(clock, bytesPerSecond(globals.capMbps));
  const capacity = {
    concurrency: environment.concurrency,
    cpus: cpuCount(),
    memoryBytesMax: memoryBytesMax(environment.bufferBytes),
    bytesPerSecondMax: pacer.bytesPerSecond,
  };
  const signals = new Signals(output);
  const stdin = new Stdin({
    input: process.stdin,
    output,
    clock,
    zone: systemTime(),
    cancelFromStdin: globals.cancelFromStdin,
    onCancel: () => signals.cancel(),
    onAdjust: (capMbps) => {
      pacer.bytesPerSecond = bytesPerSecond(capMbps);
    },
  });
  const stores = openStores({
    clock,
    random,
    log: logFile.log,
    wants: logFile.wants,
    pacer,
    connectionsMax: connectionsMax(capacity),
    environment,
    variables: process.env,
    version,
    usesTls: invocation.args.some((arg) => /^https:/i.test(arg)) || invocation.command !== "copy",
    onProxy: (origin, proxy) => output.info(`Proxy detected: ${origin} -> ${redact(proxy)}`),
  });
  try {
    if (globals.cancelFromStdin || asksQuestions(invocation)) stdin.watch();
    if (globals.awaitContinue) await stdin.waitFor("continue", awaitContinueMs, signals.signal);
    return await run({
      clock,
      random,
      disk,
      platform: process.platform,
      workingFolder: process.cwd(),
      plansFolder: environment.plansFolder,
      jobId,
      commandLine,
      logFile: logFile.path,
      log: logFile.log,
      report: output.report,
      ask: (destination) => askOverwrite({ output, stdin }, destination, signals.signal),
      askRemoval: async () => false,
      beforeFirstOpen: async () => {
        if (globals.awaitOpen) await stdin.waitFor("open", awaitOpenMs, signals.signal);
      },
      stores,
      capacity,
      cancel: signals.signal,
    });
  } finally {
    signals.close();
    stdin.close();
    await stores.close();
    await logFile.close();
  }
}

function asksQuestions(invocation: Invocation): boolean {
  return invocation.command === "copy" && invocation.flags.overwrite === "prompt";
}

function openLog(
  clock: Clock,
  environment: Environment,
  globals: GlobalFlags,
  jobId: string,
  commandLine: string,
  output: CommandOutput,
): LogFile {
  return createLogFile({
    folder: environment.logFolder,
    jobId,
    level: globals.logLevel,
    clock,
    zone: systemTime(),
    version,
    platform: process.platform,
    architecture: process.arch,
    command: commandLine,
    onTrouble: (text: string) => output.warn(text),
  });
}

const bytesPerSecond = (megabits: number): number =>
  megabits > 0 ? (megabits * 1_000_000) / 8 : Number.POSITIVE_INFINITY;

function makeFolders({ logFolder, plansFolder }: Environment): void {
  makeFolder(logFolder, "AZCOPY_LOG_LOCATION");
  makeFolder(plansFolder, "AZCOPY_JOB_PLAN_LOCATION");
}

function makeFolder(folder: string, variable: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new EnvironmentError(
      `Problem making .azcopy directory. Try setting ${variable} env variable. ${messageOf(error)}`,
      true,
    );
  }
}

/** As Go's logger stamps a line: local time. */
function stamp(ms: number): string {
  const local = new Date(ms + systemTime().offsetMinutes(ms) * 60_000).toISOString();
  return `${local.slice(0, 10).replaceAll("-", "/")} ${local.slice(11, 19)}`;
}
