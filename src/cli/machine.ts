import { readFileSync } from "node:fs";
import { availableParallelism, uptime } from "node:os";
import { GiB } from "../foundation/units.ts";
import type { ProcessIdentity } from "../journal/real-disk.ts";

/** What tells this process from all others, now and after a restart of the machine. */
export function processIdentity(pid: number, nowMs: number): ProcessIdentity {
  return { pid, boot: bootName(nowMs), birthOf: (other) => birthOf(other) };
}

/** Linux names each boot; elsewhere its minute has to do: two boots within one are not to be had. */
function bootName(nowMs: number): string {
  const name = readText("/proc/sys/kernel/random/boot_id");
  return name?.trim() ?? String(Math.round((nowMs / 1_000 - uptime()) / 60));
}

/** A process's start time (Linux: clock ticks since boot), or only that it lives; undefined when it does not. */
function birthOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field is the command in parentheses, and may contain anything; the start time is the 22nd.
  if (stat !== undefined) return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  if (readText("/proc/self/stat") !== undefined) return undefined;
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM" ? "alive" : undefined;
  }
}

const bufferBytesPerCpu = GiB / 2;
const bufferBytesMost = 16 * GiB;
/** How much of a container's memory may be block buffers; the rest is the process itself and the page cache. */
const containerShare = 0.5;

export const cpuCount = (): number => availableParallelism();

/** Memory for block buffers: AZCOPY_BUFFER_GB, otherwise half a GiB a CPU (semantics 8.3); never beyond a container's. */
export function memoryBytesMax(asked: number | undefined): number {
  const wanted = asked ?? Math.min(bufferBytesMost, cpuCount() * bufferBytesPerCpu);
  const limit = containerLimitBytes();
  return limit === undefined ? wanted : Math.min(wanted, Math.floor(limit * containerShare));
}

/** The memory limit of this process's control group; undefined where there is none. */
function containerLimitBytes(): number | undefined {
  const files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
  for (const file of files) {
    const limit = Number(readText(file)?.trim() ?? Number.NaN);
    // "No limit" is written as a number near the largest that there is.
    if (limit > 0 && limit < 2 ** 50) return limit;
  }
  return undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
