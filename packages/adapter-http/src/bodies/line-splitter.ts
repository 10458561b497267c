import { GatheredBytes } from './gathered-bytes.ts';

const newline = 0x0a;

/** A line without its end; undefined if it was too long, and therefore not kept. */
export type Line = Buffer | undefined;

/** Cuts bytes into lines as they arrive. Between chunks it holds at most one line, of at most `maxBytes` bytes. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The line whose end has not arrived. */
  readonly #begun = new GatheredBytes();
  #isLong = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Calls `take` with every line that ends in the chunk. Lines may share the memory of the chunk. */
  split(chunk: Buffer, take: (line: Line) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#append(chunk.subarray(start, end));
      take(this.#takeLine());
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
  }

  /** Calls `take` with the last line, which has no line break. */
  end(take: (line: Line) => void): void {
    take(this.#takeLine());
  }

  #append(piece: Buffer): void {
    this.#isLong ||= this.#begun.length + piece.length > this.#maxBytes;
    if (this.#isLong) this.#begun.clear();
    else this.#begun.append(piece);
  }

  #takeLine(): Line {
    const isLong = this.#isLong;
    this.#isLong = false;
    const line = this.#begun.take();
    return isLong ? undefined : line;
  }
}
