import { redact } from "../../foundation/redact.ts";
import type { Counts, JobStatus, TransferDetail } from "../../job/events.ts";
import { fourDecimals, oneDecimal, percentOf } from "./go-numbers.ts";

export interface SummaryFacts {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly counts: Counts;
}

const msPerMinute = 60_000;

/**
 * The summary at the end of a job, from its title line to the blank line after the status (surface spec 4.3.2).
 * Labels and order are what scripts look for: lines may be added above the status, never renamed.
 */
export function runSummary(facts: SummaryFacts, run: "copy" | "resume", elapsedMs: number): string {
  const { jobId, status, counts } = facts;
  const lines = [
    `Job ${jobId} summary`,
    `Elapsed Time (Minutes): ${fourDecimals(elapsedMs / msPerMinute)}`,
    ...countLines(counts),
  ];
  if (run === "resume") lines.push(...deletionLines(counts));
  else {
    lines.push(
      `Number of Symbolic Links Skipped: ${counts.skips.symlinks}`,
      "Number of Hardlinks Converted: 0",
      "Number of Hardlinks Skipped: 0",
      `Number of Special Files Skipped: ${counts.skips.specials}`,
    );
  }
  lines.push(`Total Number of Bytes Transferred: ${counts.bytesDone}`, `Final Job Status: ${status}`);
  return `${lines.join("\n")}\n\n`;
}

export interface SyncFacts extends SummaryFacts {
  readonly scannedAtSource?: number;
  readonly scannedAtDestination?: number;
}

/** The summary of a sync (surface spec 4.4). Only deletions that were carried out count as such. */
export function syncSummary(facts: SyncFacts, elapsedMs: number): string {
  const { jobId, status, counts } = facts;
  const lines = [
    `Job ${jobId} Summary`,
    `Files Scanned at Source: ${facts.scannedAtSource ?? 0}`,
    `Files Scanned at Destination: ${facts.scannedAtDestination ?? 0}`,
    `Elapsed Time (Minutes): ${fourDecimals(elapsedMs / msPerMinute)}`,
    `Number of Copy Transfers for Files: ${counts.total}`,
    "Number of Copy Transfers for Folder Properties: 0",
    "Number of Symlink Transfers: 0",
    `Total Number of Copy Transfers: ${counts.total}`,
    `Number of Copy Transfers Completed: ${counts.done}`,
    `Number of Copy Transfers Failed: ${counts.failed}`,
    `Number of Deletions at Destination: ${counts.deletions?.done ?? 0}`,
    ...failedDeletionLines(counts),
    `Number of Symbolic Links Skipped: ${counts.skips.symlinks}`,
    `Number of Special Files Skipped: ${counts.skips.specials}`,
    "Number of Hardlinks Converted: 0",
    "Number of Hardlinks Skipped: 0",
    `Total Number of Bytes Transferred: ${counts.bytesDone}`,
    `Total Number of Bytes Enumerated: ${counts.bytesTotal}`,
    `Final Job Status: ${status}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

/** In summaries that are those of a copy, what a sync did beside copying. */
function deletionLines(counts: Counts): string[] {
  const { deletions } = counts;
  if (deletions === undefined || deletions.planned === 0) return [];
  return [`Number of Deletions at Destination: ${deletions.done}`, ...failedDeletionLines(counts)];
}

function failedDeletionLines({ deletions }: Counts): string[] {
  if (deletions === undefined || deletions.failed === 0) return [];
  return [`Number of Deletions Not Carried Out: ${deletions.failed}`];
}

/** The summary of `jobs show`: how the plan has it, without what only a running job knows. */
export function shownSummary({ jobId, status, counts }: SummaryFacts): string {
  const percent = percentOf(counts.bytesDone, counts.bytesTotal - counts.bytesGivenUp);
  const lines = [
    `Job ${jobId} summary`,
    ...countLines(counts),
    ...deletionLines(counts),
    `Total Number of Bytes Transferred: ${counts.bytesDone}`,
    `Percent Complete (approx): ${oneDecimal(percent)}`,
    `Final Job Status: ${status}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

function countLines(counts: Counts): string[] {
  return [
    `Number of File Transfers: ${counts.total}`,
    "Number of Folder Property Transfers: 0",
    "Number of Symlink Transfers: 0",
    `Total Number of Transfers: ${counts.total}`,
    `Number of File Transfers Completed: ${counts.done}`,
    "Number of Folder Transfers Completed: 0",
    `Number of File Transfers Failed: ${counts.failed}`,
    "Number of Folder Transfers Failed: 0",
    `Number of File Transfers Skipped: ${counts.skipped}`,
    "Number of Folder Transfers Skipped: 0",
  ];
}

/** Most failed transfers that are shown above a summary. */
export const failuresShownMax = 10;

/** What failed and why, for the block above a summary; "" when nothing did. */
export function failuresText(first: readonly TransferDetail[], count: number, hasLog: boolean): string {
  if (first.length === 0) return "";
  const where = hasLog ? "; all are in the log" : "";
  const lines = first.map(({ source, message }) => `  ${source}: ${oneLine(redact(message))}\n`);
  return `Failed transfers (first ${first.length} of ${Math.max(first.length, count)}${where}):\n${lines.join("")}`;
}

const oneLine = (text: string): string => text.trim().replace(/\s*[\r\n]+\s*/g, " ");

/** How to go on with a job that was cut short. */
export function resumeHint(jobId: string): string {
  return `To continue this job: azcopy jobs resume ${jobId}`;
}
