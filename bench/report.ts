import { spawnSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import type { Result, Sample } from "./contest.ts";

export interface ReportOptions {
  readonly command: string;
  readonly day: string;
  /** AzCopy's and ours: "AzCopy 10.32.2". */
  readonly names: readonly [string, string];
  readonly nginx: string;
  readonly meter: string;
  readonly workers: number;
  readonly runs: number;
  /** How many processes wanted a core in the minute before the first run and in the one before the last ended. */
  readonly load: readonly [number, number];
  readonly results: readonly Result[];
}

/** The table, and all that is needed to read it or to measure it again. */
export function report(options: ReportOptions): string {
  const { command, day, names, nginx, meter, workers, runs, load, results } = options;
  return `# Side by side with AzCopy

Measured on ${day} with

    ${command}

| | |
|---|---|
| machine | ${machine()} |
| contenders | ${names[0]}; ${names[1]} |
| sink | nginx ${nginx} on loopback, ${workers} worker process${workers === 1 ? "" : "es"}, on the same machine |
| files | sources, destinations, logs and plans on tmpfs |
| meter | ${meter} |
| load average | ${load[0].toFixed(1)} before the first run, ${load[1].toFixed(1)} after the last |

Medians of at least ${runs} runs each, in turn (AzCopy, ours, AzCopy, ours, …). **Ratio** is ours divided by AzCopy's: below 1
ours is better.

${table(results)}
${failures(results)}
## What else was seen

The least and the most wall time; how many requests a run sent; and the sink's own CPU time.

${details(results)}
## How to read it

- **CPU seconds** are user and system time of the client process alone, all its threads. They are the number to trust:
  client and server share this machine's cores, so the **wall time** is also the server's. Where the sink's CPU time is
  close to the wall time, the server was the limit, and the contenders look more alike than they are.
- A load average well above 2 (client and server) says that others used the machine meanwhile: then wall times say
  little, and CPU seconds are a little high for both.
- AzCopy notices the end of a job at a tick of two seconds: its wall times are about a multiple of two seconds, and no
  job takes less than two. It keeps up to a core busy while it waits for that tick (row three-files): some of its CPU
  seconds follow from its wall time.
- Nothing here has a network's latency or limits. These rows tell what the program itself costs, not how fast a transfer
  over a network will be.
- Both run with their defaults (block size, concurrency, logs at INFO, \`--check-length\`), with a fresh home each time.
  AzCopy sends a HEAD after each upload; the sink answers with the right length.
- tmpfs makes \`fsync\` free. On a disk, syncing the plan costs ours some time; AzCopy syncs nothing.
- A run counts only if it did all of the work: exit code 0, status Completed, every file counted as copied, every byte
  received (or sent) by the sink by its log, and downloads compared byte by byte. Otherwise the row says "failed".
- Rows of very many names (list-names, sync-names) run once, as AzCopy takes minutes. nginx serves ready pages of 5,000
  blobs. By host name they go through HTTP_PROXY, which is nginx itself; by IP address ours trusts no order and sorts
  what it compares. The local files are sparse, newer than the blobs, and of their sizes.
- **Peak** is the most memory that the process held at once (\`ru_maxrss\`).
`;
}

function table(results: readonly Result[]): string {
  const lines = [
    "| Row | What | Wall, s: AzCopy | ours | ratio | CPU, s: AzCopy | ours | ratio | Peak, MiB: AzCopy | ours | ratio |",
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
  ];
  for (const result of results) {
    const head = `| ${result.name} | ${result.title} |`;
    if ("failure" in result) {
      lines.push(`${head} **failed** | | | | | | | | |`);
      continue;
    }
    const { samples } = result;
    const cells = [
      pair(samples, (sample) => sample.wallSeconds, seconds),
      pair(samples, (sample) => sample.cpuSeconds, seconds),
      pair(samples, (sample) => sample.peakBytes, mebibytes),
    ];
    lines.push(`${head} ${cells.join(" | ")} |`);
  }
  return `${lines.join("\n")}\n`;
}

function details(results: readonly Result[]): string {
  const lines = [
    "| Row | Wall, s: AzCopy | ours | Requests: AzCopy | ours | Sink's CPU, s: AzCopy | ours |",
    "|---|--:|--:|--:|--:|--:|--:|",
  ];
  for (const result of results) {
    if ("failure" in result) continue;
    const each = (show: (samples: readonly Sample[]) => string): string =>
      result.samples.map(show).join(" | ");
    const cells = [
      each((samples) => range(samples.map((sample) => sample.wallSeconds))),
      each((samples) => median(samples.map((sample) => sample.requests)).toFixed(0)),
      each((samples) => seconds(median(samples.map((sample) => sample.sinkCpuSeconds)))),
    ];
    lines.push(`| ${result.name} | ${cells.join(" | ")} |`);
  }
  return `${lines.join("\n")}\n`;
}

function failures(results: readonly Result[]): string {
  const failed = results.filter((result) => "failure" in result);
  if (failed.length === 0) return "";
  return `Failed:\n\n${failed.map(({ name, failure }) => `- ${name}: ${failure}`).join("\n")}\n`;
}

/** Both medians and their ratio. */
function pair(
  samples: readonly (readonly Sample[])[],
  value: (sample: Sample) => number,
  show: (value: number) => string,
): string {
  const [theirs = Number.NaN, ours = Number.NaN] = samples.map((each) => median(each.map(value)));
  return `${show(theirs)} | ${show(ours)} | ${(ours / theirs).toFixed(2)}`;
}

const seconds = (value: number): string => value.toFixed(value < 1 ? 3 : 2);
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const range = (values: readonly number[]): string =>
  `${seconds(Math.min(...values))} to ${seconds(Math.max(...values))}`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

function machine(): string {
  const all = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  return `${all[0]?.model.trim() ?? "unknown CPU"}, ${all.length} cores, ${gibibytes} GiB, ${process.platform} ${release()}`;
}

/** "1.22.1". */
export function nginxVersion(nginx: string): string {
  const { stderr } = spawnSync(nginx, ["-v"], { encoding: "utf8" });
  return /nginx\/(\S+)/.exec(stderr)?.[1] ?? "of unknown version";
}
