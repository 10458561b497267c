import type { PartitionProgress } from '../ports/event-consumer.ts';

/**
 * How far a store has settled logs.
 *  - `empty`      it holds no activity, and has settled nothing;
 *  - `untracked`  it holds activities, all of a version that kept neither origins nor settled offsets;
 *  - `tracked`    it has settled offsets of some log, or an activity with an origin: then a backup has lost its settled offsets.
 */
export type SettledHistory = 'empty' | 'untracked' | 'tracked';

/**
 * The log does not continue where the store's settled offsets end. Retrying does not help: either the log has lost records, or it
 * is not the log that the store knows.
 */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
}

/**
 * Returns whether an older version filled the store up to the committed offsets of the group. A marked commit shows that a newer version has
 * joined the group. Then an untracked store is a backup of before the upgrade, and the committed offsets do not apply to it. One mark
 * suffices, because the members of a group may have different versions during an upgrade.
 */
export const isUpgrade = (history: SettledHistory, partitions: readonly PartitionProgress[]): boolean =>
  history === 'untracked' && !partitions.some(({ isMarked }) => isMarked);

/**
 * Returns the number of offsets between the settled offset and the oldest record that the log still holds. Records at these offsets
 * were never settled and can't be read any more. Throws LogMismatch if the partition ends before its settled offset.
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
