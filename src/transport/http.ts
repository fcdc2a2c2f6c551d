import { Budget, type Release } from "../foundation/budget.ts";
import type { Clock } from "../foundation/clock.ts";
import { StorageError } from "../foundation/errors.ts";
import type { Pacer } from "../foundation/pacer.ts";
import { AbortRegistry } from "./abort-registry.ts";
import { Connections } from "./connections.ts";
import { Exchange, type ExchangeWorld } from "./exchange.ts";
import { cancelled, networkError } from "./network-errors.ts";
import { startStatistics, type TransportStatistics } from "./statistics.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";
import { Watchdog } from "./watchdog.ts";

export interface HttpOptions {
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** The most requests under way at once, over all origins; the rest wait in turn. */
  readonly connectionsMax: number;
  /** The longest that one try may take, ms. Default 15 minutes. */
  readonly tryTimeoutMs?: number;
  /** The longest without any movement, ms. Default one minute. */
  readonly stallMs?: number;
  /** The longest wait for the answer to a request that is sent, ms. Default five minutes. */
  readonly answerMs?: number;
  /** The proxy for an origin; undefined for none. Asked once an origin. */
  readonly proxyFor?: (origin: string) => string | undefined;
  readonly statistics?: TransportStatistics;
}

export interface Http {
  readonly send: Transport;
  /** Moves HttpOptions.connectionsMax. Lowering it ends no request. */
  setConnectionsMax(connectionsMax: number): void;
  /** Ends all requests ("Cancelled") and connections. */
  close(): Promise<void>;
}

const minute = 60_000;

/** The base transport: one request, one connection of undici, no retry. See Transport for what it throws. */
export function createHttp(options: HttpOptions): Http {
  const http = new HttpTransport(options);
  return {
    send: (request, signal) => http.send(request, signal),
    setConnectionsMax: (connectionsMax) => http.setConnectionsMax(connectionsMax),
    close: () => http.close(),
  };
}

class HttpTransport {
  readonly #clock: Clock;
  readonly #statistics: TransportStatistics;
  readonly #world: ExchangeWorld;
  readonly #connections: Connections;
  readonly #places: Budget;
  readonly #aborts = new AbortRegistry();
  /** Ends every exchange when the transport is closed. */
  readonly #closing = new AbortController();

  constructor(options: HttpOptions) {
    const { clock, pacer, statistics = startStatistics() } = options;
    const watchdog = new Watchdog(clock, {
      stallMs: options.stallMs ?? minute,
      answerMs: options.answerMs ?? 5 * minute,
      tryMs: options.tryTimeoutMs ?? 15 * minute,
    });
    this.#clock = clock;
    this.#statistics = statistics;
    this.#connections = new Connections(options.proxyFor ?? (() => undefined));
    const describe = (origin: string): string => this.#connections.describe(origin);
    this.#world = { watchdog, pacer, statistics, describe };
    this.#places = new Budget(options.connectionsMax);
  }

  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    if (signal.aborted) return Promise.reject(cancelled(signal));
    const release = this.#places.tryAcquire(1);
    if (release !== undefined) return this.#start(request, signal, release);
    return this.#places.acquire(1).then((granted) => {
      if (!signal.aborted) return this.#start(request, signal, granted);
      granted();
      throw cancelled(signal);
    });
  }

  setConnectionsMax(connectionsMax: number): void {
    this.#places.limit = connectionsMax;
  }

  async close(): Promise<void> {
    const reason = new StorageError("Cancelled", "the request was cancelled: all connections are closed.");
    this.#places.close(reason);
    this.#closing.abort(reason);
    this.#world.watchdog.close();
    await this.#connections.close();
  }

  #start(request: HttpRequest, signal: AbortSignal, release: Release): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const { watchdog } = this.#world;
      const statistics = this.#statistics;
      const closing = this.#closing.signal;
      let connection: Parameters<Exchange["dispatch"]>[0] | undefined;
      const startedMs = this.#clock.elapsed();
      watchdog.nowMs = startedMs;
      const exchange = new Exchange(request, this.#world, startedMs, (outcome) => {
        watchdog.remove(exchange);
        this.#aborts.remove(signal, exchange);
        this.#aborts.remove(closing, exchange);
        statistics.activeConnections--;
        if (connection !== undefined) {
          this.#connections.give(request.origin, connection, exchange.leavesConnectionUsable);
        }
        release();
        if (outcome instanceof StorageError) {
          if (outcome.code !== "Cancelled") statistics.networkErrors++;
          reject(outcome);
        } else {
          statistics.requestMs += this.#clock.elapsed() - startedMs;
          if (outcome.status === 503) statistics.serverBusy++;
          resolve(outcome);
        }
      });
      statistics.activeConnections++;
      watchdog.add(exchange);
      this.#aborts.add(signal, exchange);
      this.#aborts.add(closing, exchange);
      const taken = this.#connections.take(request.origin);
      if (taken instanceof Promise) {
        taken.then(
          (agent) => exchange.dispatch(agent),
          (error: unknown) => exchange.fail(networkError(error, this.#world.describe(request.origin), 0)),
        );
        return;
      }
      connection = taken;
      exchange.dispatch(taken);
    });
  }
}
