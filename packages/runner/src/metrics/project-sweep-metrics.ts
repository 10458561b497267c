import type { ProjectSweep } from '@user-activity/application';
import { counter } from './meter.ts';

const ageAttributes = { 'user_activity.removal': 'age' };
const erasureAttributes = { 'user_activity.removal': 'erasure' };

/** Returns a function that counts the activities that a sweep of projects removed. */
export function projectSweepMetrics(): (sweep: ProjectSweep | 'under way') => void {
  const removed = counter(
    'user_activity.activities.removed',
    '{activity}',
    'Activities removed from the store, because of their age or the erasure of their project',
    [ageAttributes, erasureAttributes],
  );
  return (sweep) => {
    if (sweep === 'under way') return;
    removed.add(sweep.expired, ageAttributes);
    removed.add(sweep.erased, erasureAttributes);
  };
}
