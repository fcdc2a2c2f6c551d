import type { RelativePath } from "../backends/backend.ts";
import type { ErrorCode } from "../foundation/errors.ts";

/** One unit of work that a person can name: this object, to there. */
export interface Transfer {
  /** Position in its part; part and index together name the transfer for ever. */
  readonly index: number;
  /** What is done: a copy unless it says otherwise. */
  readonly action?: "remove" | "change";
  /** Below the job's source root; of a removal or change, below the root that it happens in. */
  readonly path: RelativePath;
  /** Below the job's destination root, where that differs from `path`. */
  readonly renamedTo?: RelativePath;
  readonly bytes: number;
  /** Block size; an object of at most this many bytes travels in one piece. */
  readonly blockBytes: number;
  readonly modifiedMs: number | undefined;
  readonly version: string | undefined;
  readonly contentMd5?: string;
}

/** "snapshots": a blob that is to be removed has some, and they were not to go along. */
export type SkipReason = "exists" | "newer" | "declined" | "snapshots";

export type Outcome =
  | { readonly state: "done" }
  | { readonly state: "skipped"; readonly reason: SkipReason }
  | {
      readonly state: "failed";
      readonly code: ErrorCode;
      /** HTTP status, 0 where there was none. */
      readonly status: number;
      readonly message: string;
    }
  | { readonly state: "cancelled" };

/** What a scan passed over, and is counted for the summary. */
export interface ScanSkips {
  readonly symlinks: number;
  readonly specials: number;
}

/**
 * A part's whole state is the fold of its records, in order; repeating one changes nothing.
 *
 *   run         a process begins (or goes on with) this part. `boot` names the machine's boot.
 *   cursor      every entry that the listing yields before page `token` is planned above this line
 *   planned     a transfer; carried out only after this line is synced
 *   delivered   a block of an object of several blocks has arrived
 *   forgotten   the store holds less of a transfer than was noted: no block above this line counts
 *   settled     what `delivered` and `ended: done` say in the first `upTo` lines survives a power cut
 *   ended       how a transfer ended; the last one counts
 *   gap         a subtree that could not be listed: a failure that no transfer stands for
 *   scanned     the listing is at its end
 *   void        nothing above this line is to be carried out or counted: a new scan takes its place
 */
export type JournalRecord =
  | { readonly record: "run"; readonly boot: string }
  | { readonly record: "cursor"; readonly token: string | undefined; readonly skips: ScanSkips }
  | { readonly record: "planned"; readonly transfer: Transfer }
  | { readonly record: "delivered"; readonly index: number; readonly block: number }
  | { readonly record: "forgotten"; readonly index: number }
  | { readonly record: "settled"; readonly upTo: number }
  | { readonly record: "ended"; readonly index: number; readonly outcome: Outcome }
  | {
      readonly record: "gap";
      readonly path: RelativePath;
      readonly code: ErrorCode;
      readonly message: string;
    }
  | { readonly record: "scanned"; readonly skips: ScanSkips }
  | { readonly record: "void" };
