import type { Clock } from "../foundation/clock.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import type { Log, LogLevel } from "../foundation/log.ts";
import { redact } from "../foundation/redact.ts";
import type { HttpRequest, HttpResponse, Layer } from "./transport.ts";

export interface LogLayerOptions {
  readonly log: Log;
  /** Whether the log takes entries of this level; nothing is formatted for one that it does not. */
  readonly wants: (level: LogLevel) => boolean;
  readonly clock: Clock;
}

/** Answers that are an ordinary part of copying: nothing there yet, already there, changed meanwhile. */
const expectedStatuses = new Set([404, 409, 412]);

/**
 * Writes requests and their answers to the job log, in AzCopy's form (surface spec 8.3): all of them at DEBUG,
 * failed ones at WARNING, or INFO where they are expected. Belongs inside the retry layer, to see every try.
 */
export function logRequests(options: LogLayerOptions): Layer {
  const { log, wants, clock } = options;
  /** Failed tries and first start of a request, which the retry layer repeats as the same object. */
  const failed = new WeakMap<HttpRequest, Failures>();
  const timing = (request: HttpRequest, startedMs: number, failure: boolean): string => {
    const nowMs = clock.elapsed();
    const before = failed.get(request) ?? { count: 0, firstMs: startedMs };
    if (failure) failed.set(request, { count: before.count + 1, firstMs: before.firstMs });
    return `Try=${before.count + 1}/${ms(nowMs - startedMs)}, OpTime=${ms(nowMs - before.firstMs)}`;
  };
  return (next) => async (request, signal) => {
    if (!wants("WARNING")) return next(request, signal);
    const startedMs = clock.elapsed();
    try {
      const response = await next(request, signal);
      const level = levelOf(response.status);
      if (wants(level))
        log(level, responseText(request, response, timing(request, startedMs, level !== "DEBUG")));
      return response;
    } catch (error) {
      if (!(error instanceof StorageError && error.code === "Cancelled")) {
        const head = `==> REQUEST/RESPONSE (${timing(request, startedMs, true)}) -- REQUEST ERROR`;
        log("WARNING", `${head}\n   ${requestLine(request)}\n   ${redact(messageOf(error))}\n`);
      }
      throw error;
    }
  };
}

interface Failures {
  readonly count: number;
  readonly firstMs: number;
}

const ms = (duration: number): string => `${duration.toFixed(3)}ms`;

function levelOf(status: number): "WARNING" | "INFO" | "DEBUG" {
  if (status < 400) return "DEBUG";
  return expectedStatuses.has(status) ? "INFO" : "WARNING";
}

const requestLine = (request: HttpRequest): string =>
  `${request.method} ${redact(request.origin + request.path)}`;

function responseText(request: HttpRequest, response: HttpResponse, times: string): string {
  const { status, headers } = response;
  const failed = status >= 400;
  const ending = failed ? "RESPONSE STATUS CODE ERROR" : "RESPONSE SUCCESSFULLY RECEIVED";
  const lines = [`==> REQUEST/RESPONSE (${times}) -- ${ending}`, `   ${requestLine(request)}`];
  const requestId = headers["x-ms-request-id"];
  if (requestId !== undefined) lines.push(`   X-Ms-Request-Id: [${requestId}]`);
  if (failed) {
    lines.push("   --------------------------------------------------------------------------------");
    lines.push(`   RESPONSE Status: ${status}`);
    for (const [name, value] of Object.entries(headers)) lines.push(`   ${name}: [${redact(value)}]`);
    const body = new TextDecoder().decode(response.body.subarray(0, errorTextBytesMax));
    if (body !== "") lines.push(redact(body));
  }
  return `${lines.join("\n")}\n`;
}

/** How much of an error's body is logged. */
const errorTextBytesMax = 4 * 1024;
