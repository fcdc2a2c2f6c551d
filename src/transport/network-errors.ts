import { errnoOf, messageOf, StorageError } from "../foundation/errors.ts";

/** OpenSSL's and Node's words for a certificate that is refused. Trying again changes nothing. */
const certificateCodes = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Errors of a connection that was never made: the request cannot have been processed. */
const neverSentCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** What to look at first, by errno. */
const advice: Readonly<Record<string, string>> = {
  ENOTFOUND: "The name does not resolve: check the account name, the network and the DNS settings",
  EAI_AGAIN: "The name does not resolve at the moment: check the network and the DNS settings",
  ECONNREFUSED: "Nothing listens there: check the address and the port",
  ECONNRESET: "The connection was cut",
  EPIPE: "The connection was cut",
  UND_ERR_SOCKET: "The connection was closed before the answer was complete",
  UND_ERR_CONNECT_TIMEOUT: "The host does not answer: check the network, the firewall and the proxy settings",
  ETIMEDOUT: "The host does not answer: check the network, the firewall and the proxy settings",
  EPROTO: "The host does not speak TLS as expected: check the address's scheme and the proxy settings",
};

/** Whether the failure proves that the service never saw the request, so that even a non-idempotent one may be repeated. */
export function neverSent(error: StorageError): boolean {
  const errno = errnoOf(error.cause);
  return errno !== undefined && neverSentCodes.has(errno);
}

/**
 * The StorageError for what a connection threw: "Unreachable" (retryable, but for refused certificates), "Corrupt"
 * (an answer that is not HTTP), or "InvalidArgument" (a request that cannot be sent). `origin` is how messages name the
 * host, `received` is as in StorageError.
 */
export function networkError(error: unknown, origin: string, received: number): StorageError {
  if (error instanceof StorageError) return error;
  const errno = errnoOf(error) ?? "";
  if (certificateCodes.has(errno)) {
    const message = `cannot trust ${origin}: its certificate is refused (${errno}). If a proxy of your organisation inspects traffic, name its root certificate in SSL_CERT_FILE; otherwise check the address and this machine's clock.`;
    return new StorageError("Unreachable", message, { cause: error });
  }
  if (errno === "UND_ERR_INVALID_ARG") {
    return new StorageError("InvalidArgument", `cannot send a request to ${origin}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (isProtocolError(error)) {
    const message = `${origin} answered with something that is not HTTP (${messageOf(error)}). Check the address's scheme and port.`;
    return new StorageError("Corrupt", message, { retryable: true, cause: error });
  }
  const hint = advice[errno] ?? messageOf(error);
  const message = `cannot reach ${origin} (${errno === "" ? "no errno" : errno}). ${hint}.`;
  return new StorageError("Unreachable", message, { retryable: true, received, cause: error });
}

/** undici's names for an answer that breaks the protocol. */
const protocolErrors = new Set(["HTTPParserError", "HeadersOverflowError"]);

const isProtocolError = (error: unknown): boolean => error instanceof Error && protocolErrors.has(error.name);

/** The "Cancelled" that every layer throws once its signal is aborted. */
export function cancelled(signal: AbortSignal): StorageError {
  const { reason } = signal;
  if (reason instanceof StorageError && reason.code === "Cancelled") return reason;
  return new StorageError("Cancelled", "the request was cancelled.", { cause: reason });
}
