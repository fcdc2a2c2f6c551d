import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { HttpResponse } from "../../transport/transport.ts";
import { type BatchPart, batchBody, batchBytesMax, batchRequestsMax, scanBatchReply } from "./blob-batch.ts";

const part = (target: string): BatchPart => ({
  method: "DELETE",
  target,
  headers: { "if-match": '"0x1"' },
});

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

function reply(body: string, contentType = "multipart/mixed; boundary=b"): HttpResponse {
  return { status: 202, headers: { "content-type": contentType }, body: Buffer.from(body), tries: 1 };
}

const answer = (id: number | undefined, status: number, rest = ""): string =>
  `--b\r\nContent-Type: application/http\r\n${id === undefined ? "" : `Content-ID: ${id}\r\n`}\r\nHTTP/1.1 ${status} Said so\r\nx-ms-request-id: r${id}\r\n${rest}\r\n`;
const end = "--b--\r\n";

function answersOf(response: HttpResponse, count: number): readonly (HttpResponse | undefined)[] {
  const scanned = scanBatchReply(response, count);
  assert("answers" in scanned, JSON.stringify(scanned));
  return scanned.answers;
}

test("a batch has a part a request, in the form that the service asks for", () => {
  const { contentType, body, count } = batchBody([part("/c/a?sas"), part("/c/b%0D%0A?sas")]);
  const boundary = /^multipart\/mixed; boundary=(batch_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(
    contentType,
  )?.[1];
  assert(boundary, contentType);
  const one = (id: number, target: string): string =>
    `--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n` +
    `DELETE ${target} HTTP/1.1\r\nif-match: "0x1"\r\nContent-Length: 0\r\n\r\n`;
  assert.equal(textOf(body), `${one(0, "/c/a?sas")}${one(1, "/c/b%0D%0A?sas")}--${boundary}--\r\n`);
  assert.equal(count, 2);
});

test("a batch keeps to the service's limits of requests and bytes", () => {
  const many = Array.from({ length: 1_000 }, (_, n) => part(`/c/${n}`));
  assert.equal(batchBody(many).count, batchRequestsMax);
  const long = Array.from({ length: 256 }, (_, n) => part(`/c/${"x".repeat(40_000)}${n}`));
  const { body, count } = batchBody(long);
  assert(count > 90 && count < 256);
  assert(body.length <= batchBytesMax);
});

test("answers are matched by their id, whatever their order", () => {
  const body = answer(2, 202) + answer(0, 404, "x-ms-error-code: BlobNotFound\r\n\r\n<Error/>\r\n") + end;
  const [first, second, third] = answersOf(reply(body), 3);
  assert.equal(first?.status, 404);
  assert.equal(first.headers["x-ms-error-code"], "BlobNotFound");
  assert.equal(textOf(first.body).trim(), "<Error/>");
  assert.equal(second, undefined);
  assert.equal(third?.status, 202);
  assert.equal(third.headers["x-ms-request-id"], "r2");
});

test("boundaries come quoted or not, with parameters before and after, and after an empty line", () => {
  for (const type of [
    "multipart/mixed;boundary=b",
    'Multipart/Mixed; boundary="b"',
    "multipart/mixed; charset=utf-8; boundary=b; x=y",
  ]) {
    assert.equal(answersOf(reply(answer(0, 202) + end, type), 1)[0]?.status, 202, type);
    assert.equal(answersOf(reply(`\r\n${answer(0, 202)}--b--`, type), 1)[0]?.status, 202, type);
  }
});

test("two answers to one request are none", () => {
  const answers = answersOf(reply(answer(0, 202) + answer(1, 202) + answer(0, 412) + end), 2);
  assert.deepEqual(
    answers.map((each) => each?.status),
    [undefined, 202],
  );
});

test("a batch that was refused as a whole is told from one that was carried out", () => {
  const refused = scanBatchReply({ ...reply(""), status: 403 }, 2);
  assert("refusal" in refused && refused.refusal.status === 403);
  const alone = scanBatchReply(reply(answer(undefined, 400, "x-ms-error-code: InvalidInput\r\n") + end), 2);
  assert("refusal" in alone && alone.refusal.status === 400);
});

test("what is no answer to a batch is never taken for one", () => {
  const whole = answer(0, 202) + answer(1, 202) + end;
  const bad = [
    "",
    end.slice(0, 3),
    whole.slice(0, -end.length),
    `junk${whole}`,
    whole.replace("application/http", "text/html"),
    whole.replace("HTTP/1.1 202", "HTTP/1.1 2x2"),
    whole.replace("Content-ID: 1", "Content-ID: 2"),
    whole.replace("Content-ID: 1", "Content-ID: -1"),
    whole.replace("Content-ID: 1\r\n", ""),
    whole.replace("Content-ID: 1", "no header"),
  ];
  for (const body of bad) assert("fault" in scanBatchReply(reply(body), 2), JSON.stringify(body));
  assert("fault" in scanBatchReply(reply(whole, "text/html"), 2));
  assert("fault" in scanBatchReply(reply(whole, "multipart/mixed"), 2));
});

test("an answer that breaks off anywhere is none", () => {
  const whole = [202, 404, 412].map((status, id) => answer(id, status)).join("") + end;
  for (let length = 0; length < whole.length - "\r\n".length; length++) {
    assert("fault" in scanBatchReply(reply(whole.slice(0, length)), 3), `${length} bytes`);
  }
});
