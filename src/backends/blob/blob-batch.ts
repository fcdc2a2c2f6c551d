import { hash } from "node:crypto";
import { MiB } from "../../foundation/units.ts";
import type { HttpResponse } from "../../transport/transport.ts";

/** The service's own maximum of requests in a batch. */
export const batchRequestsMax = 256;
/** The service's own maximum of a batch's body. */
export const batchBytesMax = 4 * MiB;

/** One request within a batch. */
export interface BatchPart {
  readonly method: string;
  /** Path and query, credential included. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BatchBody {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** How many of the parts, from the first on, found a place in the body. At least one. */
  readonly count: number;
}

/** Puts as many of the parts as fit into the body of a Blob Batch; a part's number is its Content-ID. */
export function batchBody(parts: readonly BatchPart[]): BatchBody {
  const texts: string[] = [];
  let bytes = 0;
  for (const part of parts.slice(0, batchRequestsMax)) {
    const text = partText(part, texts.length);
    // Everything in it is percent-encoded or a header's value: one byte a character.
    bytes += text.length + boundaryBytesMax;
    if (bytes > batchBytesMax - boundaryBytesMax && texts.length > 0) break;
    texts.push(text);
  }
  const digest = hash("sha256", texts.join(""), "hex");
  const boundary = `batch_${digest.slice(0, 8)}-${digest.slice(8, 12)}-${digest.slice(12, 16)}-${digest.slice(16, 20)}-${digest.slice(20, 32)}`;
  const body = `${texts.map((text) => `--${boundary}\r\n${text}`).join("")}--${boundary}--\r\n`;
  return {
    contentType: `multipart/mixed; boundary=${boundary}`,
    body: Buffer.from(body, "latin1"),
    count: texts.length,
  };
}

const boundaryBytesMax = 64;

function partText({ method, target, headers }: BatchPart, id: number): string {
  const lines = [
    "Content-Type: application/http",
    "Content-Transfer-Encoding: binary",
    `Content-ID: ${id}`,
    "",
    `${method} ${target} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "Content-Length: 0",
    "",
    "",
  ];
  return lines.join("\r\n");
}

/** What the service said to a batch. */
export type BatchReply =
  /** By Content-ID; undefined where there is no answer, or more than one. */
  | { readonly answers: readonly (HttpResponse | undefined)[] }
  /** The batch as a whole was not carried out. */
  | { readonly refusal: HttpResponse }
  /** It is no answer to a batch; `fault` says why. What was carried out cannot be told. */
  | { readonly fault: string };

/** Reads the answer to a batch of `count` requests. A batch that cannot be read is answered by one part without id. */
export function scanBatchReply(response: HttpResponse, count: number): BatchReply {
  if (response.status !== 202) return { refusal: response };
  const boundary = boundaryOf(response.headers["content-type"] ?? "");
  if (boundary === undefined) return { fault: "its answer is not multipart/mixed" };
  const text = Buffer.from(response.body.buffer, response.body.byteOffset, response.body.length).toString(
    "latin1",
  );
  const parts = partsOf(text, boundary);
  if (parts === undefined) return { fault: "its answer breaks off" };
  const answers: (HttpResponse | undefined)[] = new Array(count).fill(undefined);
  const seen = new Set<number>();
  for (const part of parts) {
    const scanned = scanPart(part, response.tries);
    if (scanned === undefined) return { fault: "a part of its answer is no HTTP response" };
    const { id, answer } = scanned;
    if (id === undefined && parts.length === 1) return { refusal: answer };
    if (id === undefined || id >= count)
      return { fault: `its answer has a part "${id}" that nobody asked for` };
    answers[id] = seen.has(id) ? undefined : answer;
    seen.add(id);
  }
  return { answers };
}

/** At most 70 characters, quoted or not (RFC 2046). */
function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/mixed\s*;/i.test(contentType)) return undefined;
  const found = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/** What stands between the boundaries; undefined when the closing one is missing. */
function partsOf(text: string, boundary: string): string[] | undefined {
  const [preamble = "", ...pieces] = `\r\n${text}`.split(`\r\n--${boundary}`);
  const last = pieces.pop();
  if (preamble.trim() !== "" || last?.startsWith("--") !== true) return undefined;
  return pieces.every((piece) => piece.startsWith("\r\n"))
    ? pieces.map((piece) => piece.slice(2))
    : undefined;
}

const statusLine = /^HTTP\/1\.[01] (\d{3})(?: |$)/;

/** A part has headers of its own, an empty line, and then the response as it would have come alone. */
function scanPart(
  part: string,
  tries: number,
): { readonly id: number | undefined; readonly answer: HttpResponse } | undefined {
  const [own, inner] = splitHead(part);
  const ownHeaders = headersOf(own);
  const [head, body] = splitHead(inner);
  const [first = "", ...lines] = head.split("\r\n");
  const status = statusLine.exec(first)?.[1];
  const headers = headersOf(lines.join("\r\n"));
  if (ownHeaders === undefined || headers === undefined || status === undefined) return undefined;
  if (ownHeaders["content-type"]?.toLowerCase() !== "application/http") return undefined;
  const id = ownHeaders["content-id"];
  if (id !== undefined && !/^\d{1,4}$/.test(id)) return undefined;
  return {
    id: id === undefined ? undefined : Number(id),
    answer: { status: Number(status), headers, body: Buffer.from(body, "latin1"), tries },
  };
}

function splitHead(text: string): [head: string, rest: string] {
  const end = text.indexOf("\r\n\r\n");
  return end < 0 ? [text.trimEnd(), ""] : [text.slice(0, end), text.slice(end + 4)];
}

function headersOf(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of text.split("\r\n")) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    if (colon <= 0) return undefined;
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}
