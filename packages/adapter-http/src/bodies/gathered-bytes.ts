const none = Buffer.alloc(0);
// Spares a body of single bytes a dozen smaller steps.
const minGrownLength = 16 * 1024;

/** Joins pieces of bytes. A client may send each byte in a chunk of its own, and chunks take a hundred times their bytes. */
export class GatheredBytes {
  #bytes: Buffer = none;
  #length = 0;
  /** The memory of the bytes, unless they are the first piece, which is not ours. */
  #grown: ArrayBuffer | undefined;

  get length(): number {
    return this.#length;
  }

  /** Keeps the first piece as it is, so that a body in one piece is never copied. */
  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) this.#bytes = piece;
    else {
      if (length > this.#bytes.length) this.#grow(Math.max(length, 2 * this.#length, minGrownLength));
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** Returns all bytes, and is empty again. */
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
    // Frees the memory now: until a collection of garbage, many bodies would hold twice their bytes.
    this.#grown?.transfer(0);
    this.#grown = larger.buffer;
    this.#bytes = larger;
  }
}
