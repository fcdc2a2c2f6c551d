import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../backends/endpoint.ts";
import { sweep } from "../backends/index.ts";
import type { CommandContext } from "../commands/context.ts";
import { FromToError } from "../commands/from-to.ts";
import { make } from "../commands/make.ts";
import { connectionsMax } from "../commands/sizing.ts";
import type { Clock } from "../foundation/clock.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import { noLog } from "../foundation/log.ts";
import { Pacer } from "../foundation/pacer.ts";
import { redact } from "../foundation/redact.ts";
import { RealDisk } from "../journal/real-disk.ts";
import type { StatusRule } from "../transport/retry.ts";
import { askedJob, errorStart, runKind } from "./blob-jobs.ts";
import { openDialogue } from "./dialogue.ts";
import { type Environment, EnvironmentError, readEnvironment } from "./environment.ts";
import { exitCodeOf } from "./exit-code.ts";
import { printArgumentError, type TextStreams } from "./flags/argument-error.ts";
import type { GlobalFlags } from "./flags/global-flags.ts";
import type { Invocation, ParsedCommandLine } from "./flags/parse.ts";
import { parseRetryStatusCodes } from "./flags/retry-status-codes.ts";
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
import { realClock, realRandom } from "./real-clock.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import { createReporter } from "./reporters/create-reporter.ts";
import { systemTime } from "./reporters/timestamps.ts";
import { Signals } from "./signals.ts";
import { watchOutput } from "./stdout.ts";
import { openStores } from "./stores.ts";
import { version } from "./version.ts";

type Session = Exclude<ParsedCommandLine, { kind: "version" | "unknown topic" }>;

/** Carries a command out and says how; the exit code is the result. Rejects only for faults of ours. */
export async function runSession(parsed: Session, streams: TextStreams): Promise<number> {
  const { globals } = parsed;
  const output = createReporter({
    outputType: globals?.outputType ?? "text",
    outputLevel: globals?.outputLevel ?? "default",
    run: parsed.kind === "run" ? runKind(parsed) : "copy",
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
    output.error(redact(`${whole ? "" : errorStart(invocation.command, error)}${error.message}`));
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
  const shelf: Shelf = { disk, plansFolder, log: noLog, logFilesOf, sweepJob };
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
    case "copy":
    case "sync":
    case "remove":
    case "set-properties": {
      const job = askedJob(invocation, process.platform);
      for (const warning of job.warnings) output.warn(warning);
      return withJob(invocation, environment, disk, output, randomUUID(), async (context) => {
        const status = await job.run(context);
        if (job.dryRun) output.endOfJob("");
        return exitCodeOf(status);
      });
    }
  }
}

/** Removes what a job that is forgotten left unfinished. */
async function sweepJob(endpoint: Endpoint, jobId: string): Promise<void> {
  const judge = { isLive: (other: string) => other !== jobId, untouchedSinceMs: Number.POSITIVE_INFINITY };
  await sweep(endpoint, judge);
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
  const onAdjust = (capMbps: number): void => {
    pacer.bytesPerSecond = bytesPerSecond(capMbps);
  };
  const dialogue = openDialogue({ invocation, clock, output, signals, onAdjust });
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
    usesTls: invocation.args.some((arg) => /^https:/i.test(arg)) || invocation.command === "jobs resume",
    retryRules: rulesOf(globals),
    onProxy: (origin, proxy) => output.info(`Proxy detected: ${origin} -> ${redact(proxy)}`),
  });
  try {
    await dialogue.begin();
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
      ask: dialogue.ask,
      askRemoval: dialogue.askRemoval,
      beforeFirstOpen: dialogue.beforeFirstOpen,
      stores,
      capacity,
      cancel: signals.signal,
    });
  } finally {
    signals.close();
    dialogue.close();
    await stores.close();
    await logFile.close();
  }
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

/** The parser has refused what cannot be read. */
function rulesOf({ retryStatusCodes }: GlobalFlags): readonly StatusRule[] {
  const parsed = parseRetryStatusCodes(retryStatusCodes);
  return "rules" in parsed ? parsed.rules : [];
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
