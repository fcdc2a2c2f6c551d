import { redact } from "../../foundation/redact.ts";
import type { TransferDetail } from "../../job/events.ts";
import type { JobListing } from "./command-output.ts";
import { type LocalTime, rfc850 } from "./timestamps.ts";

/** The output of `jobs list` as text (surface spec 4.5). */
export function jobsText(jobs: readonly JobListing[], zone: LocalTime): string {
  // AzCopy ends the heading in a blank, and every command line in one.
  return `\nExisting Jobs \n${jobs.map((job) => jobText(job, zone)).join("")}\n`;
}

function jobText({ jobId, startedMs, status, command }: JobListing, zone: LocalTime): string {
  const lines = [
    `JobId: ${jobId}`,
    `Start Time: ${rfc850(startedMs, zone)}`,
    `Status: ${status}`,
    `Command: ${commandText(command)}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

/** A command line as AzCopy keeps it: every word has a blank after it. */
export function commandText(command: string): string {
  return `${redact(command).trimEnd()} `;
}

/** The lines of `jobs show --with-status` around those of the transfers. */
export function transfersHeading(jobId: string): string {
  return `\n----------- Transfers for JobId ${jobId} -----------\n`;
}

/** One transfer in `jobs show --with-status`. */
export function transferText({ source, destination, status }: TransferDetail): string {
  return `transfer--> source: ${source} destination: ${destination} status ${status}\n`;
}

/** What `jobs remove` ends with. */
export function removedJobText(jobId: string): string {
  return `Successfully removed log and job plan files for job ${jobId}.`;
}

/** What `jobs clean` ends with; "All" is the default of --with-status. */
export function cleanedJobsText(status: string): string {
  return status === "All"
    ? "Successfully removed all jobs."
    : `Successfully removed jobs with status: ${status}.`;
}

/** An INFO line of `jobs clean` without a status. */
export function removedFilesText(count: number): string {
  return `Removed ${count} files.`;
}

/** An INFO line of `jobs clean --with-status`, one a job. */
export function removingJobText(jobId: string): string {
  return `Removing files for job ${jobId}`;
}
