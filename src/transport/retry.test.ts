import { strict as assert } from "node:assert";
import { test } from "node:test";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { StorageError } from "../foundation/errors.ts";
import { type RetryOptions, retry, retryAfterMs } from "./retry.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";

type Answer = Error | { readonly status: number; readonly headers?: Record<string, string> };

const never = new AbortController().signal;
const request: HttpRequest = {
  method: "PUT",
  origin: "https://a.blob.core.windows.net",
  path: "/c/x?sig=secret",
  headers: {},
  idempotent: true,
};
const reset = new StorageError("Unreachable", "reset", { retryable: true });

/** Runs one request against scripted answers; the last one repeats. Tells what came of it, and when it was sent. */
async function play(
  answers: readonly Answer[],
  options: Partial<RetryOptions> = {},
  sent: Partial<HttpRequest> = {},
  signal: AbortSignal = never,
): Promise<{ outcome: HttpResponse | Error; timesMs: number[]; warnings: string[] }> {
  const clock = new SimulatedClock();
  const startMs = clock.elapsed();
  const timesMs: number[] = [];
  const warnings: string[] = [];
  const layer = retry({
    clock,
    random: new Dice(1),
    log: (level, text) => {
      assert.equal(level, "WARNING");
      warnings.push(text);
    },
    ...options,
  });
  const transport = layer(async () => {
    const answer = answers[Math.min(timesMs.length, answers.length - 1)] as Answer;
    timesMs.push(clock.elapsed() - startMs);
    if (answer instanceof Error) throw answer;
    return { headers: {}, body: new Uint8Array(0), tries: 1, ...answer };
  });
  const outcome = await clock.run(
    transport({ ...request, ...sent }, signal).catch((error: unknown) => error as Error),
  );
  return { outcome, timesMs, warnings };
}

const statusOf = (outcome: HttpResponse | Error): number =>
  outcome instanceof Error ? assert.fail(String(outcome)) : outcome.status;

test("statuses that may pass are tried again, with no error code in sight", async () => {
  for (const status of [408, 429, 500, 502, 503, 504]) {
    const { outcome, timesMs } = await play([{ status }, { status }, { status: 201 }]);
    assert.equal(statusOf(outcome), 201);
    assert.equal((outcome as HttpResponse).tries, 3);
    assert.equal(timesMs.length, 3);
  }
});

test("what the user says of a status goes before what is usual", async () => {
  const triesWith = async (
    rule: { retried: boolean; codes: string[] },
    status: number,
    code = "",
  ): Promise<number> => {
    const headers = { "x-ms-error-code": code };
    const { timesMs } = await play([{ status, headers }, { status: 201 }], { rules: [{ status, ...rule }] });
    return timesMs.length;
  };
  assert.equal(await triesWith({ retried: true, codes: [] }, 409), 2);
  assert.equal(await triesWith({ retried: false, codes: [] }, 503), 1);
  assert.equal(
    await triesWith({ retried: true, codes: ["ContainerBeingDeleted"] }, 409, "ContainerBeingDeleted"),
    2,
  );
  assert.equal(
    await triesWith({ retried: true, codes: ["ContainerBeingDeleted"] }, 409, "BlobAlreadyExists"),
    1,
  );
  assert.equal(await triesWith({ retried: false, codes: ["ServerBusy"] }, 503, "ServerBusy"), 1);
  assert.equal(await triesWith({ retried: false, codes: ["ServerBusy"] }, 503, "InternalError"), 2);
});

test("other statuses are final", async () => {
  for (const status of [200, 201, 206, 304, 400, 401, 403, 404, 409, 412, 416, 501]) {
    const { outcome, timesMs } = await play([{ status }]);
    assert.equal(statusOf(outcome), status);
    assert.equal((outcome as HttpResponse).tries, 1);
    assert.equal(timesMs.length, 1);
  }
});

test("retryable errors are tried again, others thrown", async () => {
  const { outcome, timesMs } = await play([reset, reset, { status: 200 }]);
  assert.equal(statusOf(outcome), 200);
  assert.equal(timesMs.length, 3);
  for (const error of [new StorageError("Unreachable", "bad certificate"), new Error("a bug")]) {
    const final = await play([error]);
    assert.equal(final.outcome, error);
    assert.equal(final.timesMs.length, 1);
  }
});

test("the waits grow as (2^n - 1) s with jitter, up to a minute", async () => {
  for (const [low, random] of [
    [0.8, 0],
    [1.3, 0.999_999_9],
  ] as const) {
    const { timesMs } = await play([{ status: 503 }], {
      random: { next: () => random, bytes: () => new Uint8Array(0) },
    });
    const waits = timesMs.slice(1).map((at, index) => at - (timesMs[index] as number));
    const expected = waits.map((_, index) => Math.min(60_000, (2 ** (index + 1) - 1) * 1_000 * low));
    for (const [index, wait] of waits.entries())
      assert(Math.abs(wait - (expected[index] as number)) < 1, `${wait}`);
  }
});

test("it gives up after retriesMax, with the last response or error", async () => {
  const busy = await play([{ status: 500 }, { status: 503 }]);
  assert.equal(busy.timesMs.length, 21);
  assert.equal(statusOf(busy.outcome), 503);
  assert.equal((busy.outcome as HttpResponse).tries, 21);
  const cut = await play([reset], { retriesMax: 3 });
  assert.equal(cut.timesMs.length, 4);
  assert.equal(cut.outcome, reset);
});

test("an answer that stays corrupt is given up sooner", async () => {
  const corrupt = new StorageError("Corrupt", "too long", { retryable: true });
  assert.equal((await play([corrupt])).timesMs.length, 6);
});

test("a host whose name does not exist is given up soon, unless it has answered before", async () => {
  const cause = Object.assign(new Error(), { code: "ENOTFOUND" });
  const unknown = new StorageError("Unreachable", "no such name", { retryable: true, cause });
  assert.equal((await play([unknown])).timesMs.length, 4);
  assert.equal((await play([{ status: 503 }, unknown])).timesMs.length, 21);
});

test("no try begins after elapsedMsMax", async () => {
  const { timesMs, outcome } = await play([{ status: 503 }], { elapsedMsMax: 20_000 });
  assert.equal(statusOf(outcome), 503);
  assert(timesMs.length > 2 && (timesMs.at(-1) as number) <= 20_000, `${timesMs}`);
});

test("what the service asks to wait is kept exactly", async () => {
  const cases: readonly (readonly [Record<string, string>, number])[] = [
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after-ms": "350" }, 350],
    [{ "x-ms-retry-after-ms": "450", "retry-after": "9" }, 450],
  ];
  for (const [headers, waitMs] of cases) {
    const { timesMs } = await play([{ status: 503, headers }, { status: 200 }]);
    assert.deepEqual(timesMs, [0, waitMs]);
  }
  const asking = new StorageError("Throttled", "slow down", { retryable: true, retryAfterMs: 1_234 });
  assert.deepEqual((await play([asking, { status: 200 }])).timesMs, [0, 1_234]);
  const forever = await play([{ status: 503, headers: { "retry-after": "999999999" } }, { status: 200 }]);
  assert.deepEqual(forever.timesMs, [0, 3_600_000]);
});

test("retryAfterMs: reads a date, and ignores what it does not understand", () => {
  const now = Date.UTC(2026, 10, 22, 22, 14, 49);
  assert.equal(retryAfterMs({ "retry-after": "Sun, 22 Nov 2026 22:15:19 GMT" }, now), 30_000);
  assert.equal(retryAfterMs({ "retry-after": "Sun, 22 Nov 2026 22:14:19 GMT" }, now), 0);
  for (const value of ["soon", "-5", "1.5", ""])
    assert.equal(retryAfterMs({ "retry-after": value }, now), undefined);
  assert.equal(retryAfterMs({}, now), undefined);
});

test("a body that broke off after some of it had arrived is left to the caller", async () => {
  const into = new Uint8Array(10);
  const some = new StorageError("Unreachable", "reset", { retryable: true, received: 4 });
  const { outcome, timesMs } = await play([some], {}, { into });
  assert.equal(outcome, some);
  assert.equal(timesMs.length, 1);
  assert.equal((await play([reset, { status: 206 }], {}, { into })).timesMs.length, 2);
});

test("what must not be done twice is repeated only when it was not done", async () => {
  const refused = new StorageError("Unreachable", "refused", {
    retryable: true,
    cause: Object.assign(new Error(), { code: "ECONNREFUSED" }),
  });
  const once = { idempotent: false };
  assert.equal((await play([refused, { status: 200 }], {}, once)).timesMs.length, 2);
  assert.equal((await play([reset], {}, once)).timesMs.length, 1);
  assert.equal((await play([{ status: 503 }], {}, once)).timesMs.length, 1);
});

test("a cancelled wait throws Cancelled at once", async () => {
  const abort = new AbortController();
  const log = (): void => abort.abort(new Error("enough"));
  const { outcome, timesMs } = await play([{ status: 503 }], { log }, {}, abort.signal);
  assert(outcome instanceof StorageError);
  assert.equal(outcome.code, "Cancelled");
  assert.equal(timesMs.length, 1);
});

test("each retry is logged, without the query", async () => {
  const { warnings } = await play([
    { status: 503, headers: { "x-ms-error-code": "ServerBusy" } },
    { status: 200 },
  ]);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] as string,
    /^PUT https:\/\/a\.blob\.core\.windows\.net\/c\/x: 503 ServerBusy -- retry 1 of 20/,
  );
});
