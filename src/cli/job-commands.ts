import type { CommandContext } from "../commands/context.ts";
import {
  type Broom,
  cleanJobs,
  listJobs,
  listTransfers,
  removeJob,
  resumeJob,
  summariseJob,
} from "../commands/jobs.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import type { TransferDetail, TransferStatus } from "../job/events.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Invocation } from "./flags/parse.ts";
import type { CommandOutput } from "./reporters/command-output.ts";
import { cleanedJobsText, removedFilesText, removedJobText, removingJobText } from "./reporters/job-lists.ts";

/** A command's failure in AzCopy's words: what a script may look for stands before what went wrong. */
export class CommandError extends Error {}

/** What every `jobs` command but `resume` works with. */
export type Shelf = Broom;

type Of<Path extends Invocation["command"]> = Extract<Invocation, { command: Path }>;

/** Details of failed and skipped transfers that `jobs show` gives to programs. */
const detailsMax = 1_000;

/** `jobs list`: every job, or those of one status, the newest first. */
export async function jobsList(
  shelf: Shelf,
  invocation: Of<"jobs list">,
  output: CommandOutput,
): Promise<number> {
  const { withStatus } = invocation.flags;
  const jobs = await listJobs(shelf);
  output.showJobs(jobs.filter((job) => withStatus === "All" || job.status === withStatus));
  return 0;
}

/** `jobs show`: a job's counts, or its transfers of one status. Throws CommandError for one that cannot be read. */
export async function jobsShow(
  shelf: Shelf,
  invocation: Of<"jobs show">,
  output: CommandOutput,
): Promise<number> {
  const jobId = jobIdOf(invocation);
  const { withStatus } = invocation.flags;
  if (withStatus !== "") {
    await telling(`failed to list transfers for job ${jobId} due to error: `, async () => {
      const chosen = (): AsyncIterable<TransferDetail> =>
        withStatusOf(listTransfers(shelf, jobId), withStatus);
      await summariseJob(shelf, jobId);
      await output.showTransfers(jobId, chosen);
    });
    return 0;
  }
  await telling(`failed to get job summary for job ${jobId} due to error: `, async () => {
    const { status, counts } = await summariseJob(shelf, jobId);
    const failed: TransferDetail[] = [];
    const skipped: TransferDetail[] = [];
    const wanted = invocation.globals.outputType === "json" && counts.failed + counts.skipped > 0;
    for await (const detail of wanted ? listTransfers(shelf, jobId) : []) {
      if (detail.status === "Failed" && failed.length < detailsMax) failed.push(detail);
      if (detail.status.startsWith("Skipped") && skipped.length < detailsMax) skipped.push(detail);
    }
    output.showJob({ jobId, status, counts, failed, skipped });
  });
  return 0;
}

async function* withStatusOf(
  transfers: AsyncIterable<TransferDetail>,
  status: TransferStatus | "All",
): AsyncIterable<TransferDetail> {
  for await (const detail of transfers) if (status === "All" || belongs(detail.status, status)) yield detail;
}

/** AzCopy's "Failed" means every way of not having been transferred (surface spec 4.5). */
function belongs(status: TransferStatus, wanted: TransferStatus): boolean {
  if (wanted !== "Failed") return status === wanted;
  return /^(Failed|BlobTierFailure|Skipped|TierAvailability|Cancelled)/.test(status);
}

/** `jobs resume`: goes on with a job. Throws CommandError for one that cannot be gone on with. */
export async function jobsResume(context: CommandContext, invocation: Of<"jobs resume">): Promise<number> {
  const jobId = jobIdOf(invocation);
  const { sourceSas, destinationSas } = invocation.flags;
  try {
    return exitCodeOf(await resumeJob(context, jobId, { source: sourceSas, destination: destinationSas }));
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const unknown = error.code === "NotFound" && error.message.startsWith("no job with JobId");
    const reason = unknown ? `Job with JobID ${jobId} does not exist or is invalid` : error.message;
    const start = "failed to perform resume command due to error: ";
    throw new CommandError(`${start}error resuming job ${jobId}. failed with error: ${reason}`, {
      cause: error,
    });
  }
}

/** `jobs remove`: forgets one job. Throws CommandError for an unknown one. */
export async function jobsRemove(
  shelf: Shelf,
  invocation: Of<"jobs remove">,
  output: CommandOutput,
): Promise<number> {
  const jobId = jobIdOf(invocation);
  await telling(`failed to remove log and job plan files for job ${jobId} due to error: `, () =>
    removeJob(shelf, jobId),
  );
  output.endOfJob(removedJobText(jobId));
  return 0;
}

/** `jobs clean`: forgets all jobs, or those of one status; those that run are kept. */
export async function jobsClean(
  shelf: Shelf,
  invocation: Of<"jobs clean">,
  output: CommandOutput,
): Promise<number> {
  const { withStatus } = invocation.flags;
  const cleaned = await cleanJobs(shelf, withStatus === "All" ? undefined : withStatus);
  if (withStatus === "All") output.info(removedFilesText(cleaned.files));
  else for (const jobId of cleaned.jobIds) output.info(removingJobText(jobId));
  output.endOfJob(cleanedJobsText(withStatus));
  return 0;
}

function jobIdOf(invocation: Invocation): string {
  return (invocation.args[0] ?? "").toLowerCase();
}

async function telling<T>(start: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new CommandError(`${start}${messageOf(error)}`, { cause: error });
  }
}
