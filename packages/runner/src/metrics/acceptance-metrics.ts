import type { BatchReceipt } from '@user-activity/application';
import { counter } from './meter.ts';

export const acceptedName = 'user_activity.activities.accepted';

/** Returns functions that count accepted and rejected activities: `single` counts one accepted activity, `batch` those of a receipt. */
export function acceptanceMetrics() {
  const accepted = counter(
    acceptedName,
    '{activity}',
    'Activities accepted: the log holds them, and the caller was told so',
  );
  const rejected = counter(
    'user_activity.activities.rejected',
    '{activity}',
    'Items of batches refused because they break a rule',
  );
  return {
    single: () => accepted.add(1),
    batch: (receipt: BatchReceipt): void => {
      accepted.add(receipt.accepted);
      rejected.add(receipt.rejected.length);
    },
  };
}
