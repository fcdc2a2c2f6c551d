import type { PropertyChange } from "../backends/backend.ts";
import type { ScanSkips, SkipReason } from "../journal/records.ts";

/** AzCopy's words for the state of a job (surface spec 5.3). */
export type JobStatus =
  | "InProgress"
  | "Paused"
  | "Cancelling"
  | "Cancelled"
  | "Completed"
  | "CompletedWithErrors"
  | "CompletedWithSkipped"
  | "CompletedWithErrorsAndSkipped"
  | "Failed";

/** AzCopy's words for the state of a transfer (surface spec 5.3). */
export type TransferStatus =
  | "NotStarted"
  | "Started"
  | "Success"
  | "FolderCreated"
  | "FolderExisted"
  | "Restarted"
  | "Failed"
  | "BlobTierFailure"
  | "SkippedEntityAlreadyExists"
  | "SkippedBlobHasSnapshots"
  | "TierAvailabilityCheckFailure"
  | "Cancelled";

export interface Counts {
  /** Transfers planned so far. total = done + failed + skipped + those still to come. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  /** Content of every planned transfer, bytes. */
  readonly bytesTotal: number;
  /** Content of finished transfers and of the delivered blocks of those under way, bytes. */
  readonly bytesDone: number;
  /** Content of failed and skipped transfers, bytes: counted as dealt with in percentages. */
  readonly bytesGivenUp: number;
  readonly skips: ScanSkips;
  /** Removals of a sync: beside its transfers, which are copies. Failed ones count for the job's status. */
  readonly deletions?: { readonly planned: number; readonly done: number; readonly failed: number };
}

/** One transfer as summaries and JSON messages name it. */
export interface TransferDetail {
  /** Full source and destination without credentials. */
  readonly source: string;
  readonly destination: string;
  readonly status: TransferStatus;
  readonly bytes: number;
  /** HTTP status; 0 where there was none. */
  readonly errorStatus: number;
  /** Why it failed; "" otherwise. */
  readonly message: string;
}

export interface NetworkStatistics {
  /** Content bytes sent or received, repeats included. */
  readonly bytesOverWire: number;
  readonly requests: number;
  readonly serverBusy: number;
  readonly networkErrors: number;
  /** Sum over all answered requests, ms. */
  readonly requestMs: number;
  readonly activeConnections: number;
}

export interface Snapshot {
  readonly jobId: string;
  readonly status: JobStatus;
  /** The scan is at its end: the totals are final. */
  readonly scanned: boolean;
  readonly counts: Counts;
  readonly network: NetworkStatistics;
  /** Content bytes that moved since the snapshot before, per second. */
  readonly bytesPerSecond: number;
  /** Ms since this run (not the job) began. */
  readonly elapsedMs: number;
  /** What failed or was skipped since the snapshot before; at most a thousand, the log has them all. */
  readonly newlyFailed: readonly TransferDetail[];
  readonly newlySkipped: readonly TransferDetail[];
  /** Objects met on either side, where a job compares two. */
  readonly scannedAtSource?: number;
  readonly scannedAtDestination?: number;
}

export type PromptAnswer = "yes" | "no" | "yesForAll" | "noForAll";

/** Everything a job tells the world. Text, JSON and progress line are consumers; the engine knows none. */
export type JobEvent =
  | { readonly event: "info"; readonly level: "info" | "warning"; readonly text: string }
  | { readonly event: "started"; readonly jobId: string; readonly logFile: string }
  | { readonly event: "progress"; readonly snapshot: Snapshot }
  | { readonly event: "planned"; readonly detail: DryRunDetail }
  | { readonly event: "ended"; readonly snapshot: Snapshot };

/** A line of --dry-run: what would be done. */
export interface DryRunDetail {
  readonly action: "copy" | "remove" | "change";
  /** What is copied, removed or changed. */
  readonly source: string;
  /** "" where nothing is copied. */
  readonly destination: string;
  readonly bytes: number;
  /** As --from-to names it; "BlobTrash" or "LocalTrash" for a removal, "BlobNone" for a change. */
  readonly fromTo: string;
  /** What a change sets. */
  readonly change?: PropertyChange;
}

/** Must not throw and must not wait: a slow terminal may not slow a transfer. */
export type Reporter = (event: JobEvent) => void;

/** How a job ends, from what it counted (surface spec 5.2). Cancelling overrides it. */
export function finalStatus(counts: Pick<Counts, "done" | "failed" | "skipped">): JobStatus {
  if (counts.failed > 0 && counts.skipped > 0) return "CompletedWithErrorsAndSkipped";
  if (counts.failed > 0) return counts.done > 0 ? "CompletedWithErrors" : "Failed";
  return counts.skipped > 0 ? "CompletedWithSkipped" : "Completed";
}

/** Whether nothing is left that a resume could do. */
export function isOver(status: string | undefined): boolean {
  return status === "Completed" || status === "CompletedWithSkipped";
}

/** AzCopy's word for a transfer that was left out. */
export function skipStatus(reason: SkipReason): TransferStatus {
  return reason === "snapshots" ? "SkippedBlobHasSnapshots" : "SkippedEntityAlreadyExists";
}
