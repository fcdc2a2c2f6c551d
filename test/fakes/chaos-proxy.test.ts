import { strict as assert } from "node:assert";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { chaos } from "./chaos.ts";
import { ChaosProxy } from "./chaos-proxy.ts";
import type { Fault } from "./fault.ts";
import { readRequest } from "./proxied-request.ts";

const blob = "/account/container/a%20b";
const content = Buffer.alloc(300_000, "x");

/** A server that keeps what is PUT to it and answers every GET with `content`. */
class Target {
  readonly bodies: Buffer[] = [];
  readonly paths: string[] = [];
  readonly #server: Server = createServer((client, reply) => void this.#serve(client, reply));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(client: IncomingMessage, reply: ServerResponse): Promise<void> {
    this.paths.push(client.url ?? "");
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of client) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    if (client.method === "GET") {
      reply.end(content);
      return;
    }
    this.bodies.push(Buffer.concat(chunks));
    reply.writeHead(201).end();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** The code of the error that ended the exchange, where one did. */
  readonly error: string | undefined;
}

function send(
  port: number,
  method: string,
  path: string,
  body?: Buffer,
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let answer = { status: 0, headers: {} as IncomingMessage["headers"] };
    const end = (error?: NodeJS.ErrnoException): void =>
      resolve({ ...answer, body: Buffer.concat(chunks), error: error?.code });
    const sent = request({ port, method, path, agent: false, ...(signal ? { signal } : {}) }, (response) => {
      answer = { status: response.statusCode ?? 0, headers: response.headers };
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", end);
      response.on("end", () => end());
    });
    sent.on("error", end);
    sent.end(body);
  });
}

describe("the chaos proxy", () => {
  let target: Target;
  let proxy: ChaosProxy;
  const once = (fault: Fault): void => proxy.add({ match: () => true, times: 1, fault });
  const get = (): Promise<Answer> => send(proxy.port, "GET", blob);
  const put = (body = content): Promise<Answer> => send(proxy.port, "PUT", blob, body);

  beforeEach(async () => {
    target = new Target();
    await target.start();
    proxy = await ChaosProxy.start({ host: "127.0.0.1", port: target.port });
  });
  afterEach(async () => {
    await proxy.close();
    target.close();
  });

  test("passes bodies on, both ways, and counts them by kind", async () => {
    assert.equal((await put()).status, 201);
    assert((await get()).body.equals(content));
    await send(proxy.port, "PUT", `${blob}?comp=block&blockid=AA`, Buffer.alloc(7));
    assert(target.bodies[0]?.equals(content));
    assert.deepEqual(proxy.traffic("putBlob"), {
      requests: 1,
      accepted: 1,
      bytesUp: content.length,
      bytesDown: 0,
    });
    assert.deepEqual(proxy.traffic("getBlob"), {
      requests: 1,
      accepted: 1,
      bytesUp: 0,
      bytesDown: content.length,
    });
    assert.deepEqual(proxy.traffic("putBlock"), { requests: 1, accepted: 1, bytesUp: 7, bytesDown: 0 });
    assert.equal(proxy.traffic().requests, 3);
    assert.equal(proxy.faults, 0);
  });

  test("answers with a status itself, as often as the rule says", async () => {
    once({ fault: "status", status: 503, code: "ServerBusy", retryAfterSeconds: 7 });
    const refused = await put();
    assert.equal(refused.status, 503);
    assert.equal(refused.headers["x-ms-error-code"], "ServerBusy");
    assert.equal(refused.headers["retry-after"], "7");
    assert.equal(target.bodies.length, 0);
    assert.equal(proxy.traffic().accepted, 0);
    assert.equal((await put()).status, 201);
    assert.equal(proxy.traffic().accepted, 1);
    assert.equal(proxy.faults, 1);
  });

  test("leaves out the error code of a gateway's status", async () => {
    once({ fault: "status", status: 502 });
    const refused = await get();
    assert.equal(refused.status, 502);
    assert.equal(refused.headers["x-ms-error-code"], undefined);
  });

  test("resets before anything is read, and while the request or the response is under way", async () => {
    once({ fault: "reset", when: "before" });
    assert.equal((await get()).error, "ECONNRESET");
    once({ fault: "reset", when: "request", afterBytes: 100_000 });
    assert.match((await put()).error ?? "", /ECONNRESET|EPIPE/);
    assert.equal(target.bodies.length, 0);
    once({ fault: "reset", when: "response", afterBytes: 100_000 });
    const cut = await get();
    assert.equal(cut.error, "ECONNRESET");
    assert(cut.body.length <= 100_000);
  });

  test("ends a response short of its length", async () => {
    once({ fault: "short", afterBytes: 12_345 });
    const cut = await get();
    assert.equal(cut.status, 200);
    assert.equal(cut.body.length, 12_345);
    assert.equal(cut.error, "ECONNRESET");
    assert.equal(proxy.traffic("getBlob").bytesDown, 12_345);
  });

  test("stalls a response until the client gives up", async () => {
    once({ fault: "stall", when: "response", afterBytes: 1_000 });
    const patience = new AbortController();
    const stalled = send(proxy.port, "GET", blob, undefined, patience.signal);
    await proxy.until(() => proxy.traffic("getBlob").bytesDown === 1_000);
    patience.abort();
    assert.equal((await stalled).error, "ABORT_ERR");
  });

  test("stalls a request until the client gives up", async () => {
    once({ fault: "stall", when: "request", afterBytes: 1_000 });
    const patience = new AbortController();
    const stalled = send(proxy.port, "PUT", blob, Buffer.alloc(5_000_000), patience.signal);
    await proxy.until(() => proxy.traffic("putBlob").bytesUp > 1_000);
    patience.abort();
    assert.equal((await stalled).error, "ABORT_ERR");
    assert.equal(target.bodies.length, 0);
  });

  test("loses the reply to work that was done", async () => {
    once({ fault: "loseReply" });
    assert.equal((await put()).error, "ECONNRESET");
    assert.equal(target.bodies.length, 1);
  });

  test("turns exactly one byte, up or down", async () => {
    once({ fault: "corrupt", when: "response", atByte: 200_000 });
    const got = (await get()).body;
    assert.notEqual(got[200_000], content[200_000]);
    got[200_000] = content[200_000] as number;
    assert(got.equals(content));
    once({ fault: "corrupt", when: "request", atByte: 0 });
    await put(Buffer.from("abc"));
    assert.equal(target.bodies[0]?.subarray(1).toString(), "bc");
    assert.notEqual(target.bodies[0]?.[0], 97);
  });

  test("holds a request until it is let go", async () => {
    let letGo = (): void => {};
    once({ fault: "hold", until: new Promise<void>((resolve) => (letGo = resolve)) });
    const held = put();
    await proxy.until(() => proxy.traffic("putBlob").requests === 1);
    assert.equal(target.bodies.length, 0);
    letGo();
    assert.equal((await held).status, 201);
  });

  test("makes the pages of listings small", async () => {
    proxy.pageEntriesMax = 3;
    await send(proxy.port, "GET", "/a/c?restype=container&comp=list&maxresults=5000&sig=x");
    await send(proxy.port, "GET", "/a/c/b?sig=x");
    assert.deepEqual(target.paths, ["/a/c?restype=container&comp=list&sig=x&maxresults=3", "/a/c/b?sig=x"]);
  });

  test("draws the same faults for the same seed, and lets through what was refused often enough", () => {
    const fates = (seed: number): string[] =>
      Array.from({ length: 500 }, (_, index) => {
        const request = { ...readRequest("PUT", `/a/c/${index}?sig=${Math.random()}`), repeat: index % 4 };
        const rule = chaos(seed, { reset: 0.2, gateway: 0.2, throttled: 0.2 });
        return rule.match(request) && typeof rule.fault === "function" ? rule.fault(request).fault : "";
      });
    assert.deepEqual(fates(1), fates(1));
    assert.notDeepEqual(fates(1), fates(2));
    const struck = fates(1).filter((fate, index) => fate !== "" && index % 4 < 3).length;
    assert(struck > 0.5 * 375 && struck < 0.7 * 375, `${struck} of 375`);
    assert(fates(1).every((fate, index) => index % 4 < 3 || fate === ""));
  });
});

test("a request's kind and name are read from its method and address", () => {
  const kind = (method: string, url: string): string => readRequest(method, url).kind;
  assert.equal(kind("PUT", "/a/c?restype=container"), "container");
  assert.equal(kind("GET", "/a/c?restype=container&comp=list"), "listBlobs");
  assert.equal(kind("PUT", "/a/c/b?comp=blocklist"), "putBlockList");
  assert.equal(kind("GET", "/a/c/b?comp=blocklist"), "getBlockList");
  assert.equal(kind("PUT", "/a/c/b?comp=metadata"), "other");
  assert.equal(kind("HEAD", "/a/c/b"), "headBlob");
  assert.equal(kind("DELETE", "/a/c/b"), "deleteBlob");
  assert.equal(readRequest("GET", "/a/c/d%2Fe%20f?sv=1").name, "d/e f");
});
