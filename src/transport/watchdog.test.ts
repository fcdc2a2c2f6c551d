import { strict as assert } from "node:assert";
import { once } from "node:events";
import { test } from "node:test";
import { answerStart, failure, onStage } from "../../test/fakes/http-stage.ts";
import { until } from "../../test/fakes/manual-clock.ts";
import { type RawRequest, reply } from "../../test/fakes/raw-server.ts";
import type { StorageError } from "../foundation/errors.ts";
import { MiB } from "../foundation/units.ts";

test("a body that stalls is a Timeout after stallMs, and tells how much is good", async () => {
  await onStage(
    ({ socket }) => socket.write(`${answerStart(10)}123`),
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
      let over = false;
      sent.catch(() => {
        over = true;
      });
      await clock.advance(4 * 60_000);
      assert(!over, "ended before answerMs");
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
    ({ socket }) => socket.write(answerStart(40)),
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
