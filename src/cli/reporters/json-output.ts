import type { ListedObject, ListTally } from "../../commands/list.ts";
import { redact } from "../../foundation/redact.ts";
import type { JobEvent, Snapshot, TransferDetail } from "../../job/events.ts";
import type {
  CommandOutput,
  JobListing,
  JobOverview,
  OutputOptions,
  PerformanceResponse,
  Question,
} from "./command-output.ts";
import { dryRunContent } from "./dry-run-lines.ts";
import {
  endOfJobContent,
  envelope,
  goJson,
  initContent,
  jobsContent,
  type MessageType,
  overviewContent,
  progressContent,
  responseContent,
  type SummaryKind,
  scanContent,
  transferPieces,
} from "./json-messages.ts";
import { type ObjectStyle, objectFields, tallyFields } from "./object-lines.ts";
import { resumeHint } from "./summary.ts";
import { rfc3339 } from "./timestamps.ts";

/** One JSON object a line (surface spec 4.9). */
export class JsonOutput implements CommandOutput {
  readonly #options: OutputOptions;
  readonly #isBrief: boolean;
  readonly #kind: SummaryKind;
  #isFirst = true;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#isBrief = options.outputLevel === "essential";
    this.#kind = options.run === "dryRun" ? "copy" : options.run;
  }

  readonly report = (event: JobEvent): void => {
    switch (event.event) {
      case "info":
        if (event.level === "warning") this.warn(event.text);
        else this.info(event.text);
        return;
      case "started":
        this.#line("Init", initContent(event.jobId, event.logFile));
        return;
      case "progress":
        this.#progress(event.snapshot, false);
        return;
      case "planned":
        this.#line("Dryrun", dryRunContent(event.detail));
        return;
      case "ended":
        this.#end(event.snapshot);
        return;
    }
  };

  info(text: string): void {
    if (!this.#isBrief) this.#line("Info", `INFO: ${redact(text)}`);
  }

  warn(text: string): void {
    if (!this.#isBrief) this.#line("Info", `WARN: ${redact(text)}`);
  }

  error(message: string): void {
    this.#line("Error", redact(message));
  }

  endOfJob(text: string): void {
    this.#line("EndOfJob", redact(text));
  }

  showJobs(jobs: readonly JobListing[]): void {
    this.#line("EndOfJob", jobsContent(jobs));
  }

  showJob(job: JobOverview): void {
    const content = overviewContent(job);
    this.#line("GetJobSummary", content);
    this.#line("EndOfJob", content);
  }

  async showTransfers(jobId: string, transfers: () => AsyncIterable<TransferDetail>): Promise<void> {
    for (const type of ["ListJobTransfers", "EndOfJob"] as const) {
      const [head, tail] = envelope(type, this.#timestamp());
      this.#options.write(head);
      for await (const piece of transferPieces(jobId, transfers())) this.#options.write(piece);
      this.#options.write(tail);
    }
  }

  async showObjects(objects: readonly ListedObject[], style: ObjectStyle): Promise<boolean> {
    const [head, tail] = envelope("ListObject", this.#timestamp());
    const lines = objects.map((object) => `${head}${goJson(goJson(objectFields(object, style)))}${tail}`);
    this.#options.write(lines.join(""));
    return (await this.#options.drained?.()) ?? true;
  }

  showTally(tally: ListTally, style: ObjectStyle): void {
    this.#line("ListSummary", goJson(tallyFields(tally, style)));
  }

  ask(question: Question): void {
    if (!this.#isBrief) this.#line("Prompt", redact(question.text), question);
  }

  answered(): void {
    // A program that answers can tell lines apart: nothing was held back.
  }

  respond(response: PerformanceResponse): void {
    this.#line("Response", responseContent(response, this.#options.now(), this.#options.zone));
  }

  #progress(snapshot: Snapshot, isFinal: boolean): void {
    if (this.#isBrief) return;
    const { newlyFailed: failed, newlySkipped: skipped } = snapshot;
    if (this.#kind === "sync" && !snapshot.scanned && !isFinal) {
      this.#line("Progress", scanContent(snapshot));
      // That shape has no room for them, and they are told once.
      if (failed.length + skipped.length === 0) return;
    }
    const message = { snapshot, failed, skipped, isFirst: this.#isFirst, isFinal };
    this.#line("Progress", progressContent(message, this.#kind));
    this.#isFirst = false;
  }

  /** Clients take the transfers of Progress lines only, so the last ones come in one that has the final status. */
  #end(snapshot: Snapshot): void {
    this.#progress(snapshot, true);
    if (snapshot.status === "Cancelled") this.info(resumeHint(snapshot.jobId));
    const message = { snapshot, failed: [], skipped: [], isFirst: false, isFinal: true };
    this.#line("EndOfJob", endOfJobContent(message, this.#kind));
  }

  #line(type: MessageType, content: string, question?: Question): void {
    const [head, tail] = envelope(type, this.#timestamp(), question);
    this.#options.write(`${head}${goJson(content)}${tail}`);
  }

  #timestamp(): string {
    return rfc3339(this.#options.now(), this.#options.zone);
  }
}
