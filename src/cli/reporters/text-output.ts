import type { ListedObject, ListTally } from "../../commands/list.ts";
import { redact } from "../../foundation/redact.ts";
import type { Counts, JobEvent, Snapshot, TransferDetail } from "../../job/events.ts";
import type {
  CommandOutput,
  JobListing,
  JobOverview,
  OutputOptions,
  PerformanceResponse,
  Question,
} from "./command-output.ts";
import { plannedText } from "./dry-run-lines.ts";
import { jobsText, transfersHeading, transferText } from "./job-lists.ts";
import { type ObjectStyle, objectText, tallyText } from "./object-lines.ts";
import { copyProgress, fitting, syncProgress } from "./progress-line.ts";
import {
  failuresShownMax,
  failuresText,
  resumeHint,
  runSummary,
  shownSummary,
  syncSummary,
} from "./summary.ts";

/** Most lines that wait while a question stands; more are dropped, and counted. */
const heldLinesMax = 1_000;

/** Text for people, in the lines that scripts know (surface spec 4.2 to 4.6). */
export class TextOutput implements CommandOutput {
  readonly #options: OutputOptions;
  readonly #isBrief: boolean;
  /** The progress that stands on the terminal's last line; "" when the cursor is at the start of a line. */
  #drawn = "";
  #hasLog = true;
  readonly #firstFailures: TransferDetail[] = [];
  #asking = false;
  #held: string[] = [];
  #heldLost = 0;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#isBrief = options.outputLevel === "essential";
  }

  readonly report = (event: JobEvent): void => {
    switch (event.event) {
      case "info":
        this.#information(`${event.level === "warning" ? "WARN" : "INFO"}: ${event.text}`);
        return;
      case "started":
        this.#started(event.jobId, event.logFile);
        return;
      case "progress":
        this.#progress(event.snapshot);
        return;
      case "planned":
        this.#paragraph(`DRYRUN: ${plannedText(event.detail)}\n`);
        return;
      case "ended":
        this.#end(event.snapshot);
        return;
    }
  };

  info(text: string): void {
    this.#information(`INFO: ${text}`);
  }

  warn(text: string): void {
    this.#information(`WARN: ${text}`);
  }

  error(message: string): void {
    this.#paragraph(`\n${redact(message)}\n`);
  }

  endOfJob(text: string): void {
    if (text !== "") this.#paragraph(`\n${redact(text)}\n`);
  }

  showJobs(jobs: readonly JobListing[]): void {
    this.#paragraph(jobsText(jobs, this.#options.zone));
  }

  showJob(job: JobOverview): void {
    this.#paragraph(`\n\n${shownSummary(job)}`);
  }

  async showTransfers(jobId: string, transfers: () => AsyncIterable<TransferDetail>): Promise<void> {
    this.#paragraph(transfersHeading(jobId));
    for await (const transfer of transfers()) this.#options.write(transferText(transfer));
    this.#options.write("\n");
  }

  async showObjects(objects: readonly ListedObject[], style: ObjectStyle): Promise<boolean> {
    this.#options.write(objects.map((object) => objectText(object, style)).join(""));
    return (await this.#options.drained?.()) ?? true;
  }

  showTally(tally: ListTally, style: ObjectStyle): void {
    this.#options.write(tallyText(tally, style));
  }

  ask({ text, options }: Question): void {
    if (this.#isBrief) return;
    const answers = options.map(({ response, friendly }) => ` [${response.toUpperCase()}] ${friendly} `);
    this.#options.write(`${this.#overdrawn(redact(text))} Please confirm with:${answers.join("")}`);
    this.#asking = true;
  }

  answered(): void {
    if (!this.#asking) return;
    this.#asking = false;
    const held = this.#held;
    this.#held = [];
    for (const line of held) this.#information(line);
    if (this.#heldLost > 0) this.#information(`INFO: ${this.#heldLost} more lines stand only in the log`);
    this.#heldLost = 0;
  }

  respond({ succeeded, capMbps, error }: PerformanceResponse): void {
    this.info(
      succeeded
        ? `Successfully adjust throughput to ${capMbps} Mbps.`
        : `Failed to adjust throughput. ${error}`,
    );
  }

  #started(jobId: string, logFile: string): void {
    this.#hasLog = logFile !== "";
    const log = this.#hasLog ? `Log file is located at: ${logFile}` : "";
    this.#paragraph(`\nJob ${jobId} has started\n${log}\n\n`);
  }

  #progress(snapshot: Snapshot): void {
    this.#rememberFailures(snapshot);
    if (this.#isBrief || this.#asking) return;
    const { isTerminal, columns, write, run } = this.#options;
    const progress = run === "sync" ? syncProgress(snapshot) : copyProgress(snapshot);
    if (!isTerminal) {
      write(`${progress.full}\n`);
      return;
    }
    const line = fitting(progress, columns());
    write(`\r${line}${blanks(this.#drawn.length - line.length)}`);
    this.#drawn = line;
  }

  #rememberFailures(snapshot: Snapshot): void {
    const room = failuresShownMax - this.#firstFailures.length;
    this.#firstFailures.push(...snapshot.newlyFailed.slice(0, room));
  }

  #end(snapshot: Snapshot): void {
    this.answered();
    this.#progress(snapshot);
    const blocks: string[] = [];
    if (!this.#isBrief) {
      const failures = failuresText(this.#firstFailures, failedCount(snapshot.counts), this.#hasLog);
      if (failures !== "") blocks.push(`\n${failures}`);
      if (snapshot.status === "Cancelled") blocks.push(`\n${resumeHint(snapshot.jobId)}\n`);
    }
    this.#paragraph(`${blocks.join("")}${summaryText(snapshot, this.#options.run)}`);
  }

  /** One line of information; on a terminal the progress line stays the last. */
  #information(line: string): void {
    if (this.#isBrief) return;
    if (this.#asking) {
      if (this.#held.length < heldLinesMax) this.#held.push(line);
      else this.#heldLost++;
      return;
    }
    this.#options.write(`${this.#overdrawn(redact(line))}\n${this.#drawn}`);
  }

  /** The text to write so that `text` stands where the progress line was. */
  #overdrawn(text: string): string {
    if (this.#drawn === "") return text;
    const [first = "", ...rest] = text.split("\n");
    return ["\r", [`${first}${blanks(this.#drawn.length - first.length)}`, ...rest].join("\n")].join("");
  }

  /** Lines that stand by themselves, below the progress line. */
  #paragraph(text: string): void {
    this.answered();
    const lineEnd = this.#drawn === "" ? "" : "\n";
    this.#drawn = "";
    this.#options.write(`${lineEnd}${text}`);
  }
}

/** Failures that the log tells one by one: not the deletions that were refused as a whole. */
function failedCount({ failed, deletions }: Counts): number {
  if (deletions === undefined || deletions.failed === deletions.planned) return failed;
  return failed + deletions.failed;
}

/** The summary with the blank lines above it: a sync has one less. */
function summaryText(snapshot: Snapshot, run: OutputOptions["run"]): string {
  if (run === "sync") return `\n${syncSummary(snapshot, snapshot.elapsedMs)}`;
  return `\n\n${runSummary(snapshot, run === "resume" ? "resume" : "copy", snapshot.elapsedMs)}`;
}

const blanks = (count: number): string => " ".repeat(Math.max(0, count));
