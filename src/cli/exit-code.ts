import type { JobStatus } from "../job/events.ts";

/** 0 only if nothing failed and nothing was left undone (surface spec 5). */
export function exitCodeOf(status: JobStatus): 0 | 1 {
  return status === "Completed" || status === "CompletedWithSkipped" ? 0 : 1;
}
