import type { Clock, Random } from "../foundation/clock.ts";
import { errnoOf, StorageError } from "../foundation/errors.ts";
import { type Log, noLog } from "../foundation/log.ts";
import { withoutQuery } from "../foundation/redact.ts";
import { parseHttpDate } from "./http-date.ts";
import { cancelled, neverSent } from "./network-errors.ts";
import type { HttpRequest, HttpResponse, Layer } from "./transport.ts";

/** Which answers with one HTTP status are tried again (--retry-status-codes). */
export interface StatusRule {
  readonly status: number;
  readonly retried: boolean;
  /** The service's error codes that the rule is about; [] for all. For others the opposite holds. */
  readonly codes: readonly string[];
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
  /** What the user said about statuses, on top of retriedStatuses; the last rule for a status counts. */
  readonly rules?: readonly StatusRule[];
  /** Repeats after the first try. Default 20. */
  readonly retriesMax?: number;
  /** No repeat begins later than this after the first try began, ms. Default: no limit but retriesMax. */
  readonly elapsedMsMax?: number;
}

const retriesMaxDefault = 20;
/** An answer that cannot be right again and again will not become right. */
const corruptRetriesMax = 5;
/** A name that does not resolve, and never did, is a wrong name: seconds to find that out, not a quarter of an hour. */
const unknownHostRetriesMax = 3;
const delayBaseMs = 1_000;
const delayMsMax = 60_000;
/** A service that asks for a longer pause than this is not believed, ms. */
const retryAfterMsMax = 3_600_000;

/** Statuses that a later try may mend, whatever headers came with them: proxies and gateways send these too. */
const retriedStatuses = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends a request again after an error that may pass: retriedStatuses, and retryable StorageErrors. Waits
 * (2^n − 1) s × 0.8…1.3 before retry n, at most a minute, or exactly what the service asks for. At the end gives
 * the last response, or throws the last error. Gives up sooner on answers that stay corrupt, and on a host that has
 * never answered and whose name does not exist. What is not repeated: an answer that broke off after some of it had
 * reached `into` (the caller goes on from there), and a non-idempotent request that may have been processed.
 * Throws "Cancelled" when the signal is aborted during a wait. (semantics 8.5)
 */
export function retry(options: RetryOptions): Layer {
  const policy = new RetryPolicy(options);
  return (next) => async (request, signal) => {
    let startedMs: number | undefined;
    for (let tries = 1; ; tries++) {
      startedMs ??= options.clock.elapsed();
      let outcome: HttpResponse | StorageError;
      try {
        outcome = await next(request, signal);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        outcome = error;
      }
      const delayMs = policy.delayMs(request, outcome, tries, startedMs);
      if (delayMs === undefined) {
        if (outcome instanceof StorageError) throw outcome;
        return tries === 1 ? outcome : { ...outcome, tries };
      }
      await policy.wait(request, outcome, tries, delayMs, signal);
    }
  };
}

class RetryPolicy {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #retriesMax: number;
  readonly #elapsedMsMax: number;
  readonly #rules: ReadonlyMap<number, StatusRule>;
  /** Origins that have answered: a job has two, or a few. */
  readonly #known = new Set<string>();

  constructor(options: RetryOptions) {
    this.#rules = new Map((options.rules ?? []).map((rule) => [rule.status, rule]));
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log ?? noLog;
    this.#retriesMax = options.retriesMax ?? retriesMaxDefault;
    this.#elapsedMsMax = options.elapsedMsMax ?? Number.POSITIVE_INFINITY;
  }

  /** The wait before the next try; undefined when `outcome` is final. */
  delayMs(
    request: HttpRequest,
    outcome: HttpResponse | StorageError,
    tries: number,
    startedMs: number,
  ): number | undefined {
    if (!(outcome instanceof StorageError)) this.#known.add(request.origin);
    if (!this.#mayPass(request, outcome) || tries > this.#retriesFor(request, outcome)) return undefined;
    const delayMs = this.#askedFor(outcome) ?? this.#backoffMs(tries);
    return this.#clock.elapsed() - startedMs + delayMs <= this.#elapsedMsMax ? delayMs : undefined;
  }

  async wait(
    request: HttpRequest,
    outcome: HttpResponse | StorageError,
    tries: number,
    delayMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const what = `${request.method} ${request.origin}${withoutQuery(request.path)}`;
    const plan = `retry ${tries} of ${this.#retriesFor(request, outcome)} in ${(delayMs / 1_000).toFixed(1)} s`;
    this.#log("WARNING", `${what}: ${summary(outcome)} -- ${plan}`);
    try {
      await this.#clock.sleep(delayMs, signal);
    } catch (error) {
      throw signal.aborted ? cancelled(signal) : error;
    }
  }

  #mayPass(request: HttpRequest, outcome: HttpResponse | StorageError): boolean {
    if (!(outcome instanceof StorageError)) return request.idempotent && this.#isRetried(outcome);
    if (!outcome.retryable) return false;
    if (request.into !== undefined && outcome.received > 0) return false;
    return request.idempotent || neverSent(outcome);
  }

  #isRetried({ status, headers }: HttpResponse): boolean {
    const rule = this.#rules.get(status);
    if (rule === undefined) return retriedStatuses.has(status);
    const meant = rule.codes.length === 0 || rule.codes.includes(headers["x-ms-error-code"] ?? "");
    return meant ? rule.retried : !rule.retried;
  }

  #retriesFor(request: HttpRequest, outcome: HttpResponse | StorageError): number {
    if (!(outcome instanceof StorageError)) return this.#retriesMax;
    if (outcome.code === "Corrupt") return Math.min(corruptRetriesMax, this.#retriesMax);
    // Nobody has ever answered there: more likely a mistyped address than a passing fault.
    const errno = errnoOf(outcome.cause);
    const unknown = (errno === "ENOTFOUND" || errno === "ECONNREFUSED") && !this.#known.has(request.origin);
    return unknown ? Math.min(unknownHostRetriesMax, this.#retriesMax) : this.#retriesMax;
  }

  #backoffMs(tries: number): number {
    const jitter = 0.8 + 0.5 * this.#random.next();
    return Math.min(delayMsMax, (2 ** tries - 1) * delayBaseMs * jitter);
  }

  #askedFor(outcome: HttpResponse | StorageError): number | undefined {
    const asked =
      outcome instanceof StorageError
        ? outcome.retryAfterMs
        : retryAfterMs(outcome.headers, this.#clock.now());
    return asked === undefined ? undefined : Math.min(asked, retryAfterMsMax);
  }
}

/** How long the service asks to wait, ms; `nowMs` is the time of day, for the form that names a date. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const value = headers[name];
    if (value !== undefined && /^\d+$/.test(value)) return Number(value);
  }
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = parseHttpDate(value);
  return date === undefined ? undefined : Math.max(0, date - nowMs);
}

function summary(outcome: HttpResponse | StorageError): string {
  if (outcome instanceof StorageError) return `${outcome.code}: ${outcome.message}`;
  return `${outcome.status} ${outcome.headers["x-ms-error-code"] ?? ""}`.trimEnd();
}
