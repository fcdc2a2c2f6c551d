import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fixtures } from "./fixtures.ts";
import type { Cost, Meter, Run } from "./measure.ts";
import type { Row, Scene } from "./rows.ts";
import type { Sink } from "./sink.ts";

/** How long the sink may need to log the last requests after the client has ended. */
const logMsMax = 5_000;
const logPollMs = 100;

export interface Contender {
  readonly name: string;
  readonly file: string;
}

/** One counted run. */
export interface Sample extends Cost {
  readonly requests: number;
  /** CPU time of the sink while the run lasted. */
  readonly sinkCpuSeconds: number;
}

/** What each contender's runs were like, in the order of the contenders; or why there is nothing to compare. */
export type Result = { readonly name: string; readonly title: string } & (
  | { readonly samples: readonly (readonly Sample[])[] }
  | { readonly failure: string }
);

export interface Arena {
  /** On tmpfs, so that no disk is measured. */
  readonly folder: string;
  readonly fixtures: Fixtures;
  readonly sink: Sink;
  readonly meter: Meter;
  readonly contenders: readonly Contender[];
  readonly runs: number;
  say(text: string): void;
}

/** Runs a row: the contenders in turn, so that what changes on the machine meanwhile meets both. */
export async function contest(arena: Arena, row: Row): Promise<Result> {
  const { contenders, sink, say } = arena;
  const head = { name: row.name, title: row.title(arena.fixtures) };
  if (row.tls && sink.certificate === undefined) {
    return { ...head, failure: "there is no openssl to make a certificate with" };
  }
  const samples: Sample[][] = contenders.map(() => []);
  const runs = Math.min(Math.max(arena.runs, row.runsMin), row.runsMax ?? Infinity);
  for (let run = 1; run <= runs; run++) {
    for (const [index, contender] of contenders.entries()) {
      try {
        const sample = await runOnce(arena, row, contender);
        samples[index]?.push(sample);
        say(`${row.name} ${run}/${runs} ${contender.name}: ${spoken(sample)}`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { ...head, failure: `${contender.name}, run ${run}: ${reason}` };
      }
    }
  }
  return { ...head, samples };
}

/** Throws when the contender did not do all of the work. */
async function runOnce(arena: Arena, row: Row, { file }: Contender): Promise<Sample> {
  const { fixtures, sink, meter } = arena;
  const folder = mkdtempSync(join(arena.folder, "run-"));
  const target = join(folder, "target");
  const home = join(folder, "home");
  mkdirSync(target);
  mkdirSync(home);
  try {
    const scene: Scene = {
      fixtures,
      target,
      url: (scheme, path) => sink.url(scheme, path),
      namedUrl: (path) => sink.namedUrl(path),
      output: join(folder, "stdout"),
    };
    const mark = sink.mark();
    const sinkCpuBefore = sink.cpuSeconds();
    const run = await meter.run({
      file,
      words: row.words(scene),
      folder,
      environment: environment(arena, row, home),
      ...(row.printsMuch === true ? { stdoutFile: scene.output } : {}),
    });
    const sinkCpuSeconds = sink.cpuSeconds() - sinkCpuBefore;
    const complaint =
      complaintAbout(run, row, fixtures) ?? (await notSeen(arena, row, scene, mark)) ?? row.wrong(scene);
    if (complaint !== undefined) {
      arena.say([run.stdout, run.stderr].map((text) => text.slice(-2_000)).join("\n"));
      throw new Error(complaint);
    }
    return { ...run.cost, requests: sink.since(mark).length, sinkCpuSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing of the user's own: no proxies, no settings; logs and plans where no disk is measured. */
function environment({ sink }: Arena, { tls, proxied }: Row, home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    AZCOPY_LOG_LOCATION: join(home, "logs"),
    AZCOPY_JOB_PLAN_LOCATION: join(home, "plans"),
    AZCOPY_DISABLE_SYSLOG: "true",
    ...(proxied === true ? { HTTP_PROXY: sink.proxy } : {}),
    ...(tls && sink.certificate !== undefined ? { SSL_CERT_FILE: sink.certificate } : {}),
  };
}

function complaintAbout({ exitCode, stdout }: Run, row: Row, fixtures: Fixtures): string | undefined {
  if (exitCode !== 0) return `exit code ${exitCode}`;
  if (row.complaint !== undefined) return row.complaint(stdout, fixtures);
  const files = row.files(fixtures);
  if (files === undefined) return /^azcopy version \S+$/m.test(stdout) ? undefined : "it named no version";
  const status = summaryOf(stdout, "Final Job Status");
  if (status !== "Completed") return `final status ${status ?? "not told"}`;
  const completed = summaryOf(stdout, "Number of File Transfers Completed");
  return completed === String(files) ? undefined : `${completed ?? "no"} files completed, not ${files}`;
}

const summaryOf = (stdout: string, label: string): string | undefined =>
  stdout
    .split("\n")
    .find((line) => line.startsWith(`${label}: `))
    ?.slice(label.length + 2)
    .trim();

async function notSeen({ sink }: Arena, row: Row, scene: Scene, mark: number): Promise<string | undefined> {
  for (let waitedMs = 0; ; waitedMs += logPollMs) {
    const missing = row.missing(scene, sink.since(mark));
    if (missing === undefined || waitedMs >= logMsMax) return missing;
    await sleep(logPollMs);
  }
}

function spoken({ wallSeconds, cpuSeconds, peakBytes, requests, sinkCpuSeconds }: Sample): string {
  const peak = Math.round(peakBytes / 2 ** 20);
  return `${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peak} MiB, ${requests} requests, sink's CPU ${sinkCpuSeconds.toFixed(2)} s`;
}
