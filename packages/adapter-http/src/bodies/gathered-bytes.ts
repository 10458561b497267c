const none = Buffer.alloc(0);
// A body of single bytes would otherwise begin with a dozen smaller allocations.
const minGrownLength = 16 * 1024;

/** Joins chunks to one buffer. A list of chunks could take a hundred times their bytes, because a client may send single bytes. */
export class GatheredBytes {
  #bytes: Buffer = none;
  #length = 0;
  /** The memory that this object allocated. Undefined while there is only the first piece, whose memory belongs to the caller. */
  #grown: ArrayBuffer | undefined;

  get length(): number {
    return this.#length;
  }

  /** Appends a piece. Does not copy the first piece, so a body in one piece is never copied. */
  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) this.#bytes = piece;
    else {
      if (length > this.#bytes.length) this.#grow(Math.max(length, 2 * this.#length, minGrownLength));
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
    this.#bytes = none;
    this.#grown = undefined;
    this.#length = 0;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(length);
    this.#bytes.copy(larger, 0, 0, this.#length);
    // Frees the old memory now. Until the next garbage collection, many bodies would take twice their bytes.
    this.#grown?.transfer(0);
    this.#grown = larger.buffer;
    this.#bytes = larger;
  }
}
