import { once } from "node:events";
import type { Writable } from "node:stream";

/**
 * Watches a stream that is written to without waiting. The answer to a call comes when all that was written has gone
 * out: what is written faster than it is read would pile up in memory. It is false once the reader has left
 * (`azcopy list … | head`), which otherwise is nothing that a job has to mind.
 */
export function watchOutput(stream: Writable): () => Promise<boolean> {
  let isOpen = true;
  stream.on("error", () => {
    isOpen = false;
  });
  return async () => {
    try {
      if (isOpen && stream.writableNeedDrain) await once(stream, "drain");
    } catch {
      isOpen = false;
    }
    return isOpen;
  };
}
