import { strict as assert } from "node:assert";
import { type ErrorCode, StorageError } from "../../src/foundation/errors.ts";
import { Pacer } from "../../src/foundation/pacer.ts";
import { createHttp, type Http, type HttpOptions } from "../../src/transport/http.ts";
import type { HttpRequest, HttpResponse } from "../../src/transport/transport.ts";
import { ManualClock } from "./manual-clock.ts";
import { type RawRequest, type RawServer, startRawServer } from "./raw-server.ts";

/** The base transport in front of a server that answers what a test likes, in time that the test moves. */
export interface HttpStage {
  readonly server: RawServer;
  readonly http: Http;
  readonly clock: ManualClock;
  /** Sends a GET of "/", but for what is given. */
  send(request?: Partial<HttpRequest>, signal?: AbortSignal): Promise<HttpResponse>;
}

const never = new AbortController().signal;

export async function onStage(
  answer: (request: RawRequest) => void,
  check: (stage: HttpStage) => Promise<void>,
  options: Partial<HttpOptions> & { readonly early?: boolean } = {},
): Promise<void> {
  const clock = new ManualClock();
  const server = await startRawServer(answer, options);
  const http = createHttp({
    clock,
    pacer: new Pacer(clock, Number.POSITIVE_INFINITY),
    connectionsMax: 8,
    ...options,
  });
  const send: HttpStage["send"] = (request = {}, signal = never) =>
    http.send(
      { method: "GET", origin: server.origin, path: "/", headers: {}, idempotent: true, ...request },
      signal,
    );
  try {
    await check({ server, http, clock, send });
  } finally {
    await http.close();
    await server.close();
  }
}

/** The error that `work` ends in, which has this code and received so much. */
export async function failure(work: Promise<unknown>, code: ErrorCode, received = 0): Promise<StorageError> {
  const error = await work.then(
    () => assert.fail("did not reject"),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof StorageError, `not a StorageError: ${error}`);
  assert.equal(error.code, code, error.message);
  assert.equal(error.received, received);
  return error;
}

/** The beginning of an answer, whose body the test writes itself. */
export const answerStart = (bytes: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`;
export const chunkedStart = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
