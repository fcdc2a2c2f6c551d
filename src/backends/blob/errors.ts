import { type ErrorCode, StorageError } from "../../foundation/errors.ts";
import { redact } from "../../foundation/redact.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { textOf } from "./xml.ts";

/** What a request was to do, for the message of its failure. */
export interface Attempt {
  /** "read", "list", …: "cannot read https://…". */
  readonly what: string;
  /** Without its query. */
  readonly url: string;
  /** The permission that this needs of a SAS: "Read (r)". */
  readonly needs: string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly next: (attempt: Attempt) => string;
}

const meaning = (code: ErrorCode, next: string | ((attempt: Attempt) => string)): Meaning => ({
  code,
  next: typeof next === "string" ? () => next : next,
});

const signIn = meaning(
  "AuthenticationFailed",
  "Check that the SAS is whole and has not expired, and this machine's clock; otherwise make a new SAS",
);
const noContainer = meaning("ContainerNotFound", "Create the container (azcopy make), or check its name");
const noBlob = meaning("NotFound", "Check the name; upper and lower case differ");
const exists = meaning("AlreadyExists", "What is there stays; to replace it, copy with --overwrite=true");
const changed = meaning(
  "PreconditionFailed",
  "Somebody else has changed it meanwhile; run the command again to take it into account",
);
const leased = meaning(
  "AccessDenied",
  "Another client holds a lease on it: break the lease, or wait for its end",
);
const archived = meaning("Unsupported", "Rehydrate it first (azcopy set-properties --block-blob-tier=Hot)");
const forbidden = meaning(
  "AccessDenied",
  (attempt) => `Check that the SAS has the permission ${attempt.needs}, and the account's firewall`,
);
const corrupted = meaning("Corrupt", "The content was altered on its way; run the copy again");

/** The service's own words for what went wrong. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const byServiceCode: Readonly<Record<string, Meaning>> = {
  AuthenticationFailed: signIn,
  InvalidAuthenticationInfo: signIn,
  NoAuthenticationInformation: signIn,
  ContainerNotFound: noContainer,
  ContainerBeingDeleted: meaning(
    "ContainerNotFound",
    "It is being deleted: wait a minute, and create it again",
  ),
  ContainerDisabled: noContainer,
  BlobNotFound: noBlob,
  ResourceNotFound: noBlob,
  BlobAlreadyExists: exists,
  ConditionNotMet: changed,
  TargetConditionNotMet: changed,
  LeaseIdMissing: leased,
  LeaseIdMismatchWithBlobOperation: leased,
  LeaseLost: leased,
  BlobArchived: archived,
  BlobBeingRehydrated: archived,
  AuthorizationPermissionMismatch: meaning(
    "AccessDenied",
    (attempt) => `Give the SAS the permission ${attempt.needs}`,
  ),
  AuthorizationResourceTypeMismatch: meaning(
    "AccessDenied",
    "Give the SAS the resource types Container (c) and Object (o), and Service (s) for a whole account",
  ),
  AuthorizationServiceMismatch: meaning("AccessDenied", "Make a SAS for the Blob service"),
  AuthorizationProtocolMismatch: meaning("AccessDenied", "Use an https address: the SAS allows nothing else"),
  AuthorizationSourceIPMismatch: meaning(
    "AccessDenied",
    "The SAS allows other IP addresses than this machine's",
  ),
  PublicAccessNotPermitted: meaning("AccessDenied", "The account allows no anonymous access: add a SAS"),
  BlobImmutableDueToPolicy: meaning("AccessDenied", "An immutability policy protects what is there"),
  SnapshotsPresent: meaning(
    "PreconditionFailed",
    "It has snapshots: remove them, too (--delete-snapshots=include), or leave it",
  ),
  DirectoryIsNotEmpty: meaning("PreconditionFailed", "Remove what is in the folder first"),
  ContainerAlreadyExists: meaning("AlreadyExists", "Use it as it is, or choose another name"),
  BlobImmutableDueToLegalHold: meaning("AccessDenied", "A legal hold protects what is there"),
  InvalidBlobType: meaning("Unsupported", "A page or append blob stands there: delete it first"),
  InvalidBlobOrBlock: meaning(
    "InvalidArgument",
    "It holds uncommitted blocks of another program, whose ids have another length. Finish that upload, or delete the blob; the service drops such blocks after a week",
  ),
  BlockCountExceedsLimit: meaning(
    "InvalidArgument",
    "It holds 100,000 uncommitted blocks: delete the blob, or wait a week until the service drops them",
  ),
  Md5Mismatch: corrupted,
  Crc64Mismatch: corrupted,
};

const later = "Run the command again later";

function byStatus(status: number): Meaning {
  if (status === 401) return signIn;
  if (status === 403) return forbidden;
  if (status === 404) return noBlob;
  if (status === 412) return changed;
  if (status === 408 || status === 504) return meaning("Timeout", later);
  if (status === 429 || status === 503) {
    return meaning(
      "Throttled",
      "The service is busy: run the command again later, or with fewer connections (AZCOPY_CONCURRENCY_VALUE)",
    );
  }
  if (status >= 400 && status < 500)
    return meaning("InvalidArgument", "The service refuses the request as it is");
  return meaning("Internal", later);
}

const retryableStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** The error that a response stands for. "<what was attempted> <address>: <status> <code>: <why>. <what to do next>." */
export function serviceError(attempt: Attempt, response: HttpResponse): StorageError {
  const { status, headers } = response;
  const xml = Buffer.from(response.body).toString("utf8");
  const serviceCode = headers["x-ms-error-code"] ?? textOf(xml, "Code");
  const why = [firstLine(textOf(xml, "Message")), firstLine(textOf(xml, "AuthenticationErrorDetail"))];
  const { code, next } =
    (serviceCode === undefined ? undefined : byServiceCode[serviceCode]) ?? byStatus(status);
  const told = [`${status} ${serviceCode ?? ""}`.trimEnd(), ...why.filter((line) => line !== "")].join(": ");
  return new StorageError(code, redact(`cannot ${attempt.what} ${attempt.url}: ${told}. ${next(attempt)}.`), {
    retryable: retryableStatuses.has(status) || code === "Corrupt",
    status,
    ...(serviceCode === undefined ? {} : { serviceCode }),
    ...(headers["x-ms-request-id"] === undefined ? {} : { requestId: headers["x-ms-request-id"] }),
  });
}

/** The service appends request id and time on lines of their own. */
function firstLine(message: string | undefined): string {
  const line = (message ?? "").trimStart().split("\n", 1)[0] ?? "";
  return line.trim().replace(/\.$/, "");
}
