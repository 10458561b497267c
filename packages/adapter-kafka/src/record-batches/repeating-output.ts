import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';

const bytesOfTurn = 1024 * 1024;

/** The output of decompressing LZ4 or snappy: bytes of the input, and repetitions of earlier output. */
export class RepeatingOutput {
  readonly #maxBytes: number;
  #bytes: Buffer;
  #length = 0;
  #pauseAt: number = bytesOfTurn;

  constructor(expectedBytes: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.allocUnsafe(Math.min(expectedBytes, maxBytes));
  }

  get length(): number {
    return this.#length;
  }

  /** Returns the output, in a buffer of exactly its length. */
  toBuffer(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    return this.#length === this.#bytes.length ? bytes : Buffer.from(bytes);
  }

  /** Adds the next bytes of the block. Throws UnreadableBytes if the block has fewer, TooManyBytes if the output exceeds its limit. */
  append(block: ByteReader, length: number): void {
    const start = block.skip(length);
    const to = this.#grow(length);
    block.bytes.copy(this.#bytes, to, start, start + length);
  }

  /** Repeats earlier output. The two may overlap: at a distance of 1, the last byte is repeated. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length)
      throw new UnreadableBytes('it refers to bytes before its beginning');
    const to = this.#grow(length);
    const from = to - distance;
    // The piece to copy grows each time.
    for (let done = 0; done < length; ) {
      const piece = Math.min(distance + done, length - done);
      this.#bytes.copyWithin(to + done, from, from + piece);
      done += piece;
    }
  }

  /** Gives the event loop a turn after much output, or much input. */
  async pause(block: ByteReader): Promise<void> {
    await nextTurn();
    this.#pauseAt = this.#length + block.position + bytesOfTurn;
  }

  isPauseDue(block: ByteReader): boolean {
    return this.#length + block.position >= this.#pauseAt;
  }

  #grow(length: number): number {
    const start = this.#length;
    const end = start + length;
    if (end > this.#maxBytes) throw new TooManyBytes(this.#maxBytes);
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#maxBytes, 2 * end));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    this.#length = end;
    return start;
  }
}
