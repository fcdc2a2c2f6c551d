/** Block buffers used again and again: allocating 8 MiB a block keeps the garbage collector and the kernel busy. */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array[]>();
  #bytesMax: number;
  #freeBytes = 0;
  #lentBytes = 0;

  /** `bytesMax`: how much may be lent and lie idle together; the rest is left to the garbage collector. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Lowering it takes effect as buffers come back. */
  set bytesMax(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Lent and idle. */
  get heldBytes(): number {
    return this.#lentBytes + this.#freeBytes;
  }

  /** A buffer of at least `bytes`, its content undefined. It is the caller who limits how much is lent. */
  take(bytes: number): Uint8Array {
    const size = sizeClass(bytes);
    this.#lentBytes += size;
    const buffer = this.#free.get(size)?.pop();
    if (buffer !== undefined) {
      this.#freeBytes -= size;
      return buffer;
    }
    this.#makeRoom();
    // A plain array, since a Buffer's slice() is a view where everybody expects a copy.
    return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
  }

  /** Gives back what take() gave. Nobody may touch it afterwards. */
  give(buffer: Uint8Array): void {
    const size = buffer.length;
    this.#lentBytes -= size;
    if (this.heldBytes + size > this.#bytesMax) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#freeBytes += size;
  }

  /** Idle buffers of sizes that nobody asks for must not add to what is lent. */
  #makeRoom(): void {
    for (const [size, list] of this.#free) {
      while (list.length > 0 && this.heldBytes > this.#bytesMax) {
        list.pop();
        this.#freeBytes -= size;
      }
    }
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
