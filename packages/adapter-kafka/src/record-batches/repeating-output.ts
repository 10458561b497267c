import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';

const bytesOfTurn = 1024 * 1024;

/** What a block of LZ4 or snappy decompresses to: pieces of its own bytes, and repetitions of what came out before. */
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

  /** The bytes that came out, in a buffer that is no longer than they are. */
  toBuffer(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    return this.#length === this.#bytes.length ? bytes : Buffer.from(bytes);
  }

  /** Adds the next bytes of the block. Throws UnreadableBytes if it has fewer, TooManyBytes if that is more than is read. */
  append(block: ByteReader, length: number): void {
    const start = block.skip(length);
    const to = this.#grow(length);
    block.bytes.copy(this.#bytes, to, start, start + length);
  }

  /** Adds bytes that came out before. They may reach into themselves: at a distance of 1 the last byte is repeated. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length)
      throw new UnreadableBytes('it refers to bytes before its beginning');
    const to = this.#grow(length);
    const from = to - distance;
    // Each time there is a longer piece to copy.
    for (let done = 0; done < length; ) {
      const piece = Math.min(distance + done, length - done);
      this.#bytes.copyWithin(to + done, from, from + piece);
      done += piece;
    }
  }

  /** Lets the event loop turn if much came out, or much of the block was read, since it last did. */
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
