import { strict as assert } from "node:assert";
import { test } from "node:test";
import { answerStart, chunkedStart, failure, onStage } from "../../test/fakes/http-stage.ts";
import { reply } from "../../test/fakes/raw-server.ts";
import { StorageError } from "../foundation/errors.ts";
import { MiB } from "../foundation/units.ts";
import { neverSent } from "./network-errors.ts";
import type { HttpResponse } from "./transport.ts";

test("a reset amid the body is Unreachable and tells how much is good", async () => {
  await onStage(
    ({ socket }) =>
      socket.write(`${answerStart(10)}1234`, () => setImmediate(() => socket.resetAndDestroy())),
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
    ({ socket }) => socket.end(`${answerStart(10)}1234`),
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
    [`${answerStart(4)}1234`, 0],
    [`${answerStart(12)}123456789012`, 0],
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
