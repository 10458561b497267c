import type { EventConsumer, PartitionProgress } from '@user-activity/domain';
import { meter } from './meter.ts';

// Scrapes within this time share one request to the log.
const cacheMs = 3000;

/** Returns the progress of a consumer, or of its whole group, in each partition. */
export type ReadProgress = EventConsumer['progress'];

/**
 * Wraps `read` with a cache of 3 s, so that it is called at most every 3 s. The result has no partitions while the log is unreachable, because
 * an old value would hide the outage.
 */
export function cachedProgressReader(read: ReadProgress): ReadProgress {
  let cached:
    | { readonly atMs: number; readonly partitions: Promise<readonly PartitionProgress[]> }
    | undefined;
  return () => {
    const now = performance.now();
    if (cached === undefined || now - cached.atMs > cacheMs)
      cached = { atMs: now, partitions: read().catch(() => []) };
    return cached.partitions;
  };
}

/** Returns the number of records in a partition that the group has not handled yet. */
export const lagOf = ({ committed, end }: PartitionProgress): number => Math.max(0, end - committed);

/** Measures the lag of a member of the consumer group in each of its partitions. There are no values while the log is unreachable. */
export function measureLag(consumer: Pick<EventConsumer, 'progress'>): void {
  const read = cachedProgressReader(() => consumer.progress());
  meter()
    .createObservableGauge('user_activity.consumer.lag', {
      unit: '{record}',
      description: 'Records that the group has not handled yet, by partition of this member',
    })
    .addCallback(async (result) => {
      for (const progress of await read())
        result.observe(lagOf(progress), {
          'messaging.destination.partition.id': String(progress.partition),
        });
    });
}

/**
 * Measures the lag and the handled records of the whole consumer group, for a process without a consumer. The names of the metrics differ
 * from those of a member, so that a sum over all processes counts no partition twice. There are no values while the log is unreachable.
 */
export function measureGroup(read: ReadProgress): void {
  const observe = (name: string, description: string, valueOf: (partition: PartitionProgress) => number) =>
    meter()
      .createObservableGauge(name, { unit: '{record}', description })
      .addCallback(async (result) => {
        const partitions = await read();
        if (partitions.length > 0)
          result.observe(partitions.reduce((sum, partition) => sum + valueOf(partition), 0));
      });
  observe('user_activity.group.lag', 'Records that the group has not handled yet, in all partitions', lagOf);
  observe(
    'user_activity.group.handled',
    'Records that the group has handled since the topic was created, in all partitions',
    ({ committed }) => committed,
  );
}
