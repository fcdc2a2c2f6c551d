import { strict as assert } from "node:assert";
import { test } from "node:test";
import { Dice } from "../../test/simulation/dice.ts";
import { SimulatedClock } from "../../test/simulation/simulated-clock.ts";
import { StorageError } from "../foundation/errors.ts";
import { type LogLevel, logLevels } from "../foundation/log.ts";
import { azureHeaders, userAgent } from "./azure-headers.ts";
import { logRequests } from "./log.ts";
import { retry } from "./retry.ts";
import { type HttpRequest, type HttpResponse, stack, type Transport } from "./transport.ts";

const never = new AbortController().signal;
const request: HttpRequest = {
  method: "PUT",
  origin: "https://a.blob.core.windows.net",
  path: "/c/x?sv=1&sig=secret%3D",
  headers: { "x-ms-blob-type": "BlockBlob" },
  idempotent: true,
};
const answer = (status: number, text = "", headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { "x-ms-request-id": "the-id", ...headers },
  body: Buffer.from(text),
  tries: 1,
});

/** What is logged at `level` when `answers` come, one after the other. */
async function logged(level: LogLevel, answers: readonly (HttpResponse | Error)[]): Promise<string[]> {
  const entries: string[] = [];
  const clock = new SimulatedClock();
  const wants = (wanted: LogLevel): boolean => logLevels.indexOf(wanted) <= logLevels.indexOf(level);
  const rest = [...answers];
  const base: Transport = async () => {
    const next = rest.shift();
    if (next instanceof Error) throw next;
    return next ?? answer(200);
  };
  const layers = [
    azureHeaders({ userAgent: "test", random: new Dice(1) }),
    retry({ clock, random: new Dice(1) }),
    logRequests({ log: (at, text) => entries.push(`${at} ${text}`), wants, clock }),
  ];
  await clock.run(stack(layers, base)(request, never).catch(() => {}));
  return entries;
}

test("at DEBUG every try is logged, without its signature", async () => {
  const entries = await logged("DEBUG", [
    answer(503),
    new StorageError("Unreachable", "cut", { retryable: true }),
    answer(201),
  ]);
  assert.equal(entries.length, 3);
  assert.match(
    entries[0] as string,
    /^WARNING ==> REQUEST\/RESPONSE \(Try=1\/0\.000ms, OpTime=0\.000ms\) -- RESPONSE STATUS CODE ERROR\n {3}PUT https:\/\/a\.blob\.core\.windows\.net\/c\/x\?sv=1&sig=-REDACTED-\n {3}X-Ms-Request-Id: \[the-id\]\n/,
  );
  assert.match(entries[1] as string, /^WARNING .*Try=2\/.* -- REQUEST ERROR/);
  assert.match(
    entries[2] as string,
    /^DEBUG .*Try=3\/0\.000ms, OpTime=[1-9]\d+\.\d{3}ms\) -- RESPONSE SUCCESSFULLY RECEIVED/,
  );
  for (const entry of entries) assert(!entry.includes("secret"));
});

test("failed answers are logged with their headers and text, what is expected only at INFO", async () => {
  const failed = answer(403, "<Code>AuthenticationFailed</Code> sig=secret", {
    "x-ms-error-code": "AuthenticationFailed",
  });
  const [entry] = await logged("WARNING", [failed]);
  assert.match(
    entry as string,
    /^WARNING [\s\S]*RESPONSE Status: 403[\s\S]*x-ms-error-code: \[AuthenticationFailed\][\s\S]*<Code>/,
  );
  assert(!entry?.includes("secret"));
  assert.equal((await logged("WARNING", [answer(404)])).length, 0);
  assert.equal((await logged("INFO", [answer(404)])).length, 1);
  assert.equal((await logged("INFO", [answer(200)])).length, 0);
});

test("nothing is logged for what was cancelled, nor below WARNING", async () => {
  assert.equal((await logged("DEBUG", [new StorageError("Cancelled", "enough")])).length, 0);
  assert.equal((await logged("ERROR", [answer(403)])).length, 0);
  assert.equal((await logged("NONE", [answer(500)])).length, 0);
});

test("azureHeaders: every request names version, agent and an id of its own; its own headers win", async () => {
  const seen: HttpRequest[] = [];
  const base: Transport = async (sent) => {
    seen.push(sent);
    return answer(200);
  };
  const transport = stack([azureHeaders({ userAgent: "the agent", random: new Dice(1) })], base);
  await transport(request, never);
  await transport({ ...request, headers: { "x-ms-version": "2019-02-02" } }, never);
  const [first, second] = seen.map((each) => each.headers);
  assert.equal(first?.["x-ms-version"], "2025-07-05");
  assert.equal(first?.["user-agent"], "the agent");
  assert.equal(first?.["x-ms-blob-type"], "BlockBlob");
  assert.match(
    first?.["x-ms-client-request-id"] ?? "",
    /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  );
  assert.notEqual(first?.["x-ms-client-request-id"], second?.["x-ms-client-request-id"]);
  assert.equal(second?.["x-ms-version"], "2019-02-02");
});

test("userAgent: puts the prefix first, and drops what a header cannot carry", () => {
  const parts = { version: "10.40.0", runtime: "node/24", platform: "linux" };
  assert.equal(userAgent({ ...parts, prefix: undefined }), "AzCopy/10.40.0 (node/24; linux)");
  assert.equal(
    userAgent({ ...parts, prefix: "tool/1 (x)\r\nüber " }),
    "tool/1 (x)ber AzCopy/10.40.0 (node/24; linux)",
  );
});
