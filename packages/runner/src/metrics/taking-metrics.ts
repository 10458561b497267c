import type { BatchReceipt } from '@user-activity/application';
import { counter } from './meter.ts';

/** Counts the activities that `logActivity` and `logActivities` accepted and rejected. */
export function takingMetrics(): {
  readonly one: () => void;
  readonly many: (receipt: BatchReceipt) => void;
} {
  const accepted = counter(
    'user_activity.activities.accepted',
    '{activity}',
    'Activities accepted: the log holds them, and the caller was told so',
  );
  const rejected = counter(
    'user_activity.activities.rejected',
    '{activity}',
    'Items of batches refused because they break a rule',
  );
  return {
    one: () => accepted.add(1),
    many(receipt) {
      accepted.add(receipt.accepted);
      rejected.add(receipt.rejected.length);
    },
  };
}
