const none = Buffer.alloc(0);
// A body of single bytes would grow a dozen times before.
const minGrownLength = 16 * 1024;

/**
 * Bytes in one piece that arrive in many. It takes memory for the bytes alone: a client may send each in a chunk of its own, and to
 * keep the chunks would take a hundred times as much.
 */
export class GatheredBytes {
  #bytes: Buffer = none;
  #length = 0;
  /** The memory of the bytes, unless they are the first piece, which is not ours. */
  #grown: ArrayBuffer | undefined;

  get length(): number {
    return this.#length;
  }

  /** The first piece is kept as it is, so what comes in one is never copied. */
  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) this.#bytes = piece;
    else {
      if (length > this.#bytes.length) this.#grow(Math.max(length, 2 * this.#length, minGrownLength));
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  /** All of them, and is empty again. */
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
