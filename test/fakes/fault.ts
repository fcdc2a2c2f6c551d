import type { ProxiedRequest } from "./proxied-request.ts";

/** What happens to a request instead of simply being passed on. */
export type Fault =
  /** Answered by the proxy, once the request is read; the server never sees it. */
  | {
      readonly fault: "status";
      readonly status: number;
      readonly code?: string;
      readonly retryAfterSeconds?: number;
    }
  /** The connection is reset: before the body is read, or after so many bytes of request or response. */
  | {
      readonly fault: "reset";
      readonly when: "before" | "request" | "response";
      readonly afterBytes?: number;
    }
  /** The response ends in good order after so many bytes, short of its Content-Length. */
  | { readonly fault: "short"; readonly afterBytes: number }
  /** Nothing moves any more, but the connection stays: after so many bytes of request or response. */
  | { readonly fault: "stall"; readonly when: "request" | "response"; readonly afterBytes?: number }
  | { readonly fault: "delay"; readonly ms: number }
  /** Passed on when the promise resolves: lets a test change the world at an exact moment. */
  | { readonly fault: "hold"; readonly until: Promise<unknown> }
  /** The server does its work, and its reply is lost with the connection. */
  | { readonly fault: "loseReply" }
  /** One byte arrives wrong. */
  | { readonly fault: "corrupt"; readonly when: "request" | "response"; readonly atByte: number };

export interface Rule {
  readonly match: (request: ProxiedRequest) => boolean;
  /** How many requests it befalls; Infinity for all. */
  readonly times: number;
  readonly fault: Fault | ((request: ProxiedRequest) => Fault);
}

/** Where a response is to be cut off, by faults that do so. */
export function cutOf(fault: Fault | undefined): { readonly atByte: number } | undefined {
  if (fault?.fault === "short") return { atByte: fault.afterBytes };
  const cuts = fault?.fault === "reset" || fault?.fault === "stall";
  return cuts && fault.when === "response" ? { atByte: fault.afterBytes ?? 0 } : undefined;
}

/** Flips the byte at `atByte` of a body whose first `bytesSoFar` bytes end with this chunk. */
export function corrupt(chunk: Buffer, bytesSoFar: number, atByte: number): void {
  const at = atByte - (bytesSoFar - chunk.length);
  if (at >= 0 && at < chunk.length) chunk[at] = (chunk[at] ?? 0) ^ 0xff;
}
