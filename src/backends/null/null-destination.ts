import { StorageError } from "../../foundation/errors.ts";
import type { Destination, Traits, Writer } from "../backend.ts";

const traits: Traits = {
  order: "utf8",
  folders: "virtual",
  caseSensitive: true,
  blockBytesMax: Number.MAX_SAFE_INTEGER,
  blockCountMax: Number.MAX_SAFE_INTEGER,
  putBytesMax: Number.MAX_SAFE_INTEGER,
};

const nothing = async (): Promise<void> => {};

const writer: Writer = {
  blocksAtOnce: 16,
  delivered: async () => new Set<number>(),
  deliver: nothing,
  readBack: async () => {
    throw new StorageError("Unsupported", "what went to the null device cannot be read back");
  },
  settle: nothing,
  commit: nothing,
  suspend: nothing,
  abandon: nothing,
};

/**
 * /dev/null or NUL as a destination (semantics 1.7): takes everything and keeps nothing, so that nothing ever
 * stands there.
 */
export function openNullDestination(): Destination {
  return {
    traits,
    async *list() {},
    stat: async () => undefined,
    hasChildren: async () => false,
    put: nothing,
    write: async () => writer,
    adopt: () => {},
    settle: nothing,
    close: nothing,
  };
}
