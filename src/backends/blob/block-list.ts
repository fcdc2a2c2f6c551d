import { strict as assert } from "node:assert";
import { malformed, textOf } from "./xml.ts";

export interface ListedBlock {
  readonly id: string;
  readonly bytes: number;
}

export interface BlockLists {
  readonly committed: readonly ListedBlock[];
  readonly uncommitted: readonly ListedBlock[];
}

/** Reads what Get Block List answers. Throws "Corrupt" when the body is no such list. */
export function scanBlockList(body: Uint8Array): BlockLists {
  const xml = Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8");
  if (!xml.includes("<BlockList")) throw malformed("block list");
  return { committed: blocksIn(xml, "CommittedBlocks"), uncommitted: blocksIn(xml, "UncommittedBlocks") };
}

function blocksIn(xml: string, list: string): ListedBlock[] {
  const start = xml.indexOf(`<${list}>`);
  if (start < 0) return [];
  const end = xml.indexOf(`</${list}>`, start);
  if (end < 0) throw malformed("block list");
  const blocks: ListedBlock[] = [];
  for (let at = xml.indexOf("<Block>", start); at >= 0 && at < end; ) {
    const blockEnd = xml.indexOf("</Block>", at);
    const block = xml.slice(at, blockEnd);
    const id = textOf(block, "Name");
    const size = textOf(block, "Size");
    if (blockEnd < 0 || id === undefined || size === undefined) throw malformed("block list");
    blocks.push({ id, bytes: Number(size) });
    at = xml.indexOf("<Block>", blockEnd);
  }
  return blocks;
}

/** The body of Put Block List that makes a blob of these blocks, wherever each was last put. */
export function blockListBody(ids: readonly string[]): Uint8Array {
  const latest = ids.map((id) => `<Latest>${id}</Latest>`).join("");
  return Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${latest}</BlockList>`);
}

/** All block ids of a blob must be of one length: this is the length of AzCopy's, so that a blob can hold both. */
const marker = "00000";
const digits = 5;
const numberMax = 10 ** digits - 1;
/** Bytes of an id that all blocks of a transfer share, up to a boundary of base64. */
const sharedBytes = 30;

/**
 * Names the blocks of one transfer: base64 of 36 bytes (a marker, the job's id, five digits each for part, transfer
 * and block). The same transfer names its blocks alike in every run, so a repeated Put Block replaces, and a resumed
 * job knows its own. (semantics 4.1)
 */
export class BlockIds {
  readonly #shared: string;
  readonly #tail: string;

  constructor(jobId: string, part: number, index: number) {
    const job = Buffer.from(jobId.replaceAll("-", ""), "hex");
    assert(job.length === 16, "a job id is a UUID");
    assert(part >= 0 && part <= numberMax && index >= 0 && index <= numberMax);
    const numbers = Buffer.from(`${padded(part)}${padded(index)}`);
    const start = Buffer.concat([Buffer.from(marker), job, numbers]);
    this.#shared = start.toString("base64", 0, sharedBytes);
    this.#tail = start.toString("latin1", sharedBytes);
  }

  /** The id of block `block`, 48 characters. */
  of(block: number): string {
    assert(block >= 0 && block <= numberMax);
    return this.#shared + Buffer.from(this.#tail + padded(block)).toString("base64");
  }
}

const padded = (value: number): string => String(value).padStart(digits, "0");
