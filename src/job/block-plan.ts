import { strict as assert } from "node:assert";
import type { Block, Traits } from "../backends/backend.ts";
import { MiB } from "../foundation/units.ts";

export const defaultBlockBytes = 8 * MiB;
const doubledUpToBytes = 256 * MiB;

export interface BlockRules {
  /** --block-size-mb, bytes; undefined: chosen by size. */
  readonly blockBytes: number | undefined;
  /** --put-blob-size-mb, bytes: objects up to this travel in one piece; undefined: the block size. */
  readonly putBytes: number | undefined;
}

/**
 * The block size of one object (semantics 4.1): what the user asked for; otherwise 8 MiB, doubled while the
 * object would need more blocks than the store takes, and above 256 MiB just large enough.
 */
export function blockBytesFor(bytes: number, rules: BlockRules, traits: Traits): number {
  const blockBytes = rules.blockBytes ?? automaticBlockBytes(bytes, traits);
  const wholeBytesMax = Math.min(rules.putBytes ?? blockBytes, traits.putBytesMax);
  // One block of at least the object's size means: in one piece.
  if (bytes <= wholeBytesMax) return Math.max(blockBytes, bytes);
  return Math.min(blockBytes, bytes - 1);
}

function automaticBlockBytes(bytes: number, traits: Traits): number {
  let blockBytes = defaultBlockBytes;
  while (bytes >= traits.blockCountMax * blockBytes) blockBytes *= 2;
  if (blockBytes > doubledUpToBytes) blockBytes = Math.ceil(bytes / traits.blockCountMax);
  return Math.min(blockBytes, traits.blockBytesMax);
}

/** The blocks of an object that travels in several. */
export function blocksOf(bytes: number, blockBytes: number): Block[] {
  assert(bytes > blockBytes && blockBytes > 0);
  const count = Math.ceil(bytes / blockBytes);
  return Array.from({ length: count }, (_, index) => {
    const offset = index * blockBytes;
    return { index, range: { offset, length: Math.min(blockBytes, bytes - offset) } };
  });
}
