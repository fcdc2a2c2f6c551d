import { strict as assert } from "node:assert";
import { crc32 } from "node:zlib";
import { asPath } from "../backends/backend.ts";
import type { ErrorCode } from "../foundation/errors.ts";
import type { JournalRecord, Outcome, ScanSkips, SkipReason, Transfer } from "./records.ts";

/**
 * A record is one line: JSON, a tab, the CRC-32 of the JSON's UTF-8 in eight hex digits, a newline. The JSON's
 * first key names the record, so that a person can read a plan with `less` and a line costs few bytes
 * (docs/plan-format.md has the table).
 */
export function encodeLine(record: JournalRecord): string {
  const json = encode(record);
  return `${json}\t${crc32(json).toString(16).padStart(8, "0")}\n`;
}

/** The record of a line without its newline; undefined when the line is not whole and true. */
export function decodeLine(line: string): JournalRecord | undefined {
  const tab = line.length - 9;
  if (tab < 2 || line.charCodeAt(tab) !== 9) return undefined;
  const json = line.slice(0, tab);
  if (crc32(json) !== Number.parseInt(line.slice(tab + 1), 16)) return undefined;
  const value: unknown = JSON.parse(json);
  assert(typeof value === "object" && value !== null);
  return decode(value as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function encode(record: JournalRecord): string {
  switch (record.record) {
    case "run":
      return JSON.stringify({ run: record.boot });
    case "cursor":
      return JSON.stringify({ cursor: record.token ?? null, skips: encodeSkips(record.skips) });
    case "planned":
      return encodeTransfer(record.transfer);
    case "delivered":
      return `{"got":${record.index},"block":${record.block}}`;
    case "forgotten":
      return `{"lost":${record.index}}`;
    case "settled":
      return `{"settled":${record.upTo}}`;
    case "ended":
      return encodeEnded(record.index, record.outcome);
    case "gap":
      return JSON.stringify({ gap: record.path, code: record.code, message: record.message });
    case "scanned":
      return JSON.stringify({ scanned: encodeSkips(record.skips) });
    case "void":
      return '{"void":true}';
  }
}

function encodeTransfer(transfer: Transfer): string {
  return JSON.stringify({
    plan: transfer.index,
    do: transfer.action,
    path: transfer.path,
    to: transfer.renamedTo,
    bytes: transfer.bytes,
    block: transfer.blockBytes,
    time: transfer.modifiedMs,
    version: transfer.version,
    md5: transfer.contentMd5,
  });
}

function encodeEnded(index: number, outcome: Outcome): string {
  switch (outcome.state) {
    case "done":
      return `{"end":${index}}`;
    case "skipped":
      return `{"end":${index},"skip":"${outcome.reason}"}`;
    case "cancelled":
      return `{"end":${index},"cancelled":true}`;
    case "failed":
      return JSON.stringify({
        end: index,
        fail: outcome.code,
        status: outcome.status,
        message: outcome.message,
      });
  }
}

const encodeSkips = (skips: ScanSkips): number[] => [skips.symlinks, skips.specials];

function decode(fields: Fields): JournalRecord {
  if ("got" in fields)
    return { record: "delivered", index: count(fields, "got"), block: count(fields, "block") };
  if ("end" in fields)
    return { record: "ended", index: count(fields, "end"), outcome: decodeOutcome(fields) };
  if ("plan" in fields) return { record: "planned", transfer: decodeTransfer(fields) };
  if ("cursor" in fields) {
    const token = fields["cursor"] === null ? undefined : text(fields, "cursor");
    return { record: "cursor", token, skips: decodeSkips(fields["skips"]) };
  }
  if ("run" in fields) return { record: "run", boot: text(fields, "run") };
  if ("settled" in fields) return { record: "settled", upTo: count(fields, "settled") };
  if ("lost" in fields) return { record: "forgotten", index: count(fields, "lost") };
  if ("gap" in fields) {
    const code = text(fields, "code") as ErrorCode;
    return { record: "gap", path: asPath(text(fields, "gap")), code, message: text(fields, "message") };
  }
  if ("void" in fields) return { record: "void" };
  assert("scanned" in fields, "a record of no known kind");
  return { record: "scanned", skips: decodeSkips(fields["scanned"]) };
}

function decodeTransfer(fields: Fields): Transfer {
  const to = fields["to"];
  const md5 = fields["md5"];
  const action = fields["do"];
  assert(action === undefined || action === "remove" || action === "change", "an action of no known kind");
  return {
    index: count(fields, "plan"),
    ...(action === undefined ? {} : { action }),
    path: asPath(text(fields, "path")),
    ...(to === undefined ? {} : { renamedTo: asPath(text(fields, "to")) }),
    bytes: count(fields, "bytes"),
    blockBytes: count(fields, "block"),
    modifiedMs: fields["time"] === undefined ? undefined : number(fields, "time"),
    version: fields["version"] === undefined ? undefined : text(fields, "version"),
    ...(md5 === undefined ? {} : { contentMd5: text(fields, "md5") }),
  };
}

function decodeOutcome(fields: Fields): Outcome {
  if ("skip" in fields) return { state: "skipped", reason: text(fields, "skip") as SkipReason };
  if ("cancelled" in fields) return { state: "cancelled" };
  if (!("fail" in fields)) return { state: "done" };
  const code = text(fields, "fail") as ErrorCode;
  return { state: "failed", code, status: count(fields, "status"), message: text(fields, "message") };
}

function decodeSkips(value: unknown): ScanSkips {
  assert(Array.isArray(value) && Number.isSafeInteger(value[0]) && Number.isSafeInteger(value[1]));
  return { symlinks: value[0] as number, specials: value[1] as number };
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  assert(typeof value === "string", `${key} is no text`);
  return value;
}

function number(fields: Fields, key: string): number {
  const value = fields[key];
  assert(typeof value === "number" && Number.isFinite(value), `${key} is no number`);
  return value;
}

function count(fields: Fields, key: string): number {
  const value = number(fields, key);
  assert(Number.isSafeInteger(value) && value >= 0, `${key} is no count`);
  return value;
}
