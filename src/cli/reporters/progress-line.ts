import type { Snapshot } from "../../job/events.ts";
import { fourDecimals, oneDecimal, percentOf } from "./go-numbers.ts";

/** The progress line of a copy (surface spec 4.3.1), without line ends. */
export function progressLine(snapshot: Snapshot): string {
  const megabits = megabitsOf(snapshot);
  // The blank at the end stays where nothing moved: scripts know the line like that.
  const throughput = megabits === "" ? "" : `2-sec Throughput (Mb/s): ${megabits}`;
  return `${countsPart(snapshot)}, ${throughput}`;
}

/** The same for a terminal that is too narrow for it: a line that wraps could not be drawn over. */
export function fittingProgressLine(snapshot: Snapshot, columns: number | undefined): string {
  const line = progressLine(snapshot);
  if (columns === undefined || line.length < columns) return line;
  const megabits = megabitsOf(snapshot);
  const short = megabits === "" ? countsPart(snapshot) : `${countsPart(snapshot)}, ${megabits} Mb/s`;
  return short.slice(0, Math.max(1, columns - 1));
}

function countsPart({ counts, scanned }: Snapshot): string {
  const { total, done, failed, skipped, skips } = counts;
  const percent = oneDecimal(percentOf(counts.bytesDone, counts.bytesTotal));
  const pending = total - done - failed - skipped;
  const passedOver = skipped + skips.symlinks + skips.specials;
  const scanning = scanned ? "" : " (scanning...)";
  return `${percent} %, ${done} Done, ${failed} Failed, ${pending} Pending, ${passedOver} Skipped, ${total} Total${scanning}`;
}

function megabitsOf(snapshot: Snapshot): string {
  if (snapshot.bytesPerSecond === 0) return "";
  return fourDecimals((snapshot.bytesPerSecond * 8) / 1_000_000);
}
