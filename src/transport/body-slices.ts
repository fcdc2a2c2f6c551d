/**
 * Bodies above this are handed to the connection in slices of it, so that the watchdog sees them move (also where
 * thirty connections share a line of one Mbit/s) and no connection holds an encrypted copy of a whole large body.
 * Half of it would cost a tenth of a second of CPU more for each GiB.
 */
export const bodySliceBytes = 128 * 1024;

/** The body in slices of bodySliceBytes. */
export function* slicesOf(body: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at < body.length; at += bodySliceBytes) yield body.subarray(at, at + bodySliceBytes);
}

/** As slicesOf(), each slice as large and as soon as `pacing` lets it pass. Ends by its error when that gives up. */
export async function* pacedSlicesOf(
  body: Uint8Array,
  pacing: SlicePacing,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < body.length; ) {
    const slice = body.subarray(at, at + pacing.sliceBytes());
    await pacing.pass(slice.length);
    yield slice;
    at += slice.length;
  }
}

export interface SlicePacing {
  sliceBytes(): number;
  pass(bytes: number): Promise<void> | undefined;
}
