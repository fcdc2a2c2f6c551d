import type { JobStatus, TransferStatus } from "../../job/events.ts";
import type { FlagTable, FlagValues } from "./flag-table.ts";

const jobStatuses = [
  "All",
  "Cancelled",
  "Failed",
  "InProgress",
  "Completed",
  "CompletedWithErrors",
  "CompletedWithSkipped",
  "CompletedWithErrorsAndSkipped",
  "Paused",
  "Cancelling",
] as const satisfies readonly (JobStatus | "All")[];

const transferStatuses = [
  "All",
  "NotStarted",
  "Started",
  "Success",
  "FolderCreated",
  "FolderExisted",
  "Restarted",
  "Failed",
  "BlobTierFailure",
  "SkippedEntityAlreadyExists",
  "SkippedBlobHasSnapshots",
  "TierAvailabilityCheckFailure",
  "Cancelled",
] as const satisfies readonly (TransferStatus | "All")[];

const jobStatus = {
  name: "with-status",
  type: "enum",
  default: "All",
  values: jobStatuses,
  typeName: "JobStatus",
  refusal: (text: string) =>
    `Failed to parse --with-status due to error: couldn't parse ${JSON.stringify(text)} into a "JobStatus".`,
} as const;

export const jobsListFlags = [
  {
    ...jobStatus,
    help: "Only jobs of this `status`: All, InProgress, Paused, Cancelling, Cancelled, Failed, Completed, CompletedWithErrors, CompletedWithSkipped or CompletedWithErrorsAndSkipped.",
  },
] as const satisfies FlagTable;

export const jobsCleanFlags = [
  {
    ...jobStatus,
    help: "Forget only jobs of this `status`, as jobs list shows it.",
  },
] as const satisfies FlagTable;

export const jobsShowFlags = [
  {
    name: "with-status",
    type: "enum",
    default: "",
    values: transferStatuses,
    typeName: "TransferStatus",
    refusal: (text: string) => `cannot parse the given Transfer Status ${text}`,
    help: "List the transfers of this `status` instead of the summary: All, NotStarted, Started, Success, Failed (skipped and cancelled ones included), SkippedEntityAlreadyExists or Cancelled.",
  },
] as const satisfies FlagTable;

export const jobsResumeFlags = [
  {
    name: "destination-sas",
    type: "string",
    default: "",
    help: "SAS token for the destination; tokens are not kept with a job.",
  },
  { name: "exclude", type: "string", default: "", hidden: true, help: "No longer available." },
  { name: "include", type: "string", default: "", hidden: true, help: "No longer available." },
  {
    name: "source-sas",
    type: "string",
    default: "",
    help: "SAS token for the source; tokens are not kept with a job.",
  },
] as const satisfies FlagTable;

export type JobsListFlags = FlagValues<typeof jobsListFlags>;
export type JobsShowFlags = FlagValues<typeof jobsShowFlags>;
export type JobsResumeFlags = FlagValues<typeof jobsResumeFlags>;
export type JobsCleanFlags = FlagValues<typeof jobsCleanFlags>;
