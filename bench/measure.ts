import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A run that takes longer has failed. */
const runMsMax = 15 * 60_000;

/** What one run of a program cost. */
export interface Cost {
  readonly wallSeconds: number;
  /** User and system time of the process with all its threads. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

export interface Run {
  readonly cost: Cost;
  readonly exitCode: number;
  /** "" where it went into a file. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly file: string;
  readonly words: readonly string[];
  /** An existing folder for what the run leaves behind: it is also where the program runs. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what the program prints, where that is too much to hold. */
  readonly stdoutFile?: string;
}

/** Runs a program and says what it cost. */
export interface Meter {
  /** One line for the report. */
  readonly description: string;
  run(command: Command): Promise<Run>;
}

/**
 * Node cannot ask the kernel what a child has cost, so another program does: Python's wait4() (microseconds), else GNU
 * time (hundredths of a second). Throws when neither is there.
 */
export function findMeter(): Meter {
  const python = pythonFile();
  if (python !== undefined) {
    return {
      description: "CPU and memory: wait4() of Python 3; wall: the same program's monotonic clock",
      run: async (command) => {
        const result = join(command.folder, "cost");
        const run = await start(command, [python, "-IS", "-c", pythonMeter, result]);
        const [wall, cpu, kibibytes, code] = numbersIn(result);
        return { ...run, exitCode: code ?? -1, cost: cost(wall, cpu, kibibytes) };
      },
    };
  }
  if (!existsSync("/usr/bin/time")) {
    throw new Error("cannot measure: install python3, or GNU time (apt-get install time)");
  }
  return {
    description: "wall, CPU and memory: GNU time, to hundredths of a second",
    run: async (command) => {
      const result = join(command.folder, "cost");
      const run = await start(command, ["/usr/bin/time", "-q", "-o", result, "-f", "%e %U %S %M"]);
      const [wall, user = 0, system = 0, kibibytes] = numbersIn(result);
      return { ...run, cost: cost(wall, user + system, kibibytes) };
    },
  };
}

/** Its own memory, about 10 MB at the moment of the start, is the least that the kernel reports for the child. */
const pythonMeter = `
import os, sys, time
started = time.monotonic()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - started
with open(sys.argv[1], "w") as result:
    print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss, os.waitstatus_to_exitcode(status), file=result)
`;

/** The interpreter itself: what stands on PATH may be a script that looks for one. */
function pythonFile(): string | undefined {
  try {
    const words = ["-c", "import sys, os; os.posix_spawn, os.wait4; print(sys.executable)"];
    return execFileSync("python3", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

const numbersIn = (file: string): number[] => readFileSync(file, "utf8").trim().split(/\s+/).map(Number);

function cost(wallSeconds = Number.NaN, cpuSeconds = Number.NaN, kibibytes = Number.NaN): Cost {
  return { wallSeconds, cpuSeconds, peakBytes: kibibytes * 1024 };
}

function start(command: Command, wrapper: readonly string[]): Promise<Omit<Run, "cost">> {
  const [program = "", ...words] = [...wrapper, command.file, ...command.words];
  // A process group of its own: what takes too long is ended together with its wrapper.
  const file = command.stdoutFile === undefined ? undefined : openSync(command.stdoutFile, "w");
  const child = spawn(program, words, {
    cwd: command.folder,
    env: { ...command.environment },
    stdio: ["ignore", file ?? "pipe", "pipe"],
    detached: true,
  });
  if (file !== undefined) closeSync(file);
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    let late = false;
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, runMsMax);
    process.prependListener("exit", kill);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      process.off("exit", kill);
      if (late) reject(new Error(`not done within ${runMsMax / 60_000} minutes`));
      else resolve({ exitCode: code ?? -1, stdout, stderr });
    });
  });
}
