import { checkedStart } from './batch-header.ts';

const maxBatches = 1000;

/** Counts how often each damaged batch was read. Remembers at most 1,000 batches, and forgets the oldest first. */
export class FaultCounts {
  readonly #counts: Map<string, number> = new Map();

  /** Counts a reading of a damaged batch. Returns the number of readings so far. */
  add(batch: Buffer): number {
    const key = keyOf(batch);
    const count = (this.#counts.get(key) ?? 0) + 1;
    // Deleted first, so that the batch becomes the newest.
    this.#counts.delete(key);
    this.#counts.set(key, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > maxBatches && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }

  /** Forgets a batch that was read without damage, or whose damage is known to stay. */
  forget(batch: Buffer): void {
    if (this.#counts.size > 0) this.#counts.delete(keyOf(batch));
  }
}

/** The fields before the checked bytes: the first offset, the length, the epoch of the leader, the format and the checksum. */
const keyOf = (batch: Buffer): string => batch.toString('latin1', 0, checkedStart);
