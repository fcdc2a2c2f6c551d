/** A set of block indexes, one bit each: 50,000 blocks take 6 KiB. */
export class BlockSet {
  #bits = new Uint8Array(8);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    const byte = this.#bits[index >> 3];
    return byte !== undefined && (byte & (1 << (index & 7))) !== 0;
  }

  add(index: number): void {
    if (this.has(index)) return;
    const at = index >> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (index & 7));
    this.#size++;
  }
}
