import type { StorageError } from "../foundation/errors.ts";
import type { Transfer } from "../journal/records.ts";
import type { DestinationNames } from "./collision-guard.ts";
import type { LogWords } from "./ledger.ts";
import type { ChangeRules, CopyRules } from "./order.ts";
import type { PlanLimits } from "./part-queue.ts";
import type { PlannedPage } from "./planner.ts";
import type { Tuning } from "./tuning.ts";

/** What a job does and how wide: everything that runJob() needs besides the world. */
export interface JobPlan {
  readonly rules: CopyRules;
  readonly changes: ChangeRules;
  /** Removals are counted apart from the transfers (sync), not as transfers (remove). */
  readonly removalsApart: boolean;
  /** The scan has ended, with so many gaps and removals planned: whether they may be carried out. */
  readonly mayRemove: (gaps: number, removals: number) => RemovalVerdict;
  readonly logWords: LogWords;
  readonly renamedTo: Transfer["renamedTo"];
  /** Opens the scan, from the page with this token on. */
  readonly scan: (from: string | undefined, signal: AbortSignal) => AsyncIterable<PlannedPage>;
  readonly destinationNames: DestinationNames;
  /** Transfers open at once. */
  readonly lanes: number;
  readonly memoryBytesMax: number;
  readonly progressIntervalMs: number;
  readonly planLimits: PlanLimits;
  /** undefined: the scheduler's limits stay as they are. */
  readonly tuning: Tuning | undefined;
}

/** Whether removals that hang on a scan may be carried out; why not, where that has to be told. */
export type RemovalVerdict =
  | { readonly approved: true; readonly warning?: string }
  | { readonly approved: false; readonly error?: StorageError };
