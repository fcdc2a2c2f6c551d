/** What kind of thing went wrong in the world. Stable: journals, tests and exit codes rely on the words. */
export type ErrorCode =
  | "NotFound"
  | "ContainerNotFound"
  | "AlreadyExists"
  | "AccessDenied"
  | "AuthenticationFailed"
  | "PreconditionFailed"
  | "SourceChanged"
  | "Throttled"
  | "Timeout"
  | "Unreachable"
  | "Corrupt"
  | "NoSpace"
  | "UnsafeName"
  | "NameCollision"
  | "Undecided"
  | "Unsupported"
  | "InvalidArgument"
  | "Cancelled"
  | "Internal";

export interface ErrorDetails {
  /** Whether the same request may succeed if sent again. Decided once, where the error is born. */
  readonly retryable?: boolean;
  /** HTTP status, where there was a response. */
  readonly status?: number;
  /** The service's own word for it (x-ms-error-code). */
  readonly serviceCode?: string;
  readonly requestId?: string;
  /** Wait at least this long before the next try, where the service said so (Retry-After). */
  readonly retryAfterMs?: number;
  /** Bytes of the response body that had arrived in `into` when the connection failed. */
  readonly received?: number;
  readonly cause?: unknown;
}

/**
 * An operating error: expected, handled, reported. A broken invariant is an assertion instead.
 * The message says what was attempted, on what, and what to do next; it never carries a secret.
 */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly serviceCode: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly received: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.status = details.status;
    this.serviceCode = details.serviceCode;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.received = details.received ?? 0;
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The errno word ("ENOENT") of an error from the file system or the network; undefined for others. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
