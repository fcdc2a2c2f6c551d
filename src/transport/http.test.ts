import { strict as assert } from "node:assert";
import { getEventListeners, once } from "node:events";
import { test } from "node:test";
import { ManualClock, until } from "../../test/fakes/manual-clock.ts";
import { type RawRequest, type RawServer, reply, startRawServer } from "../../test/fakes/raw-server.ts";
import { type ErrorCode, StorageError } from "../foundation/errors.ts";
import { Pacer } from "../foundation/pacer.ts";
import { MiB } from "../foundation/units.ts";
import { createHttp, type Http, type HttpOptions } from "./http.ts";
import { neverSent } from "./network-errors.ts";
import { startStatistics } from "./statistics.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";

interface Stage {
  readonly server: RawServer;
  readonly http: Http;
  readonly clock: ManualClock;
  send(request?: Partial<HttpRequest>, signal?: AbortSignal): Promise<HttpResponse>;
}

const never = new AbortController().signal;

async function onStage(
  answer: (request: RawRequest) => void,
  check: (stage: Stage) => Promise<void>,
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
  const send: Stage["send"] = (request = {}, signal = never) =>
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

async function failure(work: Promise<unknown>, code: ErrorCode, received = 0): Promise<StorageError> {
  const error = await work.then(
    () => assert.fail("did not reject"),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof StorageError, `not a StorageError: ${error}`);
  assert.equal(error.code, code, error.message);
  assert.equal(error.received, received);
  return error;
}

const start = (bytes: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`;
const chunkedStart = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

test("a body is collected, and headers are told in lower case", async () => {
  const answer = reply(200, "hello", ["X-Ms-Thing: Value", "Multi: a", "Multi: b"]);
  await onStage(
    ({ socket }) => socket.write(answer),
    async ({ send }) => {
      const response = await send();
      assert.equal(response.status, 200);
      assert.equal(response.tries, 1);
      assert.equal(Buffer.from(response.body).toString(), "hello");
      assert.equal(response.headers["x-ms-thing"], "Value");
      assert.equal(response.headers["multi"], "a, b");
    },
  );
});

test("a 2xx body fills the caller's buffer; that of an error is collected instead", async () => {
  const content = Buffer.alloc(300_000, "0123456789");
  await onStage(
    ({ socket, head }) =>
      socket.write(head.startsWith("GET /error") ? reply(404, "no") : reply(206, content)),
    async ({ send }) => {
      const whole = new Uint8Array(400_000).fill(7);
      const response = await send({ into: whole.subarray(50_000, 350_000) });
      assert.equal(response.body.length, 0);
      assert(content.equals(whole.subarray(50_000, 350_000)));
      assert(whole.subarray(0, 50_000).every((byte) => byte === 7));
      assert(whole.subarray(350_000).every((byte) => byte === 7));
      const failed = await send({ path: "/error", into: whole.subarray(0, 2) });
      assert.equal(Buffer.from(failed.body).toString(), "no");
      assert.equal(whole[0], 7);
    },
  );
});

test("bodies of every size arrive whole at the server", async () => {
  await onStage(
    ({ socket }) => socket.write(reply(201)),
    async ({ send, server }) => {
      for (const size of [0, 1, 256 * 1024, 256 * 1024 + 1, 3 * MiB + 5]) {
        const body = Buffer.alloc(size, "abcdefghijk");
        assert.equal((await send({ method: "PUT", body })).status, 201);
        const got = server.requests.at(-1);
        assert.match(got?.head ?? "", new RegExp(`content-length: ${size}`, "i"));
        assert(got?.body.equals(body));
      }
      assert.equal(server.connections, 1);
    },
  );
});

test("a path goes to the server as it is", async () => {
  await onStage(
    ({ socket }) => socket.write(reply(200)),
    async ({ send, server }) => {
      for (const path of ["/c/a//b", "/c/../x", "/c/./x", "/c/%2E%2E/x?y=%2F+%20", "/c//"]) {
        await send({ path });
        assert.equal(server.requests.at(-1)?.head.split(" ")[1], path);
      }
    },
  );
});

test("a connection is used again, after HEAD and errors as well", async () => {
  await onStage(
    ({ socket, head }) => {
      if (head.startsWith("HEAD")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
      else socket.write(reply(head.startsWith("PUT") ? 409 : 200, "body"));
    },
    async ({ send, server }) => {
      for (const method of ["GET", "HEAD", "PUT", "HEAD", "GET"] as const) await send({ method });
      assert.equal(server.connections, 1);
    },
  );
});

test("no more requests than connectionsMax are under way, and raising it starts the waiting ones", async () => {
  const held: RawRequest[] = [];
  await onStage(
    (request) => held.push(request),
    async ({ send, http }) => {
      const sent = [send(), send(), send(), send()];
      await until(() => held.length === 2);
      assert.equal(held.length, 2);
      http.setConnectionsMax(3);
      await until(() => held.length === 3);
      for (const { socket } of held.splice(0)) socket.write(reply(200));
      await until(() => held.length === 1);
      held[0]?.socket.write(reply(200));
      await Promise.all(sent);
    },
    { connectionsMax: 2 },
  );
});

test("a reset amid the body is Unreachable and tells how much is good", async () => {
  await onStage(
    ({ socket }) => socket.write(`${start(10)}1234`, () => setImmediate(() => socket.resetAndDestroy())),
    async ({ send }) => {
      const into = new Uint8Array(10);
      const error = await send({ into }).catch((thrown: unknown) => thrown);
      assert(error instanceof StorageError);
      assert.equal(error.code, "Unreachable");
      assert(error.retryable);
      assert(error.received === 4 || error.received === 0, "a reset may overtake what was sent before it");
      assert.equal(Buffer.from(into.subarray(0, error.received)).toString(), "1234".slice(0, error.received));
    },
  );
});

test("a body that ends before its announced length is Unreachable and tells how much is good", async () => {
  await onStage(
    ({ socket }) => socket.end(`${start(10)}1234`),
    async ({ send }) => {
      const into = new Uint8Array(10);
      const error = await failure(send({ into }), "Unreachable", 4);
      assert(error.retryable);
      assert.equal(Buffer.from(into.subarray(0, 4)).toString(), "1234");
    },
  );
});

test("a body shorter or longer than the buffer is Corrupt", async () => {
  const cases: readonly (readonly [string, number])[] = [
    [`${chunkedStart}4\r\n1234\r\n0\r\n\r\n`, 4],
    [`${chunkedStart}c\r\n123456789012\r\n0\r\n\r\n`, 0],
    [`${start(4)}1234`, 0],
    [`${start(12)}123456789012`, 0],
  ];
  for (const [answer, received] of cases) {
    await onStage(
      ({ socket }) => socket.write(answer),
      async ({ send }) => {
        const whole = new Uint8Array(20);
        const error = await failure(send({ into: whole.subarray(0, 10) }), "Corrupt", received);
        assert(error.retryable);
        assert(whole.subarray(10).every((byte) => byte === 0));
      },
    );
  }
});

test("a collected body is limited, and an error's body is cut instead", async () => {
  await onStage(
    ({ socket, head }) => socket.write(reply(head.startsWith("GET /error") ? 500 : 200, Buffer.alloc(MiB))),
    async ({ send }) => {
      await failure(send({ bodyBytesMax: 1_000 }), "Corrupt");
      const response = await send({ path: "/error" });
      assert.equal(response.status, 500);
      assert(response.body.length <= 256 * 1024);
    },
  );
});

test("what is not HTTP is Corrupt", async () => {
  await onStage(
    ({ socket }) => socket.write("220 smtp.example.com ESMTP\r\n"),
    async ({ send }) => {
      await failure(send(), "Corrupt");
    },
  );
});

test("a body that stalls is a Timeout after stallMs, and tells how much is good", async () => {
  await onStage(
    ({ socket }) => socket.write(`${start(10)}123`),
    async ({ send, clock, server }) => {
      const into = new Uint8Array(10);
      const sent = send({ into });
      sent.catch(() => {});
      await until(() => into[2] !== 0);
      await clock.advance(59_000);
      const closed = once((server.requests[0] as RawRequest).socket, "close");
      await clock.advance(10_000);
      const error = await failure(sent, "Timeout", 3);
      assert(error.retryable);
      assert(!error.message.includes("sig="), "no query in the message");
      await closed;
    },
  );
});

test("a server that reads but never answers gets longer, and then is a Timeout", async () => {
  await onStage(
    () => {},
    async ({ send, clock, server }) => {
      const sent = send({ path: "/x?sig=secret", method: "PUT", body: Buffer.alloc(2 * MiB) });
      sent.catch(() => {});
      await until(() => server.requests.length > 0);
      await clock.advance(4 * 60_000);
      await clock.advance(2 * 60_000);
      const error = await failure(sent, "Timeout");
      assert(!error.message.includes("secret"));
    },
  );
});

test("a server that does not read the body is a Timeout after stallMs", async () => {
  await onStage(
    ({ socket }) => socket.pause(),
    async ({ send, clock, server }) => {
      const sent = send({ method: "PUT", body: Buffer.alloc(64 * MiB) });
      sent.catch(() => {});
      await until(() => server.requests.length > 0);
      await clock.advance(100);
      await clock.advance(75_000);
      await failure(sent, "Timeout");
    },
    { early: true },
  );
});

test("a slow body is not ended while it moves, until the whole try takes too long", async () => {
  await onStage(
    ({ socket }) => socket.write(start(40)),
    async ({ send, clock, server }) => {
      const into = new Uint8Array(40);
      const sent = send({ into });
      let over = false;
      sent.catch(() => {
        over = true;
      });
      await until(() => server.requests.length > 0);
      const { socket } = server.requests[0] as RawRequest;
      for (let minute = 0; minute < 14; minute++) {
        socket.write("x");
        await until(() => into[minute] !== 0);
        await clock.advance(55_000);
        assert(!over, `ended in minute ${minute}`);
      }
      for (let minute = 14; !over; minute++) {
        assert(minute < 20);
        socket.write("x");
        await until(() => into[minute] !== 0 || over);
        await clock.advance(55_000);
      }
      const error = await sent.catch((thrown: unknown) => thrown);
      assert.equal((error as StorageError).code, "Timeout");
    },
  );
});

test("no sweep goes on when nothing is under way", async () => {
  await onStage(
    ({ socket }) => socket.write(reply(200)),
    async ({ send, clock }) => {
      await send();
      assert.equal(clock.sleepers, 1);
      await clock.advance(5_000);
      assert.equal(clock.sleepers, 0);
      await send();
      assert.equal(clock.sleepers, 1);
    },
  );
});

test("an answer that comes before the body is sent counts", async () => {
  await onStage(
    ({ socket }) => socket.end(reply(403, "no", ["Connection: close"])),
    async ({ send }) => {
      // The server closes without having read all: the answer may be lost with the connection, but never mistaken.
      const outcome = await send({ method: "PUT", body: Buffer.alloc(8 * MiB) }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof StorageError) assert.equal(outcome.code, "Unreachable");
      else assert.equal((outcome as HttpResponse).status, 403);
    },
    { early: true },
  );
});

test("abort: ends requests under way and waiting, at once, and their connections", async () => {
  await onStage(
    () => {},
    async ({ send, server }) => {
      const abort = new AbortController();
      const sent = [send({}, abort.signal), send({}, abort.signal), send({}, abort.signal)];
      for (const each of sent) each.catch(() => {});
      await until(() => server.requests.length === 2);
      const closed = server.requests.map(({ socket }) => once(socket, "close"));
      abort.abort(new Error("enough"));
      for (const each of sent) await failure(each, "Cancelled");
      await Promise.all(closed);
      await failure(send({}, abort.signal), "Cancelled");
      assert.equal(server.requests.length, 2, "the waiting one was never sent");
    },
    { connectionsMax: 2 },
  );
});

test("abort: no listener is left behind for each request", async () => {
  await onStage(
    ({ socket }) => socket.write(reply(200)),
    async ({ send }) => {
      const abort = new AbortController();
      for (let i = 0; i < 50; i++) await Promise.all([send({}, abort.signal), send({}, abort.signal)]);
      assert(getEventListeners(abort.signal, "abort").length <= 1);
    },
  );
});

test("after an abort the connection's place serves the next request", async () => {
  let silent = true;
  await onStage(
    ({ socket }) => {
      if (!silent) socket.write(reply(200));
    },
    async ({ send, server }) => {
      const abort = new AbortController();
      const first = send({}, abort.signal);
      first.catch(() => {});
      await until(() => server.requests.length === 1);
      silent = false;
      abort.abort();
      assert.equal((await send()).status, 200);
      await failure(first, "Cancelled");
    },
    { connectionsMax: 1 },
  );
});

test("close: cancels what is under way", async () => {
  await onStage(
    () => {},
    async ({ send, http, server }) => {
      const sent = send();
      sent.catch(() => {});
      await until(() => server.requests.length === 1);
      await http.close();
      await failure(sent, "Cancelled");
      await failure(send(), "Cancelled");
    },
  );
});

test("nobody listening: Unreachable names host and errno, and proves that nothing was sent", async () => {
  await onStage(
    ({ socket }) => socket.write(reply(200)),
    async ({ send, server }) => {
      await server.close();
      const error = await failure(send(), "Unreachable");
      assert(error.retryable);
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${server.port}.*ECONNREFUSED`));
      assert(neverSent(error));
    },
  );
});

test("a header that HTTP cannot carry is InvalidArgument, and the place is free again", async () => {
  await onStage(
    ({ socket }) => socket.write(reply(200)),
    async ({ send }) => {
      const error = await failure(send({ headers: { "x-ms-meta-a": "new\nline" } }), "InvalidArgument");
      assert(!error.retryable);
      assert.equal((await send()).status, 200);
    },
    { connectionsMax: 1 },
  );
});

test("a capped upload takes its time", async () => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, 100_000);
  await onStage(
    ({ socket }) => socket.write(reply(201)),
    async ({ send }) => {
      let done = false;
      const sent = send({ method: "PUT", body: Buffer.alloc(50_000) }).then(() => {
        done = true;
      });
      // Half a second's worth: not there early, and there soon after.
      for (let i = 0; i < 4; i++) await clock.advance(100);
      assert(!done);
      for (let i = 0; i < 20 && !done; i++) await clock.advance(20);
      await sent;
      assert(clock.elapsed() >= 440, `${clock.elapsed()} ms`);
    },
    { clock, pacer },
  );
});

test("a capped download takes its time, and waiting for the cap is no stall", async () => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, 1_000);
  const content = Buffer.alloc(400_000, "0123456789");
  await onStage(
    ({ socket }) => socket.write(reply(200, content)),
    async ({ send }) => {
      const into = new Uint8Array(content.length);
      let done = false;
      const sent = send({ into }).then(() => {
        done = true;
      });
      sent.catch(() => {});
      while (!done) {
        assert(clock.elapsed() < 500_000, `${clock.elapsed()} ms`);
        await clock.advance(1_000);
      }
      await sent;
      assert(content.equals(into));
      assert(clock.elapsed() > 300_000, `${clock.elapsed()} ms`);
    },
    { clock, pacer },
  );
});

test("statistics count what went over the wire", async () => {
  const statistics = startStatistics();
  await onStage(
    ({ socket, head }) => {
      if (head.startsWith("DELETE")) socket.destroy();
      else socket.write(reply(head.startsWith("GET") ? 200 : 503, "12345"));
    },
    async ({ send }) => {
      await send();
      await send({ method: "PUT", body: Buffer.alloc(1_000) });
      await failure(send({ method: "DELETE" }), "Unreachable");
      assert.equal(statistics.bytesOverWire, 5 + 1_000 + 5);
      assert.equal(statistics.requests, 3);
      assert.equal(statistics.serverBusy, 1);
      assert.equal(statistics.networkErrors, 1);
      assert.equal(statistics.activeConnections, 0);
    },
    { statistics },
  );
});
