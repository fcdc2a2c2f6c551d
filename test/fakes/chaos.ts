import { createHash } from "node:crypto";
import type { Fault, Rule } from "./fault.ts";
import type { ProxiedRequest } from "./proxied-request.ts";

/** How likely each fault is for a request, 0 to 1; together at most 1. */
export interface Rates {
  readonly reset?: number;
  /** 500, 502 or 503 without a word of the service's, as from a gateway. */
  readonly gateway?: number;
  /** 503 ServerBusy, try again in a second. */
  readonly throttled?: number;
  readonly short?: number;
  readonly loseReply?: number;
  readonly delay?: number;
}

/** After so many faults a request is let through: who tries often enough succeeds in the end. */
const faultsInRowMax = 3;
/** Faults in the middle of a body strike within so many bytes. */
const strikeBytesMax = 100_000;

/**
 * Faults at random, yet the same for the same seed: what befalls a request depends on what it asks for and how often
 * it was sent, not on the order in which requests happen to arrive.
 */
export function chaos(seed: number, rates: Rates): Rule {
  return {
    match: (request) => draw(seed, rates, request) !== undefined,
    times: Number.POSITIVE_INFINITY,
    fault: (request) => draw(seed, rates, request) ?? { fault: "delay", ms: 0 },
  };
}

function draw(seed: number, rates: Rates, request: ProxiedRequest): Fault | undefined {
  if (request.repeat >= faultsInRowMax) return undefined;
  const { method, path, query, repeat } = request;
  // The signature differs between runs; what is asked for does not.
  const asked = [seed, method, path, query.get("comp"), query.get("blockid"), repeat].join("\n");
  const digest = createHash("sha256").update(asked).digest();
  const share = (at: number): number => digest.readUInt32LE(at) / 2 ** 32;
  const afterBytes = Math.floor(share(4) * strikeBytesMax);
  const faults: readonly (readonly [number | undefined, () => Fault])[] = [
    [
      rates.reset,
      () => ({ fault: "reset", when: one(["before", "request", "response"], share(8)), afterBytes }),
    ],
    [rates.gateway, () => ({ fault: "status", status: one([500, 502, 503], share(8)) })],
    [rates.throttled, () => ({ fault: "status", status: 503, code: "ServerBusy", retryAfterSeconds: 1 })],
    [rates.short, () => ({ fault: "short", afterBytes })],
    [rates.loseReply, () => ({ fault: "loseReply" })],
    [rates.delay, () => ({ fault: "delay", ms: Math.floor(share(8) * 300) })],
  ];
  let lot = share(0);
  for (const [rate = 0, fault] of faults) {
    if (lot < rate) return fault();
    lot -= rate;
  }
  return undefined;
}

function one<T>(choices: readonly T[], share: number): T {
  return choices[Math.floor(share * choices.length)] as T;
}
