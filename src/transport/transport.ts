/** One HTTP request. Plain strings, because a URL object per request costs more than the request's signing. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Scheme, host and port: "https://account.blob.core.windows.net". */
  readonly origin: string;
  /** Encoded path with query, starting with "/". May carry a SAS: print it through redactUrl only. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Always whole and in memory, so that any layer may send it again. */
  readonly body?: Uint8Array;
  /** Where the body of a 2xx response goes; it must fill it exactly. Without it the body is collected. */
  readonly into?: Uint8Array;
  /** May the request be repeated after an unknown outcome? */
  readonly idempotent: boolean;
  /** The most bytes that a collected body may have; more is an error. Default 64 MiB. */
  readonly bodyBytesMax?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The collected body; empty when it went to `into`. */
  readonly body: Uint8Array;
  /** How many times the request was sent, this one included. 1 unless a layer repeated it. */
  readonly tries: number;
}

/**
 * Sends one request and takes in the whole response. Every status is a response, not an error. Throws
 * StorageError "Unreachable" (no connection, reset), "Timeout" (no progress, or the try took too long) or
 * "Corrupt" (a body longer or shorter than announced, or than `into`), all retryable, `received` telling how
 * much of `into` is good; "Cancelled" when the signal was aborted.
 */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** Adds one concern around a transport. */
export type Layer = (next: Transport) => Transport;

/** The first layer is the outermost: it sees a request first and its response last. */
export const stack = (layers: readonly Layer[], base: Transport): Transport =>
  layers.reduceRight((next, layer) => layer(next), base);
