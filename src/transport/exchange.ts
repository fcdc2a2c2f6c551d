import type { Dispatcher } from "undici";
import { StorageError } from "../foundation/errors.ts";
import type { Pacer } from "../foundation/pacer.ts";
import { withoutQuery } from "../foundation/redact.ts";
import { KiB, MiB } from "../foundation/units.ts";
import type { Abortable } from "./abort-registry.ts";
import { bodySliceBytes, pacedSlicesOf, slicesOf } from "./body-slices.ts";
import { cancelled, networkError } from "./network-errors.ts";
import type { TransportStatistics } from "./statistics.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";
import type { Watchdog, Watched, WatchState } from "./watchdog.ts";

/** The most of a collected body, unless the request says otherwise. */
const bodyBytesMaxDefault = 64 * MiB;
/** How much of an error's body is kept; the rest is read and dropped. */
const errorBodyBytesKept = 256 * KiB;
const emptyBody = new Uint8Array(0);

/** What all exchanges of one transport share. */
export interface ExchangeWorld {
  readonly watchdog: Watchdog;
  readonly pacer: Pacer;
  readonly statistics: TransportStatistics;
  /** An origin as messages name it. */
  readonly describe: (origin: string) => string;
}

type Ended = (outcome: HttpResponse | StorageError, exchange: Exchange) => void;
type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/** One request on its connection: undici's handler, and what the watchdog and the signal act upon. */
export class Exchange implements Dispatcher.DispatchHandler, Watched, Abortable {
  readonly request: HttpRequest;
  readonly startedMs: number;
  movedMs: number;
  excusedMs = 0;
  watchState: WatchState = "moving";
  readonly #world: ExchangeWorld;
  readonly #ended: Ended;
  #controller: Controller | undefined;
  #over = false;
  /** Ends waits for the cap; made where there is one. */
  #pacing: AbortController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  /** The caller's buffer; undefined while, or where, the body is collected. */
  #into: Uint8Array | undefined;
  #received = 0;
  #chunks: Uint8Array[] = [];

  constructor(request: HttpRequest, world: ExchangeWorld, startedMs: number, ended: Ended) {
    this.request = request;
    this.startedMs = startedMs;
    this.movedMs = startedMs;
    this.#world = world;
    this.#ended = ended;
  }

  /** Whether the connection can carry the next request: not where this one may still wait on it. */
  get leavesConnectionUsable(): boolean {
    return this.#controller !== undefined;
  }

  /** Puts the request on a connection that carries nothing else. */
  dispatch(connection: Dispatcher): void {
    const { origin, path, method, headers, body } = this.request;
    if (this.#over) return;
    this.#world.statistics.requests++;
    const sliced = body !== undefined && (body.length > bodySliceBytes || !this.#world.pacer.unlimited);
    const options = {
      origin,
      path,
      method,
      // `reset: false` keeps the connection after HEAD, which undici would close.
      reset: false,
      headers: sliced ? { ...headers, "content-length": String(body.length) } : headers,
      // The types know no iterables; undici's documentation does.
      body: (sliced ? this.#slices(body) : (body ?? null)) as Buffer | null,
    };
    try {
      connection.dispatch(options, this);
    } catch (error) {
      this.fail(networkError(error, this.#world.describe(origin), 0));
    }
  }

  /** Ends the exchange, and leaves its connection alone. */
  fail(error: StorageError): void {
    this.#end(error);
  }

  abort(signal: AbortSignal): void {
    this.#stop(cancelled(signal));
  }

  expire(limit: "stall" | "answer" | "try", limitMs: number): void {
    const what = `${this.request.method} ${this.request.origin}${withoutQuery(this.request.path)}`;
    const reason = {
      stall: "nothing moved",
      answer: "no answer came",
      try: "the request was not done",
    }[limit];
    const message = `${what}: ${reason} within ${limitMs / 1_000} s. Check the network; a slow one needs fewer connections (AZCOPY_CONCURRENCY_VALUE) or smaller blocks.`;
    this.#stop(new StorageError("Timeout", message, { retryable: true, received: this.#good }));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error("the request is over"));
    else this.movedMs = this.#world.watchdog.nowMs;
  }

  onBodySent(chunk: Uint8Array): void {
    this.movedMs = this.#world.watchdog.nowMs;
    this.#world.statistics.bytesOverWire += chunk.length;
  }

  onRequestSent(): void {
    if (this.#status === 0) this.watchState = "answer";
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    if (status < 200 || this.#over) return;
    this.movedMs = this.#world.watchdog.nowMs;
    this.watchState = "moving";
    this.#status = status;
    this.#headers = flat(headers);
    const { into, method } = this.request;
    if (into === undefined || status >= 300 || method === "HEAD") return;
    this.#into = into;
    const announced = this.#headers["content-length"];
    if (announced !== undefined && Number(announced) !== into.length)
      this.#stop(this.#wrongLength(announced));
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.#over) return;
    this.movedMs = this.#world.watchdog.nowMs;
    this.#world.statistics.bytesOverWire += chunk.length;
    const at = this.#received;
    this.#received += chunk.length;
    if (this.#into === undefined) this.#collect(chunk);
    else if (this.#received > this.#into.length) this.#stop(this.#wrongLength(`${this.#received} or more`));
    else this.#into.set(chunk, at);
    const passes = this.#over ? undefined : this.#pass(chunk.length);
    if (passes === undefined) return;
    controller.pause();
    void passes.then(
      () => controller.resume(),
      () => {},
    );
  }

  onResponseEnd(): void {
    if (this.#over) return;
    const into = this.#into;
    if (into !== undefined && this.#received !== into.length) {
      this.fail(this.#wrongLength(String(this.#received)));
      return;
    }
    const body = into === undefined ? joined(this.#chunks) : emptyBody;
    this.#end({ status: this.#status, headers: this.#headers, body, tries: 1 });
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.fail(networkError(error, this.#world.describe(this.request.origin), this.#good));
  }

  #slices(body: Uint8Array): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
    const { pacer } = this.#world;
    if (pacer.unlimited) return slicesOf(body);
    return pacedSlicesOf(body, { sliceBytes: () => pacer.sliceBytes, pass: (bytes) => this.#pass(bytes) });
  }

  /** Waits for the cap, where there is one; rejects once the exchange is over. */
  #pass(bytes: number): Promise<void> | undefined {
    const { pacer, watchdog } = this.#world;
    if (pacer.unlimited) return undefined;
    this.#pacing ??= new AbortController();
    const passes = pacer.pass(bytes, this.#pacing.signal);
    if (passes === undefined) return undefined;
    const state = this.watchState;
    this.watchState = "paced";
    return passes.then(() => {
      this.movedMs = watchdog.nowMs;
      if (this.watchState === "paced") this.watchState = state;
    });
  }

  /** How much of `into` holds content that may be kept. */
  get #good(): number {
    return this.#into === undefined ? 0 : this.#received;
  }

  #collect(chunk: Uint8Array): void {
    if (this.#status >= 300) {
      if (this.#received <= errorBodyBytesKept) this.#chunks.push(chunk);
      return;
    }
    const max = this.request.bodyBytesMax ?? bodyBytesMaxDefault;
    if (this.#received <= max) this.#chunks.push(chunk);
    else this.#stop(this.#corrupt(`its body is longer than the ${max} bytes expected at most`, 0));
  }

  #wrongLength(length: string): StorageError {
    const wanted = this.request.into?.length ?? 0;
    const good = this.#received <= wanted ? this.#received : 0;
    return this.#corrupt(`its body has ${length} bytes where ${wanted} were asked for`, good);
  }

  #corrupt(what: string, received: number): StorageError {
    const { method, origin, path } = this.request;
    const message = `the answer to ${method} ${origin}${withoutQuery(path)} cannot be right: ${what}. Try again; if it stays, look at proxies on the way.`;
    return new StorageError("Corrupt", message, { retryable: true, status: this.#status, received });
  }

  /** Ends the exchange and its connection. */
  #stop(error: StorageError): void {
    if (this.#over) return;
    this.fail(error);
    this.#controller?.abort(error);
  }

  #end(outcome: HttpResponse | StorageError): void {
    if (this.#over) return;
    this.#over = true;
    this.#pacing?.abort();
    this.#ended(outcome, this);
  }
}

/** undici gives an array where a header came more than once. */
function flat(headers: Headers): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (Array.isArray(value)) headers[name] = value.join(", ");
  }
  return headers as Record<string, string>;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (first === undefined) return emptyBody;
  return chunks.length === 1 ? first : Buffer.concat(chunks);
}
