import type { ListedObject, ListTally } from "../../commands/list.ts";
import type { Counts, JobStatus, Reporter, TransferDetail } from "../../job/events.ts";
import type { ObjectStyle } from "./object-lines.ts";
import type { LocalTime } from "./timestamps.ts";

export type OutputType = "text" | "json" | "none";
export type OutputLevel = "default" | "essential" | "quiet";

export interface OutputOptions {
  readonly outputType: OutputType;
  readonly outputLevel: OutputLevel;
  /**
   * "copy" stands for all that is told like one: remove and set-properties. "sync" tells of two sides, "resume" has
   * a shorter summary, a dry run neither beginning nor summary.
   */
  readonly run: "copy" | "sync" | "resume" | "dryRun";
  /** To stdout. Must not throw. */
  readonly write: (text: string) => void;
  /** Resolves when what was written has gone out; false: nobody reads any more. Without it, all goes out at once. */
  readonly drained?: () => Promise<boolean>;
  readonly isTerminal: boolean;
  /** Width of the terminal in characters; asked at each line, since it can be resized. */
  readonly columns: () => number | undefined;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly zone: LocalTime;
}

/** One way to answer a prompt. */
export interface ResponseOption {
  readonly responseType: string;
  readonly friendly: string;
  readonly response: string;
}

/** A question to the user (surface spec 4.9.6). */
export interface Question {
  readonly promptType: "Overwrite" | "DeleteDestination" | "Cancel" | "Reauth";
  readonly text: string;
  readonly options: readonly ResponseOption[];
  readonly target: string;
}

/** The answer to a PerformanceAdjustment request from stdin (surface spec 4.8). */
export interface PerformanceResponse {
  readonly succeeded: boolean;
  /** -1 when nothing was changed. */
  readonly capMbps: number;
  /** Wall clock, ms. */
  readonly nextAdjustmentMs: number;
  /** "" for none. */
  readonly error: string;
}

/** A job as `jobs list` shows it. */
export interface JobListing {
  readonly jobId: string;
  /** Wall clock, ms. */
  readonly startedMs: number;
  readonly status: JobStatus;
  /** The command line, credentials redacted. */
  readonly command: string;
}

/** A job as `jobs show` sums it up from its plan. */
export interface JobOverview {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly counts: Counts;
  /** At most as many as fit into memory together; JSON shows them, text only the counts. */
  readonly failed: readonly TransferDetail[];
  readonly skipped: readonly TransferDetail[];
}

/** Everything that a command prints. Nothing here throws or waits but showTransfers() and showObjects(). */
export interface CommandOutput {
  /** Where a job's events go. */
  readonly report: Reporter;
  info(text: string): void;
  warn(text: string): void;
  /** What the command fails with: the last thing it prints. */
  error(message: string): void;
  /** The closing message of a command that ends without a summary; "" where there is nothing to say. */
  endOfJob(text: string): void;
  showJobs(jobs: readonly JobListing[]): void;
  showJob(job: JobOverview): void;
  /** `transfers` is read once for each time that they are printed: JSON prints them twice. */
  showTransfers(jobId: string, transfers: () => AsyncIterable<TransferDetail>): Promise<void>;
  /** A page of `list`. Resolves when it has gone out; false: nobody reads any more. */
  showObjects(objects: readonly ListedObject[], style: ObjectStyle): Promise<boolean>;
  showTally(tally: ListTally, style: ObjectStyle): void;
  /** Puts a question. As text, what else there is to print then waits for answered(). */
  ask(question: Question): void;
  answered(): void;
  respond(response: PerformanceResponse): void;
}
