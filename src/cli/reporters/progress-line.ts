import type { Snapshot } from "../../job/events.ts";
import { fourDecimals, oneDecimal, percentOf } from "./go-numbers.ts";

/** How far a job is, without line ends: as scripts know it, and for a terminal that is too narrow for that. */
export interface ProgressText {
  readonly full: string;
  readonly short: string;
}

/** The progress of a copy, a removal or a change (surface spec 4.3.1). */
export function copyProgress(snapshot: Snapshot): ProgressText {
  const { total, skipped, skips } = snapshot.counts;
  const passedOver = skipped + skips.symlinks + skips.specials;
  const scanning = snapshot.scanned ? "" : " (scanning...)";
  const counts = `${countsPart(snapshot)}, ${passedOver} Skipped, ${total} Total${scanning}`;
  const megabits = megabitsOf(snapshot);
  if (snapshot.bytesPerSecond === 0) {
    // The blank at the end stays where nothing moved: scripts know the line like that.
    return { full: `${counts}, `, short: counts };
  }
  return { full: `${counts}, ${throughput(megabits)}`, short: `${counts}, ${megabits} Mb/s` };
}

/**
 * The progress of a sync (surface spec 4.4): what has been compared, and once that is done, what has been copied.
 * Removals come last, and are told behind what AzCopy has.
 */
export function syncProgress(snapshot: Snapshot): ProgressText {
  const megabits = megabitsOf(snapshot);
  if (!snapshot.scanned) {
    const atSource = snapshot.scannedAtSource ?? 0;
    const atDestination = snapshot.scannedAtDestination ?? 0;
    const moving = snapshot.counts.total > 0 ? `, ${throughput(megabits)}` : "";
    const full = `${atSource} Files Scanned at Source, ${atDestination} Files Scanned at Destination${moving}`;
    return { full, short: `${atSource} at Source, ${atDestination} at Destination` };
  }
  const { total, deletions } = snapshot.counts;
  const counts = `${countsPart(snapshot)}, ${total} Total`;
  const removing =
    deletions === undefined || deletions.planned === 0
      ? ""
      : `, ${deletions.done} of ${deletions.planned} Deletions`;
  return {
    full: `${counts}, ${throughput(megabits)}${removing}`,
    short: `${counts}, ${megabits} Mb/s${removing}`,
  };
}

/** The text that fits on one line of a terminal: one that wraps could not be drawn over. */
export function fitting({ full, short }: ProgressText, columns: number | undefined): string {
  if (columns === undefined || full.length < columns) return full;
  return short.slice(0, Math.max(1, columns - 1));
}

const throughput = (megabits: string): string => `2-sec Throughput (Mb/s): ${megabits}`;

function countsPart({ counts }: Snapshot): string {
  const { total, done, failed, skipped } = counts;
  const percent = oneDecimal(percentOf(counts.bytesDone, counts.bytesTotal));
  const pending = total - done - failed - skipped;
  return `${percent} %, ${done} Done, ${failed} Failed, ${pending} Pending`;
}

function megabitsOf(snapshot: Snapshot): string {
  return fourDecimals((snapshot.bytesPerSecond * 8) / 1_000_000);
}
