import { strict as assert } from "node:assert";
import { test } from "node:test";
import { failure, onStage } from "../../test/fakes/http-stage.ts";
import { ManualClock, until } from "../../test/fakes/manual-clock.ts";
import { type RawRequest, reply } from "../../test/fakes/raw-server.ts";
import { Pacer } from "../foundation/pacer.ts";
import { MiB } from "../foundation/units.ts";
import { startStatistics } from "./statistics.ts";

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

test("a capped download takes its time, and waiting for the cap is no stall, nor counts against the try", async () => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, 300);
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
        assert(clock.elapsed() < 1_600_000, `${clock.elapsed()} ms`);
        await clock.advance(4_000);
      }
      await sent;
      assert(content.equals(into));
      assert(clock.elapsed() > 1_000_000, `${clock.elapsed()} ms`);
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
