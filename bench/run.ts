import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Contender, contest, type Result } from "./contest.ts";
import { Fixtures, type Sizes } from "./fixtures.ts";
import { findMeter } from "./measure.ts";
import { buildOurs, findNginx, findRealAzcopy, versionOf } from "./prerequisites.ts";
import { nginxVersion, report } from "./report.ts";
import { type Row, rows } from "./rows.ts";
import { Sink } from "./sink.ts";

const usage = `npm run bench [-- options]: measures this azcopy side by side with Microsoft's

  --quick         smaller files and fewer of them: under three minutes
  --smoke         tiny files, one run: does everything work?
  --rows a,b      only these of: ${rows.map(({ name }) => name).join(", ")}
  --runs N        counted runs of each row and contender
  --ours FILE     measure this binary instead of dist/azcopy
  --against FILE  compare with this binary instead of Microsoft's AzCopy
  --help

bench/RESULTS.md is written when all rows were run with both usual contenders; the tables are printed in any case.
`;

const MiB = 2 ** 20;
const scales: Readonly<Record<"full" | "quick" | "smoke", Sizes & { readonly runs: number }>> = {
  full: { largeBytes: 4096 * MiB, smallFiles: 20_000, names: 1_000_000, runs: 3 },
  quick: { largeBytes: 1024 * MiB, smallFiles: 5_000, names: 200_000, runs: 3 },
  smoke: { largeBytes: 64 * MiB, smallFiles: 200, names: 12_000, runs: 1 },
};

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" },
      smoke: { type: "boolean" },
      rows: { type: "string" },
      runs: { type: "string" },
      ours: { type: "string" },
      against: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (process.platform !== "linux") throw new Error("npm run bench needs Linux: the sink and the meter do");
  const scale = scales[values.smoke ? "smoke" : values.quick ? "quick" : "full"];
  const runs = values.runs === undefined ? scale.runs : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs ${values.runs}: give a whole number from 1 on`);
  const chosen = chooseRows(values.rows);
  const meter = findMeter();
  const { nginx, headersModule } = findNginx(say);
  const folder = temporaryFolder();
  const contenders = [
    contender("AzCopy", values.against ?? findRealAzcopy(folder, say)),
    contender("ours", values.ours ?? buildOurs()),
  ] as const;
  const checkout = commit();
  say(`writing ${scale.largeBytes / MiB} MiB and ${scale.smallFiles} small files to ${folder}`);
  const fixtures = new Fixtures(folder, scale);
  for (const container of ["large", "small", "three"]) {
    symlinkSync(container, fixtures.path(`up${container}`));
  }
  const sink = await Sink.start({ folder, nginx, headersModule });
  const arena = { folder, fixtures, sink, meter, contenders, runs, say };
  const [loadBefore = 0] = loadavg();
  const results: Result[] = [];
  for (const row of chosen) results.push(await contest(arena, row));
  await sink.stop();

  const text = report({
    command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(" ")}` : ""}`,
    day: new Date().toISOString().slice(0, 10),
    names: [
      `AzCopy ${contenders[0].version}`,
      `ours: azcopy-ts ${contenders[1].version} (commit ${checkout}), Node ${process.versions.node}`,
    ],
    nginx: nginxVersion(nginx),
    meter: meter.description,
    workers: sink.workers,
    runs,
    load: [loadBefore, loadavg()[0] ?? 0],
    results,
  });
  process.stdout.write(text);
  const usual = chosen.length === rows.length && values.ours === undefined && values.against === undefined;
  if (usual && !values.smoke) writeFileSync(join(import.meta.dirname, "RESULTS.md"), text);
  return results.some((result) => "failure" in result) ? 1 : 0;
}

function chooseRows(text: string | undefined): readonly Row[] {
  if (text === undefined) return rows;
  return text.split(",").map((name) => {
    const row = rows.find((each) => each.name === name);
    if (row === undefined) throw new Error(`--rows: there is no row "${name}" (--help lists them)`);
    return row;
  });
}

/** Vanishes when this process ends. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "azcopy-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
  return folder;
}

function contender(name: string, path: string): Contender & { readonly version: string } {
  const file = resolve(path);
  const version = versionOf(file);
  if (version === undefined) throw new Error(`${path} --version does not name a version`);
  return { name, file, version };
}

/** What the checkout is at; "-dirty" says that it is more than that. */
function commit(): string {
  try {
    const words = ["describe", "--always", "--dirty", "--exclude=*"];
    return execFileSync("git", words, { cwd: import.meta.dirname, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown";
  }
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
