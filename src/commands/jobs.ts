import type { Endpoint } from "../backends/endpoint.ts";
import { nameIn } from "../backends/index.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import { Secret } from "../foundation/secret.ts";
import {
  type Counts,
  type JobStatus,
  skipStatus,
  type TransferDetail,
  type TransferStatus,
} from "../job/events.ts";
import {
  jobIdPattern,
  listJobs as listJobFolders,
  removeJob as removeJobFolder,
  storedStatus,
} from "../journal/job-folder.ts";
import { JobJournal } from "../journal/job-journal.ts";
import type { Outcome } from "../journal/records.ts";
import { carryOut, type Errand } from "./carry-out.ts";
import { type ChangeOrder, changeErrand } from "./change-order.ts";
import type { CommandContext } from "./context.ts";
import { type CopyOrder, copyErrand, restoreEndpoint } from "./copy-order.ts";
import { type SyncOrder, syncErrand } from "./sync.ts";

/** One line of `jobs list`. */
export interface JobListing {
  readonly jobId: string;
  readonly startedMs: number;
  readonly status: JobStatus;
  readonly command: string;
}

type Place = Pick<CommandContext, "disk" | "plansFolder" | "log">;

/** Every job whose plan can be read, newest first; others are named in the log. */
export async function listJobs(place: Place): Promise<JobListing[]> {
  const { disk, plansFolder } = place;
  const jobs: JobListing[] = [];
  for (const jobId of await listJobFolders(disk, plansFolder)) {
    try {
      const journal = await JobJournal.look(disk, plansFolder, jobId);
      const { startedMs, command } = journal.header;
      jobs.push({ jobId, startedMs, status: await statusOf(place, jobId), command });
    } catch (error) {
      place.log("WARNING", `job ${jobId} is left out: ${messageOf(error)}`);
    }
  }
  return jobs.sort((a, b) => b.startedMs - a.startedMs);
}

/** A job that was killed never noted an end: it counts as in progress, as it can be gone on with. */
async function statusOf({ disk, plansFolder }: Place, jobId: string): Promise<JobStatus> {
  return ((await storedStatus(disk, plansFolder, jobId)) ?? "InProgress") as JobStatus;
}

export interface JobSummary {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly scanned: boolean;
  readonly counts: Counts;
}

/** A job's counts from its plan. Throws "NotFound" for an unknown id, "Corrupt" for a damaged plan. */
export async function summariseJob(place: Place, jobId: string): Promise<JobSummary> {
  requireJobId(jobId);
  const journal = await JobJournal.look(place.disk, place.plansFolder, jobId);
  const counts = { done: 0, failed: 0, skipped: 0, total: 0, bytesTotal: 0, bytesDone: 0, bytesGivenUp: 0 };
  const deletions = { planned: 0, done: 0, failed: 0 };
  const isSync = orderOf(journal).verb === "sync";
  let skips = { symlinks: 0, specials: 0 };
  let scanned = false;
  for (const number of await journal.parts()) {
    const { state } = await journal.load(number, true);
    skips = state.scan?.skips ?? skips;
    scanned ||= state.scanned;
    counts.total += state.gaps.length;
    counts.failed += state.gaps.length;
    for (const transfer of state.transfers) {
      if (transfer === undefined) continue;
      const outcome = state.outcomes[transfer.index]?.state;
      if (isSync && transfer.action === "remove") {
        deletions.planned++;
        if (outcome === "done") deletions.done++;
        if (outcome === "failed") deletions.failed++;
        continue;
      }
      counts.total++;
      counts.bytesTotal += transfer.bytes;
      if (outcome === "done") counts.done++;
      if (outcome === "failed") counts.failed++;
      if (outcome === "skipped") counts.skipped++;
      if (outcome === "done") counts.bytesDone += transfer.bytes;
      else if (outcome !== undefined) counts.bytesGivenUp += transfer.bytes;
    }
  }
  return {
    jobId,
    status: await statusOf(place, jobId),
    scanned,
    counts: { ...counts, skips, ...(isSync ? { deletions } : {}) },
  };
}

/** A job's transfers, streamed part by part. Throws as summariseJob() does. */
export async function* listTransfers(place: Place, jobId: string): AsyncIterable<TransferDetail> {
  requireJobId(jobId);
  const journal = await JobJournal.look(place.disk, place.plansFolder, jobId);
  const places = placesOf(orderOf(journal));
  for (const number of await journal.parts()) {
    const { state } = await journal.load(number, true);
    for (const transfer of state.transfers) {
      if (transfer === undefined) continue;
      const outcome = state.outcomes[transfer.index];
      yield {
        source: nameIn(places.source, transfer.path),
        destination: nameIn(places.destination, transfer.renamedTo ?? transfer.path),
        bytes: transfer.bytes,
        ...told(outcome, state.delivered.has(transfer.index)),
      };
    }
    for (const gap of state.gaps) {
      yield {
        source: nameIn(places.source, gap.path),
        destination: nameIn(places.destination, gap.path),
        bytes: 0,
        status: "Failed",
        errorStatus: 0,
        message: gap.message,
      };
    }
  }
}

function told(
  outcome: Outcome | undefined,
  begun: boolean,
): { status: TransferStatus; errorStatus: number; message: string } {
  const plain = (status: TransferStatus) => ({ status, errorStatus: 0, message: "" });
  switch (outcome?.state) {
    case undefined:
      return plain(begun ? "Started" : "NotStarted");
    case "done":
      return plain("Success");
    case "skipped":
      return plain(skipStatus(outcome.reason));
    case "cancelled":
      return plain("Cancelled");
    case "failed":
      return { status: "Failed", errorStatus: outcome.status, message: outcome.message };
  }
}

/** Goes on with a job. Credentials are not in its plan, so they are given anew. Throws as JobJournal.open() does. */
export async function resumeJob(
  context: CommandContext,
  jobId: string,
  sas: { readonly source: string; readonly destination: string },
): Promise<JobStatus> {
  requireJobId(jobId);
  const { disk, plansFolder } = context;
  const errand = errandOf(context, orderOf(await JobJournal.look(disk, plansFolder, jobId)), sas);
  const journal = await JobJournal.open(disk, plansFolder, jobId);
  return (await carryOut(context, journal, errand, true)).status;
}

function errandOf(
  context: CommandContext,
  order: JobOrder,
  sas: { readonly source: string; readonly destination: string },
): Errand {
  if ("target" in order) {
    return changeErrand(order, restoreEndpoint(order.target, secretOf(sas.source), "--source-sas"));
  }
  const endpoints = {
    source: restoreEndpoint(order.source, secretOf(sas.source), "--source-sas"),
    destination: restoreEndpoint(order.destination, secretOf(sas.destination), "--destination-sas"),
  };
  if (order.verb === "sync") return syncErrand(context, order, endpoints);
  return copyErrand(order, endpoints, undefined);
}

function secretOf(token: string): Secret | undefined {
  const bare = token.replace(/^\?/, "");
  return bare === "" ? undefined : new Secret(bare);
}

type JobOrder = CopyOrder | SyncOrder | ChangeOrder;

/** Where a job's objects come from and go to, for naming them. */
function placesOf(order: JobOrder): { readonly source: Endpoint; readonly destination: Endpoint } {
  if ("target" in order) return { source: order.target.endpoint, destination: order.target.endpoint };
  return { source: order.source.endpoint, destination: order.destination.endpoint };
}

const verbs: readonly string[] = ["copy", "sync", "remove", "set-properties"];

function orderOf(journal: JobJournal): JobOrder {
  const order = journal.header.order as Partial<JobOrder>;
  if (order.verb !== undefined && verbs.includes(order.verb)) return order as JobOrder;
  throw new StorageError(
    "Unsupported",
    `job ${journal.header.jobId} is a "${String(order.verb)}" job, which this version cannot carry out`,
  );
}

/** What forgetting jobs works with. */
export interface Broom extends Place {
  readonly logFilesOf: LogFilesOf;
  /** Removes what a job's downloads left unfinished in a local folder. */
  readonly sweepJob: (endpoint: Endpoint, jobId: string) => Promise<void>;
}

/**
 * Removes a job's plan, its log, and what its download left unfinished. Throws "NotFound" when there is neither plan
 * nor log, "AlreadyExists" while a process runs it.
 */
export async function removeJob(broom: Broom, jobId: string): Promise<number> {
  requireJobId(jobId);
  const { disk, plansFolder } = broom;
  const known = (await listJobFolders(disk, plansFolder)).includes(jobId);
  const logs = await broom.logFilesOf(jobId);
  if (!known && logs.length === 0) {
    throw new StorageError("NotFound", "cannot find any log or job plan file with the specified ID");
  }
  const destination = known ? await destinationOf(broom, jobId) : undefined;
  if (known) await removeJobFolder(disk, plansFolder, jobId);
  if (destination !== undefined) await broom.sweepJob(destination, jobId);
  for (const path of logs) await disk.remove(path);
  return (known ? 1 : 0) + logs.length;
}

/** A job that cannot be understood can be removed all the same; then nobody knows where it wrote. */
async function destinationOf(place: Place, jobId: string): Promise<Endpoint | undefined> {
  try {
    return placesOf(orderOf(await JobJournal.look(place.disk, place.plansFolder, jobId))).destination;
  } catch {
    return undefined;
  }
}

/** The log files that belong to a job. */
export type LogFilesOf = (jobId: string) => Promise<readonly string[]>;

/** Removes every job of a status (undefined: of any) that no process runs, with its logs. Returns their ids. */
export async function cleanJobs(
  place: Broom,
  status: JobStatus | undefined,
): Promise<{ readonly jobIds: readonly string[]; readonly files: number }> {
  const jobIds: string[] = [];
  let files = 0;
  for (const jobId of await listJobFolders(place.disk, place.plansFolder)) {
    if (status !== undefined && (await statusOf(place, jobId)) !== status) continue;
    try {
      files += await removeJob(place, jobId);
      jobIds.push(jobId);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      place.log("WARNING", `job ${jobId} is kept: ${error.message}`);
    }
  }
  return { jobIds, files };
}

function requireJobId(jobId: string): void {
  if (jobIdPattern.test(jobId)) return;
  throw new StorageError("InvalidArgument", `invalid jobId given ${jobId}`);
}
