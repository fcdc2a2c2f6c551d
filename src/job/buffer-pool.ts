/** Block buffers used again and again: allocating 8 MiB a block keeps the garbage collector and the kernel busy. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>();
  readonly #freeBytesMax: number;
  #freeBytes = 0;

  /** `freeBytesMax`: how much may lie idle; what comes back beyond that is left to the garbage collector. */
  constructor(freeBytesMax: number) {
    this.#freeBytesMax = freeBytesMax;
  }

  /** A buffer of at least `bytes`, its content undefined. */
  take(bytes: number): Uint8Array {
    const size = sizeClass(bytes);
    const buffer = this.#free.get(size)?.pop();
    // A plain array, since a Buffer's slice() is a view where everybody expects a copy.
    if (buffer === undefined) return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    this.#freeBytes -= size;
    return buffer;
  }

  /** Gives back what take() gave. Nobody may touch it afterwards. */
  give(buffer: Uint8Array): void {
    const size = buffer.length;
    if (this.#freeBytes + size > this.#freeBytesMax) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#freeBytes += size;
  }
}

const smallestBytes = 4 * 1024;
const steppedAboveBytes = 1024 * 1024;

/** Powers of two up to 1 MiB, whole MiB above: a block size chosen by a user wastes at most one MiB. */
export function sizeClass(bytes: number): number {
  if (bytes > steppedAboveBytes) return Math.ceil(bytes / steppedAboveBytes) * steppedAboveBytes;
  let size = smallestBytes;
  while (size < bytes) size *= 2;
  return size;
}
