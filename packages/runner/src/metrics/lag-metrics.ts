import type { EventConsumer, PartitionProgress } from '@user-activity/domain';
import { meter } from './meter.ts';

export const lagName = 'user_activity.consumer.lag';

// Scrapes within this time share one request to the log.
const cacheMs = 3000;

/**
 * Measures the lag of the consumer's group in each partition. There is no value while the log is unreachable, because an old
 * value would hide the outage.
 */
export function measureLag(consumer: Pick<EventConsumer, 'progress'>): void {
  let cached:
    | { readonly atMs: number; readonly partitions: Promise<readonly PartitionProgress[]> }
    | undefined;
  const recentProgress = (): Promise<readonly PartitionProgress[]> => {
    const now = performance.now();
    if (cached === undefined || now - cached.atMs > cacheMs)
      cached = { atMs: now, partitions: consumer.progress().catch(() => []) };
    return cached.partitions;
  };
  meter()
    .createObservableGauge(lagName, {
      unit: '{record}',
      description: 'Records that the group has not handled yet, by partition of this member',
    })
    .addCallback(async (result) => {
      for (const { partition, committed, end } of await recentProgress())
        result.observe(Math.max(0, end - committed), {
          'messaging.destination.partition.id': String(partition),
        });
    });
}
