import type { PartitionProgress } from '../ports/event-consumer.ts';

/**
 * What a store knows about the logs from which it was filled. A settled offset is the offset of a partition below which the store has handled
 * every record: each one is stored or a dead letter.
 *  - `empty`      the store has no activities and no settled offsets;
 *  - `untracked`  it has activities, but all were stored by a version that kept neither origins nor settled offsets;
 *  - `tracked`    it has settled offsets of a log, or an activity with an origin. Activities with origins but without settled offsets come
 *                 from a backup that lost the offsets.
 */
export type SettledHistory = 'empty' | 'untracked' | 'tracked';

/**
 * Thrown if a log does not continue where the settled offsets of the store end: it ends before them, it begins after them, or it is not the
 * log that the store knows. Retrying does not help.
 */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
}

/**
 * Returns whether this is the first start after an upgrade from a version without settled offsets: the store is untracked, and no commit of
 * the consumer group has a mark (see `PartitionProgress`). In this case, the older version has stored all records below the committed offsets.
 * Only newer versions mark their commits. So if a commit has a mark, an untracked store is a backup from before the upgrade, and the committed
 * offsets do not apply to it. A single mark decides this, because old and new members may run at the same time during an upgrade.
 */
export const isUpgrade = (history: SettledHistory, partitions: readonly PartitionProgress[]): boolean =>
  history === 'untracked' && !partitions.some(({ isMarked }) => isMarked);

/**
 * Returns the number of offsets from the settled offset of a partition to the oldest record that the log still holds. Records at these offsets
 * were never stored and can't be read any more. Throws LogMismatch if the partition ends before its settled offset.
 */
export function missingOffsets({ partition, oldest, end }: PartitionProgress, settled: number): number {
  if (end < settled)
    throw new LogMismatch(
      `Partition ${partition} of the log ends at offset ${end}, but the store has settled it up to offset ${settled}. ` +
        `The log has lost records, or it is another log. If it is another log, or if the loss is accepted, ` +
        `remove the topic from the store's list of topics: then the log is read from its beginning.`,
    );
  return Math.max(0, oldest - settled);
}
