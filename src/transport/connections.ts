import type { Dispatcher } from "undici";
import buildConnector from "undici/lib/core/connect.js";
import Client from "undici/lib/dispatcher/client.js";

/** How long an idle connection is kept, ms: below the four minutes after which Azure's load balancers forget it. */
const keepAliveMs = 180_000;
const connectMsMax = 30_000;

const clientOptions = {
  pipelining: 1,
  allowH2: false,
  // Off, because the watchdog knows better what a request is waiting for.
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: keepAliveMs,
} as const;

/**
 * Connections by origin. Each carries one request at a time; the one used last is taken first, so that as many
 * stay warm as are needed. (undici's own Pool opens about one and a half connections for each request under way.)
 */
export class Connections {
  readonly #idle = new Map<string, Dispatcher[]>();
  readonly #proxied = new Map<string, Promise<Dispatcher>>();
  /** How an origin is reached, for messages: " through the proxy http://host:port", without credentials. */
  readonly #detours = new Map<string, string>();
  readonly #proxyFor: (origin: string) => string | undefined;
  /** Shared by all connections, so that TLS sessions are resumed. */
  readonly #connect = buildConnector({ allowH2: false, timeout: connectMsMax });

  constructor(proxyFor: (origin: string) => string | undefined) {
    this.#proxyFor = proxyFor;
  }

  /** A connection that carries nothing else until it is given back. */
  take(origin: string): Dispatcher | Promise<Dispatcher> {
    const idle = this.#idle.get(origin);
    if (idle !== undefined) return idle.pop() ?? this.#open(origin);
    return this.#proxied.get(origin) ?? this.#meet(origin);
  }

  /** An origin as messages name it, with the proxy on the way there. */
  describe(origin: string): string {
    return origin + (this.#detours.get(origin) ?? "");
  }

  /** Takes a connection back. `usable` is false where a request may still hang on it. */
  give(origin: string, connection: Dispatcher, usable: boolean): void {
    const idle = this.#idle.get(origin);
    if (idle === undefined) return;
    if (usable) idle.push(connection);
    else void connection.destroy();
  }

  /** Closes the idle connections. */
  async close(): Promise<void> {
    const idle = [...this.#idle.values()].flat();
    const proxied = await Promise.all(this.#proxied.values());
    this.#idle.clear();
    this.#proxied.clear();
    await Promise.all([...idle, ...proxied].map((connection) => connection.destroy()));
  }

  #meet(origin: string): Dispatcher | Promise<Dispatcher> {
    const proxy = this.#proxyFor(origin);
    if (proxy === undefined) {
      this.#idle.set(origin, []);
      return this.#open(origin);
    }
    const { protocol, host } = URL.parse(proxy) ?? { protocol: "", host: "" };
    this.#detours.set(origin, ` through the proxy ${protocol}//${host}`);
    const agent = openProxy(proxy);
    this.#proxied.set(origin, agent);
    return agent;
  }

  #open(origin: string): Dispatcher {
    return new Client(origin, { ...clientOptions, connect: this.#connect });
  }
}

/** Tunnels any number of requests through a proxy. Loaded here, as few need it. */
async function openProxy(uri: string): Promise<Dispatcher> {
  // From the package's index, which puts on the dispatchers the methods that ProxyAgent calls.
  const { ProxyAgent } = await import("undici");
  return new ProxyAgent({ uri, ...clientOptions, connectTimeout: connectMsMax });
}
