import {
  Agent,
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { corrupt, cutOf, type Fault, type Rule } from "./fault.ts";
import { type ProxiedRequest, type RequestKind, readRequest } from "./proxied-request.ts";

export interface Traffic {
  requests: number;
  /** How many of them the server answered with a 2xx. */
  accepted: number;
  /** Body bytes read from the client, repeats included. */
  bytesUp: number;
  /** Body bytes of responses handed to the client's connection. */
  bytesDown: number;
}

interface Watcher {
  readonly reached: () => boolean;
  readonly resolve: () => void;
}

interface Exchange {
  readonly seen: ProxiedRequest;
  readonly fault: Fault | undefined;
  readonly client: IncomingMessage;
  readonly reply: ServerResponse;
  readonly traffic: Traffic;
}

/** Stands between a client and an emulator: passes everything on, but for what the rules say, and counts. */
export class ChaosProxy {
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #target: { readonly host: string; readonly port: number };
  readonly #traffic = new Map<RequestKind, Traffic>();
  readonly #repeats = new Map<string, number>();
  /** Listings are asked for in pages of at most so many entries, whatever the client asks; undefined: as it asks. */
  pageEntriesMax: number | undefined;
  #rules: { readonly rule: Rule; left: number }[] = [];
  #watchers: Watcher[] = [];
  #faults = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (client, reply) =>
      this.#take(client, reply),
    );
  }

  /** Starts on a free port of 127.0.0.1, in front of `target`. */
  static async start(target: { readonly host: string; readonly port: number }): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many requests a rule befell. */
  get faults(): number {
    return this.#faults;
  }

  /** The first rule that matches and has times left decides. */
  add(...rules: Rule[]): void {
    this.#rules.push(...rules.map((rule) => ({ rule, left: rule.times })));
  }

  /** Forgets rules and counts. */
  reset(): void {
    this.pageEntriesMax = undefined;
    this.#rules = [];
    this.#traffic.clear();
    this.#repeats.clear();
    this.#faults = 0;
  }

  traffic(...kinds: RequestKind[]): Traffic {
    const sum = { requests: 0, accepted: 0, bytesUp: 0, bytesDown: 0 };
    for (const [kind, { requests, accepted, bytesUp, bytesDown }] of this.#traffic) {
      if (kinds.length > 0 && !kinds.includes(kind)) continue;
      sum.requests += requests;
      sum.accepted += accepted;
      sum.bytesUp += bytesUp;
      sum.bytesDown += bytesDown;
    }
    return sum;
  }

  /** Resolves once the condition holds; it is tried whenever a request begins and whenever bytes move. */
  until(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ reached, resolve });
      this.#notify();
    });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(client: IncomingMessage, reply: ServerResponse): void {
    const read = readRequest(client.method ?? "", client.url ?? "");
    const key = `${read.method} ${read.path} ${read.query.get("comp")} ${read.query.get("blockid")}`;
    const repeat = this.#repeats.get(key) ?? 0;
    this.#repeats.set(key, repeat + 1);
    const seen = { ...read, repeat };
    const traffic = this.#traffic.get(seen.kind) ?? { requests: 0, accepted: 0, bytesUp: 0, bytesDown: 0 };
    this.#traffic.set(seen.kind, traffic);
    traffic.requests++;
    const fault = this.#choose(seen);
    client.on("error", () => {});
    reply.on("error", () => {});
    void this.#serve({ seen, fault, client, reply, traffic });
    this.#notify();
  }

  #choose(seen: ProxiedRequest): Fault | undefined {
    const chosen = this.#rules.find(({ rule, left }) => left > 0 && rule.match(seen));
    if (!chosen) return undefined;
    chosen.left--;
    this.#faults++;
    return typeof chosen.rule.fault === "function" ? chosen.rule.fault(seen) : chosen.rule.fault;
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { fault, client, reply } = exchange;
    if (fault?.fault === "status") {
      this.#answer(exchange, fault);
      return;
    }
    if (fault?.fault === "reset" && fault.when === "before") {
      client.socket.resetAndDestroy();
      return;
    }
    if (fault?.fault === "delay") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.fault === "hold") await fault.until;
    if (!reply.destroyed) this.#passOn(exchange);
  }

  #answer({ client, reply, traffic }: Exchange, fault: Fault & { fault: "status" }): void {
    client.on("data", (chunk: Buffer) => this.#count(traffic, "bytesUp", chunk.length));
    client.on("end", () => {
      const body = fault.code ? `<?xml version="1.0"?><Error><Code>${fault.code}</Code></Error>` : "";
      const headers: OutgoingHttpHeaders = { "content-length": String(body.length) };
      if (fault.code) headers["x-ms-error-code"] = fault.code;
      if (fault.retryAfterSeconds !== undefined) headers["retry-after"] = String(fault.retryAfterSeconds);
      reply.writeHead(fault.status, headers);
      reply.end(client.method === "HEAD" ? undefined : body);
    });
  }

  #passOn(exchange: Exchange): void {
    const { fault, client, reply, traffic } = exchange;
    const upstream = request({
      ...this.#target,
      method: client.method,
      path: this.#pathFor(exchange),
      headers: client.rawHeaders,
      agent: this.#agent,
    });
    upstream.on("error", () => client.socket.destroy());
    upstream.on("response", (response) => this.#passBack(exchange, response));
    reply.on("close", () => {
      if (!reply.writableFinished) upstream.destroy();
    });
    let bytes = 0;
    client.on("data", (chunk: Buffer) => {
      this.#count(traffic, "bytesUp", chunk.length);
      bytes += chunk.length;
      if (fault?.fault === "corrupt" && fault.when === "request") corrupt(chunk, bytes, fault.atByte);
      if (fault?.fault === "reset" && fault.when === "request" && bytes > (fault.afterBytes ?? 0)) {
        client.socket.resetAndDestroy();
      }
      if (fault?.fault === "stall" && fault.when === "request" && bytes > (fault.afterBytes ?? 0)) {
        client.unpipe(upstream);
        client.pause();
      }
    });
    client.pipe(upstream);
  }

  /** The size of a page is no part of what a shared access signature signs. */
  #pathFor({ seen, client }: Exchange): string {
    const path = client.url ?? "";
    if (this.pageEntriesMax === undefined || seen.kind !== "listBlobs") return path;
    return `${path.replace(/&maxresults=\d+|(?<=\?)maxresults=\d+&/, "")}&maxresults=${this.pageEntriesMax}`;
  }

  #passBack(exchange: Exchange, response: IncomingMessage): void {
    const { fault, client, reply, traffic } = exchange;
    response.on("error", () => client.socket.destroy());
    if (Math.floor((response.statusCode ?? 0) / 100) === 2) traffic.accepted++;
    if (fault?.fault === "loseReply") {
      response.resume();
      response.on("end", () => client.socket.resetAndDestroy());
      return;
    }
    const cut = cutOf(fault);
    reply.writeHead(response.statusCode ?? 502, response.rawHeaders);
    if (cut) reply.flushHeaders();
    if (cut && (cut.atByte === 0 || client.method === "HEAD")) {
      this.#cutOff(exchange, response);
      return;
    }
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      const part = cut && bytes + chunk.length >= cut.atByte ? chunk.subarray(0, cut.atByte - bytes) : chunk;
      bytes += part.length;
      this.#count(traffic, "bytesDown", part.length);
      if (fault?.fault === "corrupt" && fault.when === "response") corrupt(part, bytes, fault.atByte);
      if (cut && bytes === cut.atByte) {
        response.pause();
        response.removeAllListeners("data");
        reply.write(part, () => this.#cutOff(exchange, response));
      } else if (!reply.write(part)) {
        response.pause();
        reply.once("drain", () => response.resume());
      }
    });
    response.on("end", () => reply.end());
  }

  /** What follows the last byte of a response that is not to arrive whole. */
  #cutOff({ fault, client }: Exchange, response: IncomingMessage): void {
    response.destroy();
    if (fault?.fault === "reset") client.socket.resetAndDestroy();
    if (fault?.fault === "short") client.socket.end();
  }

  #count(traffic: Traffic, direction: "bytesUp" | "bytesDown", bytes: number): void {
    traffic[direction] += bytes;
    if (this.#watchers.length > 0) this.#notify();
  }

  #notify(): void {
    const reached = this.#watchers.filter((watcher) => watcher.reached());
    if (reached.length === 0) return;
    this.#watchers = this.#watchers.filter((watcher) => !reached.includes(watcher));
    for (const watcher of reached) watcher.resolve();
  }
}
