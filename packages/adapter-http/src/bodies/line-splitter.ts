import { GrowingBuffer } from './growing-buffer.ts';

export const newline = 0x0a;

/** A line without its line feed. Undefined if the line was too long. */
export type Line = Buffer | undefined;

/** Splits chunks of bytes into lines. Between two chunks, it holds at most one line, of at most `maxBytes` bytes. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The bytes of the current line that have arrived so far. */
  readonly #unfinishedLine = new GrowingBuffer();
  #isTooLong = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Yields every line that ends in the chunk. A line may share memory with the chunk. */
  *split(chunk: Buffer): Generator<Line, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#append(chunk.subarray(start, end));
      yield this.endLine();
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
  }

  /** Ends the current line, and returns it. */
  endLine(): Line {
    const isTooLong = this.#isTooLong;
    this.#isTooLong = false;
    const line = this.#unfinishedLine.take();
    return isTooLong ? undefined : line;
  }

  #append(piece: Buffer): void {
    this.#isTooLong ||= this.#unfinishedLine.length + piece.length > this.#maxBytes;
    if (this.#isTooLong) this.#unfinishedLine.clear();
    else this.#unfinishedLine.append(piece);
  }
}
