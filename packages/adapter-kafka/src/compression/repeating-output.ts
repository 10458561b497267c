import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ByteReader, TooManyBytes, UnreadableBytes } from '@user-activity/record-batch';

const bytesPerTurn = 1024 * 1024;

/** The output of an LZ4 or snappy decompressor, which consists of bytes of the input and repetitions of earlier output. */
export class RepeatingOutput {
  readonly #maxBytes: number;
  #bytes: Buffer;
  #length = 0;
  #pauseAt: number = bytesPerTurn;

  constructor(expectedBytes: number, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.allocUnsafe(Math.min(expectedBytes, maxBytes));
  }

  get length(): number {
    return this.#length;
  }

  /** Returns the output. Copies it if the buffer has unused space, to release that memory. */
  toBuffer(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#length);
    return this.#length === this.#bytes.length ? bytes : Buffer.from(bytes);
  }

  /** Appends the next bytes of the block. Throws UnreadableBytes if the block ends, and TooManyBytes at the output's limit. */
  append(block: ByteReader, length: number): void {
    const start = block.skip(length);
    const to = this.#grow(length);
    block.bytes.copy(this.#bytes, to, start, start + length);
  }

  /**
   * Appends `length` bytes of earlier output, from `distance` bytes before the end on. They may include bytes that this call appends: a
   * distance of 1 repeats the last byte.
   */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length)
      throw new UnreadableBytes('it refers to bytes before its beginning');
    const to = this.#grow(length);
    const from = to - distance;
    // Each copy may include the bytes of the previous one.
    for (let copied = 0; copied < length; ) {
      const size = Math.min(distance + copied, length - copied);
      this.#bytes.copyWithin(to + copied, from, from + size);
      copied += size;
    }
  }

  /** Gives the event loop a turn. Call it if `isPauseDue`, which is after each 1 MiB of input and output. */
  async pause(block: ByteReader): Promise<void> {
    await nextTurn();
    this.#pauseAt = this.#length + block.position + bytesPerTurn;
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
