import type { StoreTally } from '@user-activity/application';
import {
  type ActivityRepository,
  type Clock,
  DeadLetterCode,
  type DeadLetterQueue,
  type LogRecord,
  type OutageObserver,
  recordOutcomes,
} from '@user-activity/domain';
import { attributesBy, counter, histogram, countBounds } from './meter.ts';

// The names of metrics and attributes that the health history reads.
export const outcomesMetric = 'user_activity.consumer.outcomes';
export const outcomeAttribute = 'user_activity.outcome';
export const deadLettersMetric = 'user_activity.dead_letters';
export const storedAfterMetric = 'user_activity.accepted_to_stored.duration';

const outcomeAttributes = attributesBy(outcomeAttribute);
const codeAttributes = attributesBy('user_activity.dead_letter.code');

/** Returns a function that measures a handled batch: its number of records, and the number with each outcome, which is in `tally`. */
export function storingMetrics(): (tally: StoreTally, records: readonly LogRecord[]) => void {
  const batchSizes = histogram(
    'user_activity.consumer.batch.records',
    '{record}',
    'Records of one partition handled in one batch',
    countBounds,
  );
  const outcomes = counter(
    outcomesMetric,
    '{record}',
    'Records of the log, by outcome',
    recordOutcomes.map(outcomeAttributes),
  );
  return (tally, records) => {
    batchSizes.record(records.length);
    for (const outcome of recordOutcomes) outcomes.add(tally[outcome], outcomeAttributes(outcome));
  };
}

// Bucket boundaries in seconds. They go up to a day, because an outage can last hours, and a new group reads old records.
const delayBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 86_400];

/** Wraps the `save` of the repository to measure the time from the acceptance of each activity until it was stored. */
export function withSaveMetrics(
  repository: Pick<ActivityRepository, 'save'>,
  clock: Clock,
): Pick<ActivityRepository, 'save'> {
  const delays = histogram(
    storedAfterMetric,
    's',
    'Time from the acceptance of an activity until it was stored, in seconds',
    delayBounds,
  );
  return {
    async save(activities, origins) {
      const outcomes = await repository.save(activities, origins);
      const now = clock.now();
      // The difference may be negative: the clock of the machine that accepted the activity may be ahead.
      for (const [index, { receivedAt }] of activities.entries())
        if (outcomes[index] === 'stored') delays.record(Math.max(0, now - receivedAt) / 1000);
      return outcomes;
    },
  };
}

/** Wraps the queue to count the dead letters added to it, by code. */
export function withDeadLetterMetrics(queue: DeadLetterQueue): DeadLetterQueue {
  const additions = counter(
    deadLettersMetric,
    '{record}',
    'Records added to the dead letters, by reason',
    DeadLetterCode.all.map(codeAttributes),
  );
  return {
    async add(deadLetters) {
      await queue.add(deadLetters);
      for (const { code } of deadLetters) additions.add(1, codeAttributes(code));
    },
  };
}

/** Wraps an observer to count the failed attempts to use the store or the log. */
export function withOutageMetrics(dependency: 'store' | 'log', observer: OutageObserver): OutageObserver {
  const attributes = { 'user_activity.dependency': dependency };
  const failures = counter(
    'user_activity.outage.failures',
    '{attempt}',
    'Failed attempts of the consumer to use the store or the log, each of which is retried',
    [attributes],
  );
  return {
    failed(error, count) {
      failures.add(1, attributes);
      observer.failed(error, count);
    },
    recovered: (count) => observer.recovered(count),
  };
}
