import { type ActivityQueue, QueueFullError } from './activity-queue.ts';

/** The limits of a queue in memory. */
export interface QueueLimits {
  /** Default: 10,000 activities. */
  readonly maxCount?: number | undefined;
  /** Default: 16 MiB of JSON. */
  readonly maxBytes?: number | undefined;
}

const encoder = new TextEncoder();

/** A queue that ends with the process. */
export class MemoryQueue implements ActivityQueue {
  readonly isDurable = false;
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #lines: { readonly text: string; readonly bytes: number }[] = [];
  /** The number of lines at the front that are removed. */
  #removed = 0;
  #bytes = 0;

  constructor({ maxCount = 10_000, maxBytes = 16 * 1024 * 1024 }: QueueLimits = {}) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#lines.length - this.#removed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(text: string): void {
    const bytes = encoder.encode(text).length;
    if (this.count >= this.#maxCount) throw new QueueFullError(`${this.#maxCount} activities`);
    if (this.#bytes + bytes > this.#maxBytes) throw new QueueFullError(`${this.#maxBytes} bytes`);
    this.#lines.push({ text, bytes });
    this.#bytes += bytes;
  }

  first(maxCount: number, maxBytes: number): readonly string[] {
    const found: string[] = [];
    let sum = 0;
    for (const { text, bytes } of this.#lines.slice(this.#removed, this.#removed + maxCount)) {
      sum += bytes;
      if (found.length > 0 && sum > maxBytes) break;
      found.push(text);
    }
    return found;
  }

  remove(count: number): void {
    const end = this.#removed + count;
    for (const { bytes } of this.#lines.slice(this.#removed, end)) this.#bytes -= bytes;
    this.#removed = end;
    // Copies the rest only now and then, so that each line is copied about once.
    if (this.#removed * 2 < this.#lines.length) return;
    this.#lines = this.#lines.slice(this.#removed);
    this.#removed = 0;
  }

  close(): void {}
}
