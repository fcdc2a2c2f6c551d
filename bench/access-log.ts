/** One request, as the sink logged it. */
export interface Logged {
  readonly method: string;
  readonly status: number;
  /** Content-Length of the request; 0 where it had none. */
  readonly bodyBytes: number;
  readonly sentBytes: number;
  /** The value of x-ms-range, "" where there was none. */
  readonly range: string;
  /** Path and query, as sent. */
  readonly uri: string;
}

/** Reads lines in the format that the sink is configured to write. The range is the one value that has no blanks. */
export function parseAccessLog(text: string): Logged[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [method = "", status, body, sent, range = "", uri = ""] = line.split(" ");
      return {
        method,
        status: Number(status),
        bodyBytes: body === "-" ? 0 : Number(body),
        sentBytes: Number(sent),
        range: range === "-" ? "" : range,
        uri,
      };
    });
}

/** What was uploaded: each blob or block once, however often it was sent. */
export function uploaded(log: readonly Logged[]): { readonly bytes: number; readonly blobs: number } {
  const pieces = new Map<string, number>();
  const blobs = new Set<string>();
  for (const { method, status, bodyBytes, uri } of log) {
    if (method !== "PUT" || status !== 201) continue;
    const [path = "", query = ""] = uri.split("?");
    const operation = new URLSearchParams(query).get("comp");
    if (operation !== "blocklist") pieces.set(uri, bodyBytes);
    if (operation !== "block") blobs.add(path);
  }
  return { bytes: sum(pieces.values()), blobs: blobs.size };
}

/** What was downloaded of blobs: each range once, however often it was sent. */
export function downloadedBytes(log: readonly Logged[]): number {
  const pieces = new Map<string, number>();
  for (const { method, status, sentBytes, range, uri } of log) {
    if (method !== "GET" || (status !== 206 && status !== 200) || uri.includes("comp=list")) continue;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const whole = first === undefined || sentBytes === Number(last) - Number(first) + 1;
    if (whole) pieces.set(`${uri.split("?")[0]} ${range}`, sentBytes);
  }
  return sum(pieces.values());
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
