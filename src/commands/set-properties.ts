import type { JobStatus } from "../job/events.ts";
import { changeObjects } from "./change-order.ts";
import type { SetPropertiesRequest } from "./change-requests.ts";
import type { CommandContext } from "./context.ts";

/** `azcopy set-properties`. Throws StorageError for what is wrong before any object is touched. */
export function setProperties(context: CommandContext, request: SetPropertiesRequest): Promise<JobStatus> {
  const { change, ...rest } = request;
  return changeObjects(context, {
    ...rest,
    verb: "set-properties",
    changes: { removal: { snapshots: "refuse" }, change },
  });
}
