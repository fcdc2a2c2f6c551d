import { strict as assert } from "node:assert";
import { asPath, type Entry, type Gap, type Listed } from "../backends/backend.ts";
import { type ErrorCode, type ErrorDetails, StorageError } from "../foundation/errors.ts";

/**
 * What was listed as one line of JSON, newline included: for files that do not outlive their process. A line holds the
 * whole of an entry, whatever a store adds to it, so that nobody must ask the store again; of a gap's error it
 * holds all but the cause. About 100 bytes and a microsecond an entry.
 */
export function encodeListed(item: Listed): string {
  if (item.kind === "gap") return `${JSON.stringify(["gap", item.path, ...encodeError(item.error)])}\n`;
  const { kind, path, bytes, modifiedMs, version, contentMd5, ...others } = item;
  const fields: unknown[] = [kind, path, bytes, modifiedMs, version];
  if (Object.keys(others).length > 0) fields.push(contentMd5, others);
  else if (contentMd5 !== undefined) fields.push(contentMd5);
  return `${JSON.stringify(fields)}\n`;
}

/** What encodeListed() made a line of, given that without its newline. Throws whatever for any other text. */
export function decodeListed(line: string): Listed {
  const fields: unknown = JSON.parse(line);
  assert(Array.isArray(fields) && typeof fields[1] === "string", "a line of something else");
  return fields[0] === "gap" ? decodeGap(fields) : decodeEntry(fields);
}

function decodeEntry(fields: readonly unknown[]): Entry {
  const [kind, path, bytes, modifiedMs, version, contentMd5, others] = fields;
  assert(fields.length >= 5 && typeof bytes === "number", "a line of something else");
  const entry: Entry = {
    kind: kind as Entry["kind"],
    path: asPath(path as string),
    bytes,
    modifiedMs: (modifiedMs as number | null) ?? undefined,
    version: (version as string | null) ?? undefined,
  };
  if (typeof contentMd5 === "string") return { ...entry, contentMd5, ...(others as object | undefined) };
  return others === undefined ? entry : { ...entry, ...(others as object) };
}

type ErrorFields = [code: ErrorCode, message: string, details: ErrorDetails];

function encodeError(error: StorageError): ErrorFields {
  const { code, message, retryable, status, serviceCode, requestId, retryAfterMs, received } = error;
  const details = { retryable, status, serviceCode, requestId, retryAfterMs, received };
  return [code, message, details as ErrorDetails];
}

function decodeGap(fields: readonly unknown[]): Gap {
  const [, path, code, message, details] = fields;
  const error = new StorageError(code as ErrorCode, message as string, details as ErrorDetails);
  return { kind: "gap", path: asPath(path as string), error };
}
