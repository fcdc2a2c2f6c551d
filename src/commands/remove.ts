import type { JobStatus } from "../job/events.ts";
import { changeObjects } from "./change-order.ts";
import type { RemoveRequest } from "./change-requests.ts";
import type { CommandContext } from "./context.ts";

/** `azcopy remove`. Throws StorageError for what is wrong before any object is touched. */
export function remove(context: CommandContext, request: RemoveRequest): Promise<JobStatus> {
  const { snapshots, ...rest } = request;
  return changeObjects(context, { ...rest, verb: "remove", changes: { removal: { snapshots }, change: {} } });
}
