import type { Pacer } from "../foundation/pacer.ts";

/**
 * Bodies above this are handed to the connection in slices of it, so that the watchdog sees them move (also where
 * thirty connections share a line of one Mbit/s) and no connection holds an encrypted copy of a whole large body.
 * Half of it would cost a tenth of a second of CPU more for each GiB.
 */
export const bodySliceBytes = 128 * 1024;

export function* slicesOf(body: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at < body.length; at += bodySliceBytes) yield body.subarray(at, at + bodySliceBytes);
}

/** As slicesOf(), each slice when the pacer lets it pass. `pause` hears when a wait begins and ends. */
export async function* pacedSlicesOf(
  body: Uint8Array,
  pacer: Pacer,
  pause: (waiting: boolean) => void,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < body.length; ) {
    const slice = body.subarray(at, at + pacer.sliceBytes);
    const passes = pacer.pass(slice.length);
    if (passes !== undefined) {
      pause(true);
      await passes;
      pause(false);
    }
    yield slice;
    at += slice.length;
  }
}
