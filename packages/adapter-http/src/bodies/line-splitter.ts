import { GatheredBytes } from './gathered-bytes.ts';

const newline = 0x0a;

/** A line without its end; undefined stands for one that is too long, of which nothing was kept. */
export type Line = Buffer | undefined;

/** Cuts bytes into lines as they arrive. Between chunks it holds at most one line, of `longest` bytes. */
export class LineSplitter {
  readonly #longest: number;
  /** The pieces of the line whose end has not arrived. */
  readonly #begun: GatheredBytes = new GatheredBytes();
  #isLong = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Hands out every line that ends in the chunk, which may share its memory. */
  split(chunk: Buffer, each: (line: Line) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#append(chunk.subarray(start, end));
      each(this.#take());
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
  }

  /** Hands out the last line, which nothing ends. */
  end(each: (line: Line) => void): void {
    each(this.#take());
  }

  #append(piece: Buffer): void {
    this.#isLong ||= this.#begun.length + piece.length > this.#longest;
    if (this.#isLong) this.#begun.clear();
    else this.#begun.append(piece);
  }

  #take(): Line {
    const isLong = this.#isLong;
    this.#isLong = false;
    const line = this.#begun.take();
    return isLong ? undefined : line;
  }
}
