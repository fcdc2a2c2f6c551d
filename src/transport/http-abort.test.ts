import { strict as assert } from "node:assert";
import { getEventListeners, once } from "node:events";
import { test } from "node:test";
import { failure, onStage } from "../../test/fakes/http-stage.ts";
import { ManualClock, until } from "../../test/fakes/manual-clock.ts";
import { reply } from "../../test/fakes/raw-server.ts";
import { Pacer } from "../foundation/pacer.ts";

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

test("abort: a wait for the cap ends with the request", async () => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, 10);
  await onStage(
    ({ socket }) => socket.write(reply(200, Buffer.alloc(10_000))),
    async ({ send, server }) => {
      const abort = new AbortController();
      const up = send({ method: "PUT", body: Buffer.alloc(10_000) }, abort.signal);
      const down = send({}, abort.signal);
      for (const each of [up, down]) each.catch(() => {});
      // One sleeper is the watchdog.
      await until(() => server.requests.length === 1 && clock.sleepers === 3);
      abort.abort();
      for (const each of [up, down]) await failure(each, "Cancelled");
      await until(() => clock.sleepers === 1);
    },
    { clock, pacer },
  );
});
