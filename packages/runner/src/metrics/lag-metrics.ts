import type { EventConsumer, PartitionProgress } from '@user-activity/domain';
import { meter } from './meter.ts';

// Scrapes come from several Prometheus servers, and from people: the log is asked once for all of these.
const freshMs = 3000;

/**
 * Measures how many records of each partition the consumer's group has yet to deal with. While the log does not answer there is no
 * number: an old one would say that all is well.
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
