import type { ScanSkips } from "../journal/records.ts";
import { type Counts, finalStatus, type JobStatus, type TransferDetail } from "./events.ts";

/** Most details kept for the next snapshot; the job log has every one. */
const detailsMax = 1_000;

/** What a job has counted. total = done + failed + skipped + pending, at every moment. */
export class Counters {
  total = 0;
  done = 0;
  failed = 0;
  skipped = 0;
  bytesTotal = 0;
  bytesDone = 0;
  bytesGivenUp = 0;
  skips: ScanSkips = { symlinks: 0, specials: 0 };
  /** Removals of a job whose transfers are copies. */
  readonly deletions = { planned: 0, done: 0, failed: 0 };
  #newlyFailed: TransferDetail[] = [];
  #newlySkipped: TransferDetail[] = [];

  plan(bytes: number): void {
    this.total++;
    this.bytesTotal += bytes;
  }

  /** `moved`: how many of the transfer's bytes have been counted as done while it ran. */
  finish(bytes: number, moved: number): void {
    this.done++;
    this.bytesDone += bytes - moved;
  }

  fail(detail: TransferDetail, moved: number): void {
    this.failed++;
    this.bytesDone -= moved;
    this.bytesGivenUp += detail.bytes;
    if (this.#newlyFailed.length < detailsMax) this.#newlyFailed.push(detail);
  }

  failDeletion(detail: TransferDetail): void {
    this.deletions.failed++;
    if (this.#newlyFailed.length < detailsMax) this.#newlyFailed.push(detail);
  }

  skip(detail: TransferDetail, moved = 0): void {
    this.skipped++;
    this.bytesDone -= moved;
    this.bytesGivenUp += detail.bytes;
    if (this.#newlySkipped.length < detailsMax) this.#newlySkipped.push(detail);
  }

  get pending(): number {
    return this.total - this.done - this.failed - this.skipped;
  }

  get counts(): Counts {
    const { total, done, failed, skipped, bytesTotal, bytesDone, bytesGivenUp, skips } = this;
    const deletions = { ...this.deletions };
    return { total, done, failed, skipped, bytesTotal, bytesDone, bytesGivenUp, skips, deletions };
  }

  /** How the job stands if nothing more comes. */
  get status(): JobStatus {
    return finalStatus({ ...this.counts, failed: this.failed + this.deletions.failed });
  }

  /** What failed and what was skipped since the last call. */
  takeNews(): { failed: TransferDetail[]; skipped: TransferDetail[] } {
    const news = { failed: this.#newlyFailed, skipped: this.#newlySkipped };
    this.#newlyFailed = [];
    this.#newlySkipped = [];
    return news;
  }
}
