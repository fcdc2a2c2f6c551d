import { StorageError } from "../foundation/errors.ts";
import type { RemovalVerdict } from "../job/job-plan.ts";
import type { SyncTally } from "../job/plan-sync.ts";
import type { SyncRemoval } from "./change-requests.ts";

/** More than this share of a destination going at once is worth a word. */
const loudShare = 0.5;

/** The law of deletion: only on the word of two whole listings, and within the limits that were set. */
export function judgeRemovals(
  removal: SyncRemoval,
  seen: { readonly gaps: number; readonly removals: number; readonly tally: SyncTally },
): RemovalVerdict {
  const { gaps, removals, tally } = seen;
  const kept = `nothing was removed (${removals} objects would have been)`;
  const refuse = (why: string): RemovalVerdict => ({
    approved: false,
    error: new StorageError("PreconditionFailed", `${why}: ${kept}`),
  });
  if (gaps > 0) return refuse(`${gaps} folder(s) could not be listed, so what is extra cannot be told`);
  if (tally.atSource === 0 && !removal.allowEmptySource) {
    return refuse(
      "the source has no objects, or none that the filters leave; if that is right, say --allow-empty-source",
    );
  }
  const { most } = removal;
  if (most !== undefined) {
    const limit = "count" in most ? most.count : Math.floor(most.share * tally.atDestination);
    if (removals > limit) return refuse(`--max-delete allows ${limit} removals`);
  }
  if (removals <= loudShare * tally.atDestination) return { approved: true };
  return {
    approved: true,
    warning: `removing ${removals} of the destination's ${tally.atDestination} objects`,
  };
}
