import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ErrorCode } from "../../foundation/errors.ts";
import type { HttpResponse } from "../../transport/transport.ts";
import { serviceError } from "./errors.ts";

const attempt = { what: "read", url: "https://a.blob.core.windows.net/c/x", needs: "Read (r)" };

function answer(status: number, serviceCode?: string, body = ""): HttpResponse {
  const headers: Record<string, string> = { "x-ms-request-id": "the-id" };
  if (serviceCode !== undefined) headers["x-ms-error-code"] = serviceCode;
  return { status, headers, body: Buffer.from(body), tries: 1 };
}

test("status and service code decide the code, and whether trying again may help", () => {
  const cases: readonly (readonly [number, string | undefined, ErrorCode, boolean])[] = [
    [400, "InvalidHeaderValue", "InvalidArgument", false],
    [400, "InvalidBlobOrBlock", "InvalidArgument", false],
    [400, "Md5Mismatch", "Corrupt", true],
    [401, undefined, "AuthenticationFailed", false],
    [401, "NoAuthenticationInformation", "AuthenticationFailed", false],
    [403, "AuthenticationFailed", "AuthenticationFailed", false],
    [403, "AuthorizationFailure", "AccessDenied", false],
    [403, "AuthorizationPermissionMismatch", "AccessDenied", false],
    [403, undefined, "AccessDenied", false],
    [404, "ContainerNotFound", "ContainerNotFound", false],
    [404, "BlobNotFound", "NotFound", false],
    [404, undefined, "NotFound", false],
    [408, undefined, "Timeout", true],
    [409, "BlobAlreadyExists", "AlreadyExists", false],
    [409, "ContainerBeingDeleted", "ContainerNotFound", false],
    [409, "BlobArchived", "Unsupported", false],
    [409, "SomethingNew", "InvalidArgument", false],
    [412, "ConditionNotMet", "PreconditionFailed", false],
    [412, "LeaseIdMissing", "AccessDenied", false],
    [429, undefined, "Throttled", true],
    [500, "InternalError", "Internal", true],
    [502, undefined, "Internal", true],
    [503, "ServerBusy", "Throttled", true],
    [504, undefined, "Timeout", true],
  ];
  for (const [status, serviceCode, code, retryable] of cases) {
    const error = serviceError(attempt, answer(status, serviceCode));
    assert.equal(error.code, code, `${status} ${serviceCode}`);
    assert.equal(error.retryable, retryable, `${status} ${serviceCode}`);
    assert.equal(error.status, status);
    assert.equal(error.serviceCode, serviceCode);
    assert.equal(error.requestId, "the-id");
  }
});

test("the message says what was attempted, why it failed and what to do", () => {
  const body =
    '<?xml version="1.0"?>\n<Error>\n  <Code>AuthorizationPermissionMismatch</Code>\n  <Message>This request is not authorized.\nRequestId:1\nTime:2</Message>\n</Error>';
  const error = serviceError(attempt, answer(403, undefined, body));
  assert.equal(error.serviceCode, "AuthorizationPermissionMismatch");
  assert.equal(
    error.message,
    "cannot read https://a.blob.core.windows.net/c/x: 403 AuthorizationPermissionMismatch: This request is not authorized. Give the SAS the permission Read (r).",
  );
});

test("the reason of a failed authentication is told, a secret in it is not", () => {
  const body =
    "<Error><Code>AuthenticationFailed</Code><Message>Server failed.\nx</Message><AuthenticationErrorDetail>Signature sig=abc%3D did not match</AuthenticationErrorDetail></Error>";
  const { message } = serviceError(attempt, answer(403, "AuthenticationFailed", body));
  assert.match(message, /Server failed: Signature sig=-REDACTED- did not match\./);
});

test("an answer that is no XML is survived", () => {
  for (const body of ["", "<html>Bad gateway", "\u0000\u0001", "<Message>", "<Code>"]) {
    assert.match(serviceError(attempt, answer(502, undefined, body)).message, /^cannot read .*: 502\. /);
  }
});
