import type { Counts, JobStatus, NetworkStatistics, Snapshot, TransferDetail } from "../../job/events.ts";
import type { JobListing, JobOverview, PerformanceResponse, Question } from "./command-output.ts";
import { float32Text, percentOf } from "./go-numbers.ts";
import { commandText } from "./job-lists.ts";
import { type LocalTime, rfc3339 } from "./timestamps.ts";

/** The kinds of lines (surface spec 4.9.1). */
export type MessageType =
  | "Init"
  | "Info"
  | "Progress"
  | "EndOfJob"
  | "Error"
  | "Prompt"
  | "Dryrun"
  | "Response"
  | "ListObject"
  | "ListSummary"
  | "GetJobSummary"
  | "ListJobTransfers";

const goEscapes: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON as Go's encoding/json writes it: safe to stand in HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => goEscapes[character] ?? character,
  );
}

const noPrompt = { PromptType: "", ResponseOptions: null, PromptTarget: "" };

/** What stands around the content of a line. A content may be put together from pieces: see transferPieces(). */
export function envelope(
  type: MessageType,
  timestamp: string,
  question?: Question,
): readonly [string, string] {
  const details = question === undefined ? noPrompt : promptDetails(question);
  return [
    `{"TimeStamp":${goJson(timestamp)},"MessageType":"${type}","MessageContent":`,
    `,"PromptDetails":${goJson(details)}}\n`,
  ];
}

function promptDetails({ promptType, options, target }: Question): unknown {
  return {
    PromptType: promptType,
    ResponseOptions: options.map(({ responseType, friendly, response }) => ({
      ResponseType: responseType,
      UserFriendlyResponseType: friendly,
      ResponseString: response,
    })),
    PromptTarget: target,
  };
}

/** What only some summaries of a job have; the others show a zero. */
interface SummaryParts {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly counts: Counts;
  readonly ordered: boolean;
  readonly bytesExpected: number;
  readonly network: NetworkStatistics;
  readonly elapsedMs: number;
  readonly failed: readonly unknown[] | null;
  readonly skipped: readonly unknown[] | null;
  readonly advice: readonly [] | null;
}

/** The job summary object, its keys in AzCopy's order; nearly all numbers are strings (surface spec 4.9.4). */
function jobSummary(parts: SummaryParts): object {
  const { jobId, status, counts, network } = parts;
  const { skips } = counts;
  const requests = Math.max(1, network.requests);
  const seconds = parts.elapsedMs / 1_000;
  const percentOfRequests = (count: number): string => float32Text(percentOf(count, requests));
  return {
    ErrorMsg: "",
    JobID: jobId,
    ActiveConnections: integer(network.activeConnections),
    CompleteJobOrdered: parts.ordered,
    JobStatus: status,
    TotalTransfers: integer(counts.total),
    FileTransfers: integer(counts.total),
    FolderPropertyTransfers: "0",
    SymlinkTransfers: "0",
    FoldersCompleted: "0",
    TransfersCompleted: integer(counts.done),
    FoldersFailed: "0",
    TransfersFailed: integer(counts.failed),
    FoldersSkipped: "0",
    TransfersSkipped: integer(counts.skipped),
    BytesOverWire: integer(network.bytesOverWire),
    TotalBytesTransferred: integer(counts.bytesDone),
    TotalBytesEnumerated: integer(counts.bytesTotal),
    TotalBytesExpected: integer(parts.bytesExpected),
    PercentComplete: float32Text(percentOf(counts.bytesDone, parts.bytesExpected)),
    AverageIOPS: integer(seconds > 0 ? network.requests / seconds : 0),
    AverageE2EMilliseconds: integer(network.requestMs / requests),
    ServerBusyPercentage: percentOfRequests(network.serverBusy),
    NetworkErrorPercentage: percentOfRequests(network.networkErrors),
    FailedTransfers: parts.failed,
    SkippedTransfers: parts.skipped,
    PerfConstraint: 0,
    PerformanceAdvice: parts.advice,
    IsCleanupJob: false,
    SkippedSymlinkCount: integer(skips.symlinks),
    HardlinksConvertedCount: "0",
    SkippedHardlinkCount: "0",
    SkippedSpecialFileCount: integer(skips.specials),
  };
}

const integer = (value: number): string => String(Math.trunc(value));

/** The two keys that a sync's summaries have behind the others. */
function deletionKeys({ deletions }: Counts): object {
  return {
    DeleteTotalTransfers: integer(deletions?.planned ?? 0),
    DeleteTransfersCompleted: integer(deletions?.done ?? 0),
  };
}

/** How a job's summaries are told. */
export type SummaryKind = "copy" | "sync" | "resume";

/** Which transfers a running job's message tells of, and what it is the message of. */
export interface SnapshotMessage {
  readonly snapshot: Snapshot;
  readonly failed: readonly TransferDetail[];
  readonly skipped: readonly TransferDetail[];
  /** The first message of a job writes null for an empty list, as AzCopy does. */
  readonly isFirst: boolean;
  /** The job is over, whatever way it ended. */
  readonly isFinal: boolean;
}

/** The content of a Progress line. */
export function progressContent(message: SnapshotMessage, kind: SummaryKind): string {
  return goJson(snapshotSummary(message, kind));
}

/** The content of a Progress line of a sync that still compares: a shape of its own, its numbers no strings. */
export function scanContent({ scannedAtSource = 0, scannedAtDestination = 0 }: Snapshot): string {
  return goJson({ FilesScannedAtSource: scannedAtSource, FilesScannedAtDestination: scannedAtDestination });
}

/** The content of a job's EndOfJob line; one that was resumed tells how long this run took, in ns. */
export function endOfJobContent(message: SnapshotMessage, kind: SummaryKind): string {
  const summary = snapshotSummary(message, kind);
  if (kind !== "resume") return goJson(summary);
  return goJson({ ...summary, ElapsedTime: Math.round(message.snapshot.elapsedMs * 1_000_000) });
}

function snapshotSummary(message: SnapshotMessage, kind: SummaryKind): object {
  const { snapshot, failed, skipped, isFirst, isFinal } = message;
  const { counts } = snapshot;
  const list = (details: readonly TransferDetail[]): readonly unknown[] | null =>
    isFirst && details.length === 0 ? null : details.map(transferObject);
  const summary = jobSummary({
    ...snapshot,
    ordered: snapshot.scanned,
    bytesExpected: counts.bytesTotal,
    failed: list(failed),
    skipped: list(skipped),
    advice: isFinal ? [] : null,
  });
  return kind === "sync" ? { ...summary, ...deletionKeys(counts) } : summary;
}

const idle: NetworkStatistics = {
  bytesOverWire: 0,
  requests: 0,
  serverBusy: 0,
  networkErrors: 0,
  requestMs: 0,
  activeConnections: 0,
};

/** The content of `jobs show`, for both of its lines. */
export function overviewContent({ jobId, status, counts, failed, skipped }: JobOverview): string {
  const list = (details: readonly TransferDetail[]): readonly unknown[] | null =>
    details.length === 0 ? null : details.map(plannedTransferObject);
  const summary = jobSummary({
    jobId,
    status,
    counts,
    ordered: false,
    bytesExpected: counts.bytesTotal - counts.bytesGivenUp,
    network: idle,
    elapsedMs: 0,
    failed: list(failed),
    skipped: list(skipped),
    advice: [],
  });
  return goJson(summary);
}

/** TransferDetail of the protocol. */
function transferObject({ source, destination, status, bytes, errorStatus }: TransferDetail): object {
  return {
    Src: source,
    Dst: destination,
    IsFolderProperties: false,
    TransferStatus: status,
    TransferSize: bytes,
    ErrorCode: String(errorStatus),
  };
}

/** As read from a plan: AzCopy leaves the size out there, and the status of what went well. */
function plannedTransferObject(detail: TransferDetail): object {
  return transferObject({
    ...detail,
    bytes: 0,
    errorStatus: detail.status === "Success" ? 0 : detail.errorStatus,
  });
}

/**
 * The content of `jobs show --with-status`, as a JSON string in pieces: a job can have millions of transfers, and
 * the line is never whole in memory.
 */
export async function* transferPieces(
  jobId: string,
  transfers: AsyncIterable<TransferDetail>,
): AsyncIterable<string> {
  yield `"${inner(`{"ErrorMsg":"","JobID":${goJson(jobId)},"Details":[`)}`;
  let separator = "";
  for await (const transfer of transfers) {
    yield inner(`${separator}${goJson(plannedTransferObject(transfer))}`);
    separator = ",";
  }
  yield `${inner("]}")}"`;
}

/** Text as it stands inside a JSON string. */
const inner = (text: string): string => goJson(text).slice(1, -1);

/** The content of the Init line. */
export function initContent(jobId: string, logFile: string): string {
  return goJson({ LogFileLocation: logFile, JobID: jobId, IsCleanupJob: false });
}

/** The content of `jobs list`; start times in whole seconds since 1970. */
export function jobsContent(jobs: readonly JobListing[]): string {
  return goJson({
    ErrorMessage: "",
    JobIDDetails: jobs.map(({ jobId, startedMs, status, command }) => ({
      JobId: jobId,
      CommandString: commandText(command),
      StartTime: Math.floor(startedMs / 1_000),
      JobStatus: status,
    })),
  });
}

/** The content of a Response line (surface spec 4.8). */
export function responseContent(response: PerformanceResponse, nowMs: number, zone: LocalTime): string {
  return goJson({
    TimeStamp: rfc3339(nowMs, zone),
    ResponseType: "PerformanceAdjustment",
    Value: {
      status: response.succeeded,
      "cap-mbps": response.capMbps,
      NextAdjustmentAfter: rfc3339(response.nextAdjustmentMs, zone),
      error: response.error,
    },
  });
}
