import { checkedStart } from './batch-header.ts';

const maxBatches = 1000;

/** Counts how often each damaged batch was read. Keeps the counts of at most 1,000 batches, those that were read last. */
export class FaultCounts {
  readonly #counts: Map<string, number> = new Map();

  /** Counts that a damaged batch was read once more. Returns how often it has been read so far. */
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

  /** Removes the count of a batch that turned out to be undamaged, or whose damage is known to be permanent. */
  forget(batch: Buffer): void {
    if (this.#counts.size > 0) this.#counts.delete(keyOf(batch));
  }
}

/** Identifies a batch by the fields before the checked bytes: first offset, length, epoch of the leader, format and checksum. */
const keyOf = (batch: Buffer): string => batch.toString('latin1', 0, checkedStart);
