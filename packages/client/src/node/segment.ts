import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SpoolError } from './spool-error.ts';

const lineBreak = 0x0a;
const scanBytes = 1024 * 1024;
const fileNamePattern = /^(\d{12})\.ndjson$/;

/** Lines of a segment. */
export interface Lines {
  readonly texts: readonly string[];
  /** The size of each line in bytes, including its line break. */
  readonly sizes: readonly number[];
}

/** A file of the spool. Each line is an activity as JSON. Only the process that created the file appends to it. */
export class Segment {
  readonly number: number;
  /** The size of all complete lines, in bytes. After them, the file may have a line that a process did not finish before it ended. */
  size = 0;
  readonly #path: string;
  readonly #file: number;
  #syncing: Promise<void> = Promise.resolve();

  private constructor(folder: string, number: number, flags: string) {
    this.number = number;
    this.#path = join(folder, `${String(number).padStart(12, '0')}.ndjson`);
    try {
      this.#file = openSync(this.#path, flags, 0o600);
    } catch (error) {
      throw new SpoolError(`The spool could not be opened: ${this.#path}.`, { cause: error });
    }
  }

  /** Creates a new segment. */
  static make(folder: string, number: number): Segment {
    return new Segment(folder, number, 'wx+');
  }

  /** Opens the segment of an earlier process. */
  static open(folder: string, number: number): Segment {
    return new Segment(folder, number, 'r');
  }

  /** Returns the number of the segment that has this file name, or undefined if it is not the name of a segment. */
  static numberIn(fileName: string): number | undefined {
    const [, digits] = fileNamePattern.exec(fileName) ?? [];
    return digits === undefined ? undefined : Number(digits);
  }

  /** Returns true if a line begins at the offset. */
  hasLineAt(offset: number): boolean {
    const before = Buffer.alloc(1);
    return offset === 0 || (readSync(this.#file, before, 0, 1, offset - 1) === 1 && before[0] === lineBreak);
  }

  /** Reads the whole file to find the end of the last complete line, and sets `size`. Returns the number of lines after `offset`. */
  scan(offset: number): number {
    const buffer = Buffer.alloc(scanBytes);
    let count = 0;
    for (let at = 0; ; ) {
      const bytes = readSync(this.#file, buffer, 0, buffer.length, at);
      if (bytes === 0) return count;
      for (
        let end = buffer.indexOf(lineBreak);
        end >= 0 && end < bytes;
        end = buffer.indexOf(lineBreak, end + 1)
      ) {
        this.size = at + end + 1;
        if (this.size > offset) count += 1;
      }
      at += bytes;
    }
  }

  /** Appends a line. With `syncs`, it is also synced to the disk. If this fails, no part of the line stays in the file. */
  append(line: Buffer, { syncs }: { readonly syncs: boolean }): void {
    try {
      for (let written = 0; written < line.length; )
        written += writeSync(this.#file, line, written, line.length - written, this.size + written);
      if (syncs) fdatasyncSync(this.#file);
    } catch (error) {
      this.#cutOff();
      throw new SpoolError(`The spool could not be written: ${this.#path}.`, { cause: error });
    }
    this.size += line.length;
  }

  /**
   * Reads complete lines after the offset: at most `maxCount`, and at most `maxBytes` in total. If the first line is longer than
   * `maxBytes`, reads that line alone.
   */
  read(offset: number, maxCount: number, maxBytes: number): Lines {
    const left = this.size - offset;
    for (let length = Math.min(left, maxBytes); length > 0; length = Math.min(left, length * 2)) {
      const buffer = Buffer.allocUnsafe(length);
      const bytes = readSync(this.#file, buffer, 0, length, offset);
      if (bytes < length)
        throw new SpoolError(`Another program truncated a file of the spool: ${this.#path}.`);
      // `length` exceeds `maxBytes` only if the first line is longer than `maxBytes`.
      const lines = splitLines(buffer, length > maxBytes ? 1 : maxCount);
      if (lines.texts.length > 0 || length === left) return lines;
    }
    return { texts: [], sizes: [] };
  }

  /** Resolves once all appended lines are on the disk. A failure of an earlier sync does not prevent this one. */
  sync(): Promise<void> {
    this.#syncing = this.#syncing.catch(() => {}).then(() => promisify(fdatasync)(this.#file));
    return this.#syncing;
  }

  /** Waits for the last sync, and closes the file. */
  async close(): Promise<void> {
    await this.#syncing.catch(() => {});
    closeSync(this.#file);
  }

  /** Deletes the file, and closes it. */
  remove(): Promise<void> {
    try {
      unlinkSync(this.#path);
    } catch {
      // The next process sends the lines again, with the same ids, and then deletes the file.
    }
    return this.close();
  }

  /** Removes an incomplete line at the end of the file. */
  #cutOff(): void {
    try {
      ftruncateSync(this.#file, this.size);
    } catch {
      // The next line overwrites the incomplete one.
    }
  }
}

function splitLines(buffer: Buffer, maxCount: number): Lines {
  const texts: string[] = [];
  const sizes: number[] = [];
  for (let start = 0; texts.length < maxCount; ) {
    const end = buffer.indexOf(lineBreak, start);
    if (end < 0) break;
    const text = buffer.toString('utf8', start, end);
    // A damaged disk may leave a blank line. The service skips blank lines, so its answer would have one item less than the batch.
    texts.push(text.trim() === '' ? 'null' : text);
    sizes.push(end + 1 - start);
    start = end + 1;
  }
  return { texts, sizes };
}
