import type { BatchReceipt } from '@user-activity/application';
import { counter } from './meter.ts';

/** The name of the metric that counts accepted activities. */
export const acceptedMetric = 'user_activity.activities.accepted';

/** Returns two functions. `single` counts one accepted activity. `batch` counts the accepted and rejected activities of a batch. */
export function acceptanceMetrics() {
  const accepted = counter(acceptedMetric, '{activity}', 'Activities accepted and confirmed by the log');
  const rejected = counter(
    'user_activity.activities.rejected',
    '{activity}',
    'Batch items refused because they break a rule',
  );
  return {
    single: () => accepted.add(1),
    batch: (receipt: BatchReceipt): void => {
      accepted.add(receipt.accepted);
      rejected.add(receipt.rejected.length);
    },
  };
}
