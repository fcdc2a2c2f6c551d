import { strict as assert } from "node:assert";
import { StorageError } from "../foundation/errors.ts";
import type { Disk } from "./disk.ts";

/** Version of everything in a job's folder. A change of meaning brings a new one (docs/plan-format.md). */
export const planFormat = 1;

/** What the whole job was asked to do. Written once, before anything else; never holds a secret. */
export interface JobHeader {
  readonly format: typeof planFormat;
  readonly jobId: string;
  /** Wall clock, ms. */
  readonly startedMs: number;
  /** The command line with every credential redacted. */
  readonly command: string;
  /** What to do, in the words of the command that made the job. */
  readonly order: unknown;
}

/** Ids of the jobs that have a folder, in no order. */
export async function listJobs(disk: Disk, plansFolder: string): Promise<string[]> {
  const names = await disk.names(plansFolder);
  return names.filter((name) => jobIdPattern.test(name));
}

export const jobIdPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const jobFolder = (plansFolder: string, jobId: string): string => `${plansFolder}/${jobId}`;

/** Removes a job's folder. Throws StorageError "AlreadyExists" when a process runs it. */
export async function removeJob(disk: Disk, plansFolder: string, jobId: string): Promise<void> {
  const folder = jobFolder(plansFolder, jobId);
  const unlock = await takeLock(disk, folder, jobId);
  await unlock();
  await disk.removeFolder(folder);
}

/** The state that the job's last run noted; undefined when there is none to be read. */
export async function storedStatus(
  disk: Disk,
  plansFolder: string,
  jobId: string,
): Promise<string | undefined> {
  const bytes = await readAll(disk, `${jobFolder(plansFolder, jobId)}/status.json`);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null && "status" in value
      ? String(value.status)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Takes a job's lock. Throws "AlreadyExists" while another process holds it. */
export async function takeLock(disk: Disk, folder: string, jobId: string): Promise<() => Promise<void>> {
  const taken = await disk.lock(`${folder}/lock`);
  if ("release" in taken) return taken.release;
  throw new StorageError(
    "AlreadyExists",
    `job ${jobId} is being run by another process (${taken.heldBy}); wait for it to end, or stop it first`,
  );
}

/** A job's header. Throws as JobJournal.open() does. */
export async function readHeader(disk: Disk, plansFolder: string, jobId: string): Promise<JobHeader> {
  const bytes = await readAll(disk, `${jobFolder(plansFolder, jobId)}/job.json`);
  if (bytes === undefined) throw new StorageError("NotFound", `no job with JobId ${jobId} exists`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new StorageError("Corrupt", `the header of job ${jobId} is damaged; start the command again`, {
      cause: error,
    });
  }
  const header = value as Partial<JobHeader>;
  if (header.format !== planFormat) {
    throw new StorageError(
      "Unsupported",
      `job ${jobId} was planned in format ${String(header.format)}, and this version reads format ${planFormat}; ` +
        "resume it with the version that made it, or start the command again",
    );
  }
  assert(
    header.jobId === jobId && typeof header.startedMs === "number" && typeof header.command === "string",
  );
  return header as JobHeader;
}

/** A file's content; undefined when there is none. */
export async function readAll(disk: Disk, path: string): Promise<Buffer | undefined> {
  if (!(await disk.exists(path))) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of disk.read(path)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A file's content in one piece; nothing when there is none. */
export async function* readWhole(disk: Disk, path: string): AsyncIterable<Buffer> {
  const bytes = await readAll(disk, path);
  if (bytes !== undefined) yield bytes;
}
