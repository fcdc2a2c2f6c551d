import { strict as assert } from "node:assert";
import { createHash, type Hash } from "node:crypto";
import type { Block } from "../backends/backend.ts";

/** Fills `into` (of the block's length) with a block that has passed already. */
export type FetchBlock = (block: Block, into: Uint8Array) => Promise<void>;

/**
 * The MD5 of an object whose blocks pass by in any order. A block that comes in its turn is hashed from the
 * caller's buffer; one that came early is read again when its turn has come, from a file that is still in the
 * page cache. So no buffer is held back for the digest's sake, and no block waits for another.
 */
export class OrderedDigest {
  readonly #hash: Hash = createHash("md5");
  readonly #blocks: readonly Block[];
  readonly #passed: Uint8Array;
  #next = 0;
  #catchingUp = false;

  constructor(blocks: readonly Block[]) {
    this.#blocks = blocks;
    this.#passed = new Uint8Array(blocks.length);
  }

  /** The block's content is `bytes`: hashed now if its turn has come, otherwise remembered as having passed. */
  pass(block: Block, bytes: Uint8Array): void {
    this.#passed[block.index] = 1;
    if (block.index !== this.#next || this.#catchingUp) return;
    this.#hash.update(bytes);
    this.#next++;
  }

  /** The block need not travel again: an earlier run delivered it. */
  skip(block: Block): void {
    this.#passed[block.index] = 1;
  }

  /** Hashes what has passed and is in turn, reading it into `scratch`. One at a time: others return at once. */
  async catchUp(scratch: Uint8Array, fetch: FetchBlock): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      while (this.#passed[this.#next] === 1) {
        const block = this.#blocks[this.#next];
        assert(block !== undefined && block.range.length <= scratch.length);
        const bytes = scratch.subarray(0, block.range.length);
        await fetch(block, bytes);
        this.#hash.update(bytes);
        this.#next++;
      }
    } finally {
      this.#catchingUp = false;
    }
  }

  /** Whether every block has been hashed. */
  get complete(): boolean {
    return this.#next === this.#blocks.length;
  }

  /** Base64. Every block must have been hashed. */
  end(): string {
    assert(this.complete, "a digest of an object not wholly read");
    return this.#hash.digest("base64");
  }
}

/** Base64. */
export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}
