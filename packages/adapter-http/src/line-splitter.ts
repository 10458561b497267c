const newline = 0x0a;

/** A line without its end; undefined stands for one that is too long, of which nothing was kept. */
export type Line = Buffer | undefined;

/** Cuts bytes into lines as they arrive. Between chunks it holds at most one line, of `longest` bytes. */
export class LineSplitter {
  readonly #longest: number;
  /** Of the line whose end has not arrived. */
  #pieces: Buffer[] = [];
  #length = 0;

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
    this.#length += piece.length;
    if (this.#length <= this.#longest) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  #take(): Line {
    const [first = Buffer.alloc(0), ...more] = this.#pieces;
    const line = more.length === 0 ? first : Buffer.concat(this.#pieces);
    const isLong = this.#length > this.#longest;
    this.#pieces = [];
    this.#length = 0;
    return isLong ? undefined : line;
  }
}
