import { checkNumbers } from '../shared/check-numbers.ts';
import { type ActivityQueue, QueueFullError } from './activity-queue.ts';
import { bytesIn } from './bytes-in.ts';

/** The limits of a queue in memory. */
export interface QueueLimits {
  /** Default: 10,000 activities. */
  readonly maxCount?: number | undefined;
  /** Default: 16 MiB of JSON. */
  readonly maxBytes?: number | undefined;
}

/** A queue that ends with the process. */
export class MemoryQueue implements ActivityQueue {
  readonly isDurable = false;
  readonly #maxCount: number;
  readonly #maxBytes: number;
  readonly #lines: string[] = [];
  #bytes = 0;

  constructor({ maxCount = 10_000, maxBytes = 16 * 1024 * 1024 }: QueueLimits = {}) {
    checkNumbers(1, { maxCount, maxBytes });
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  get count(): number {
    return this.#lines.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(text: string): void {
    const bytes = bytesIn(text);
    if (this.count >= this.#maxCount) throw new QueueFullError(`${this.#maxCount} activities`);
    if (this.#bytes + bytes > this.#maxBytes) throw new QueueFullError(`${this.#maxBytes} bytes`);
    this.#lines.push(text);
    this.#bytes += bytes;
  }

  first(maxCount: number, maxBytes: number): readonly string[] {
    const found: string[] = [];
    let sum = 0;
    for (const text of this.#lines.slice(0, maxCount)) {
      sum += bytesIn(text);
      if (found.length > 0 && sum > maxBytes) break;
      found.push(text);
    }
    return found;
  }

  remove(count: number): void {
    for (const text of this.#lines.splice(0, count)) this.#bytes -= bytesIn(text);
  }

  close(): void {}
}
