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
const pattern = /^(\d{12})\.ndjson$/;

/** Lines of a segment, and the number of bytes of each with its line break. */
export interface Lines {
  readonly texts: readonly string[];
  readonly sizes: readonly number[];
}

/** A file of the spool: one activity as JSON in each line. Only the process that made it appends to it. */
export class Segment {
  readonly number: number;
  /** The bytes of whole lines. What follows was cut off by the end of a process. */
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

  /** Makes a new file. */
  static make(folder: string, number: number): Segment {
    return new Segment(folder, number, 'wx+');
  }

  /** Opens the file of an earlier process. */
  static open(folder: string, number: number): Segment {
    return new Segment(folder, number, 'r');
  }

  /** Returns the number of a segment, or undefined for the name of another file. */
  static numberIn(fileName: string): number | undefined {
    const [, digits] = pattern.exec(fileName) ?? [];
    return digits === undefined ? undefined : Number(digits);
  }

  /** Returns whether a line begins at an offset. */
  hasLineAt(offset: number): boolean {
    const before = Buffer.alloc(1);
    return offset === 0 || (readSync(this.#file, before, 0, 1, offset - 1) === 1 && before[0] === lineBreak);
  }

  /** Finds the end of the last whole line. Returns the number of lines from `offset` on. */
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

  /** Appends a line, and syncs it if asked to. If that fails, nothing of the line stays. */
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

  /** Reads whole lines from an offset on: one at least, if there is one. */
  read(offset: number, maxCount: number, maxBytes: number): Lines {
    const left = this.size - offset;
    for (let length = Math.min(left, maxBytes); length > 0; length = Math.min(left, length * 2)) {
      const buffer = Buffer.allocUnsafe(length);
      const bytes = readSync(this.#file, buffer, 0, length, offset);
      if (bytes < length) throw new SpoolError(`The spool was cut off by another program: ${this.#path}.`);
      // Beyond the limit, a longer line comes alone.
      const lines = linesIn(buffer, length > maxBytes ? 1 : maxCount);
      if (lines.texts.length > 0 || length === left) return lines;
    }
    return { texts: [], sizes: [] };
  }

  /** Resolves once the lines are on the disk. Tries again after a failure. */
  sync(): Promise<void> {
    this.#syncing = this.#syncing.catch(() => {}).then(() => promisify(fdatasync)(this.#file));
    return this.#syncing;
  }

  /** Closes the file after the last sync. */
  async close(): Promise<void> {
    await this.#syncing.catch(() => {});
    closeSync(this.#file);
  }

  /** Removes the file. Resolves once it is closed, too. */
  remove(): Promise<void> {
    try {
      unlinkSync(this.#path);
    } catch {
      // The next process sends its lines again, under their ids, and then removes it.
    }
    return this.close();
  }

  /** Removes what follows the whole lines. */
  #cutOff(): void {
    try {
      ftruncateSync(this.#file, this.size);
    } catch {
      // The next line overwrites it.
    }
  }
}

function linesIn(buffer: Buffer, maxCount: number): Lines {
  const texts: string[] = [];
  const sizes: number[] = [];
  for (let start = 0; texts.length < maxCount; ) {
    const end = buffer.indexOf(lineBreak, start);
    if (end < 0) break;
    const text = buffer.toString('utf8', start, end);
    // A blank line, which a damaged disk may leave, would not count as an item of a batch.
    texts.push(text.trim() === '' ? 'null' : text);
    sizes.push(end + 1 - start);
    start = end + 1;
  }
  return { texts, sizes };
}
