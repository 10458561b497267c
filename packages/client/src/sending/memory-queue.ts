import { checkNumbers } from '../shared/check-numbers.ts';
import { type ActivityQueue, QueueFullError } from './activity-queue.ts';
import { utf8Length } from './utf8-length.ts';

/** The limits of a queue in memory. */
export interface QueueLimits {
  /** The maximum number of activities. Default: 10,000. */
  readonly maxCount?: number | undefined;
  /** The maximum size of all activities in bytes, as JSON in UTF-8. Default: 16 MiB. */
  readonly maxBytes?: number | undefined;
}

/** An activity queue in memory. Its activities are lost when the process ends. */
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
    const bytes = utf8Length(text);
    if (this.count >= this.#maxCount) throw new QueueFullError(`${this.#maxCount} activities`);
    if (this.#bytes + bytes > this.#maxBytes) throw new QueueFullError(`${this.#maxBytes} bytes`);
    this.#lines.push(text);
    this.#bytes += bytes;
  }

  first(maxCount: number, maxBytes: number): readonly string[] {
    const found: string[] = [];
    let bytes = 0;
    for (const text of this.#lines.slice(0, maxCount)) {
      bytes += utf8Length(text);
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(text);
    }
    return found;
  }

  remove(count: number): void {
    for (const text of this.#lines.splice(0, count)) this.#bytes -= utf8Length(text);
  }

  close(): void {}
}
