import { GatheredBytes } from './gathered-bytes.ts';

const newline = 0x0a;

/** A line without its line feed, or undefined if the line was too long. */
export type Line = Buffer | undefined;

/** Splits chunks of bytes into lines. Between two chunks, it holds at most one line, of at most `maxBytes` bytes. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not arrived. */
  readonly #beginning = new GatheredBytes();
  #isLong = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Yields every line that ends in the chunk. Lines may share the memory of the chunk. */
  *split(chunk: Buffer): Generator<Line, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#append(chunk.subarray(start, end));
      yield this.end();
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
  }

  /** Ends the line, and returns it. */
  end(): Line {
    const isLong = this.#isLong;
    this.#isLong = false;
    const line = this.#beginning.take();
    return isLong ? undefined : line;
  }

  #append(piece: Buffer): void {
    this.#isLong ||= this.#beginning.length + piece.length > this.#maxBytes;
    if (this.#isLong) this.#beginning.clear();
    else this.#beginning.append(piece);
  }
}
