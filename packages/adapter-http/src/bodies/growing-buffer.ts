const emptyBuffer = Buffer.alloc(0);
// Without this minimum, a body that arrives byte by byte would begin with a dozen smaller allocations.
const minAllocatedBytes = 16 * 1024;

/** Joins chunks to one buffer. A list of one-byte chunks would take a hundred times the memory of their bytes. */
export class GrowingBuffer {
  #bytes: Buffer = emptyBuffer;
  #length = 0;
  /** The memory that this object allocated. Undefined while the buffer is the caller's own, which is so for at most one piece. */
  #allocated: ArrayBuffer | undefined;

  get length(): number {
    return this.#length;
  }

  /** Appends a piece. Does not copy the first piece, so a body in one piece is never copied. */
  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) this.#bytes = piece;
    else {
      if (length > this.#bytes.length) this.#grow(Math.max(length, 2 * this.#length, minAllocatedBytes));
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** Removes all bytes, and returns them. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.clear();
    return bytes;
  }

  clear(): void {
    this.#bytes = emptyBuffer;
    this.#allocated = undefined;
    this.#length = 0;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(length);
    this.#bytes.copy(larger, 0, 0, this.#length);
    // Frees the old memory now. Otherwise, many bodies would take twice their bytes until the next garbage collection.
    this.#allocated?.transfer(0);
    this.#allocated = larger.buffer;
    this.#bytes = larger;
  }
}
