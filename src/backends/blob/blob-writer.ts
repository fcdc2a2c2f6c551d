import { StorageError } from "../../foundation/errors.ts";
import { MiB } from "../../foundation/units.ts";
import type { Block, Properties, Target, Writer } from "../backend.ts";
import type { BlobAddress, BlobCall, BlobClient } from "./blob-client.ts";
import { BlockIds, blockListBody, scanBlockList } from "./block-list.ts";
import { propertyHeaders } from "./property-headers.ts";

export interface BlobWriterParts {
  readonly client: BlobClient;
  readonly at: BlobAddress;
  readonly target: Target;
  readonly blocks: readonly Block[];
  /** Headers by which the commit keeps to the target's expectation. */
  readonly condition: Readonly<Record<string, string>>;
  readonly jobId: string;
}

/** As many as the connections allow: blocks may come in any order. */
const blocksAtOnce = 50_000;
/** 100,000 uncommitted and 50,000 committed blocks, each of some 120 characters. */
const blockListBytesMax = 64 * MiB;
const needs = "Write (w)";

/**
 * A block blob out of Put Block and Put Block List. Until the commit nothing is visible, and what was there before
 * stands; nothing that the service holds is ever deleted: blocks that are never committed it drops after a week.
 */
export class BlobWriter implements Writer {
  readonly blocksAtOnce = blocksAtOnce;
  readonly #parts: BlobWriterParts;
  readonly #ids: BlockIds;

  constructor(parts: BlobWriterParts) {
    const { jobId, target } = parts;
    this.#parts = parts;
    this.#ids = new BlockIds(jobId, target.part, target.index);
  }

  async delivered(signal: AbortSignal): Promise<ReadonlySet<number> | "committed"> {
    const { client, blocks } = this.#parts;
    const call = this.#listCall();
    const response = await client.send(call, signal);
    // A SAS that may only write cannot ask: then every block is sent again, which is harmless.
    if (response.status === 404 || response.status === 403) return new Set();
    if (response.status >= 300) throw client.failure(call, response);
    const { committed, uncommitted } = scanBlockList(response.body);
    const isOurs = (block: Block, index: number): boolean =>
      committed[index]?.id === this.#ids.of(block.index) && committed[index]?.bytes === block.range.length;
    if (committed.length === blocks.length && blocks.length > 0 && blocks.every(isOurs)) return "committed";
    const bytesById = new Map(uncommitted.map((block) => [block.id, block.bytes]));
    const held = blocks.filter((block) => bytesById.get(this.#ids.of(block.index)) === block.range.length);
    return new Set(held.map((block) => block.index));
  }

  async deliver(block: Block, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { client, at } = this.#parts;
    const id = encodeURIComponent(this.#ids.of(block.index));
    const query = `comp=block&blockid=${id}`;
    await client.expect({ method: "PUT", at, query, body: bytes, what: "write a block of", needs }, signal);
  }

  async readBack(): Promise<void> {
    throw new StorageError("Unsupported", "the Blob service gives no uncommitted block back.");
  }

  /** An answered Put Block is durable. */
  async settle(): Promise<void> {}

  async commit(properties: Properties, signal: AbortSignal): Promise<void> {
    const { client, at, blocks, condition } = this.#parts;
    const call: BlobCall = {
      method: "PUT",
      at,
      query: "comp=blocklist",
      headers: { ...propertyHeaders(properties), ...condition },
      body: blockListBody(blocks.map((block) => this.#ids.of(block.index))),
      what: "commit",
      needs,
    };
    const response = await client.send(call, signal);
    if (response.status < 300) return;
    const error = client.failure(call, response);
    if (mayBeCommitted(error) && (await this.#isCommitted(signal))) return;
    throw error;
  }

  async suspend(): Promise<void> {}

  /** The service cannot forget single blocks, and deleting the blob would take what stood there before. */
  async abandon(): Promise<void> {}

  async #isCommitted(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.delivered(signal)) === "committed";
    } catch (error) {
      if (error instanceof StorageError && error.code !== "Cancelled") return false;
      throw error;
    }
  }

  #listCall(): BlobCall {
    const query = "comp=blocklist&blocklisttype=all";
    const { at } = this.#parts;
    return {
      method: "GET",
      at,
      query,
      bodyBytesMax: blockListBytesMax,
      what: "list the blocks of",
      needs: "Read (r)",
    };
  }
}

/**
 * What a commit is told whose first reply was lost: the blob is there, or is no longer the one expected, or its
 * blocks are no longer uncommitted. Ours are told apart by their ids.
 */
const mayBeCommitted = ({ status, serviceCode }: StorageError): boolean =>
  status === 409 || status === 412 || serviceCode === "InvalidBlockList";
