import type { EventConsumer, PartitionProgress } from '@user-activity/domain';
import { meter } from './meter.ts';

// Several Prometheus servers and people may scrape at the same time: the log is asked once for all of them.
const freshMs = 3000;

/**
 * Measures the lag of the consumer's group in each partition. There is no value while the log does not answer, because an old
 * value would suggest that all is well.
 */
export function measureLag(consumer: Pick<EventConsumer, 'progress'>): void {
  let asked: { readonly at: number; readonly answer: Promise<readonly PartitionProgress[]> } | undefined;
  const progress = (): Promise<readonly PartitionProgress[]> => {
    const now = performance.now();
    if (asked === undefined || now - asked.at > freshMs)
      asked = { at: now, answer: consumer.progress().catch(() => []) };
    return asked.answer;
  };
  meter()
    .createObservableGauge('user_activity.consumer.lag', {
      unit: '{record}',
      description: 'Records that the group has not handled yet, by partition of this member',
    })
    .addCallback(async (result) => {
      for (const { partition, committed, end } of await progress())
        result.observe(Math.max(0, end - committed), {
          'messaging.destination.partition.id': String(partition),
        });
    });
}
