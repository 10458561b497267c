import type { ProjectSweep } from '@user-activity/application';
import { counter } from './meter.ts';

const ageAttributes = { 'user_activity.removal': 'age' };
const erasureAttributes = { 'user_activity.removal': 'erasure' };
const userAttributes = { 'user_activity.removal': 'user-erasure' };

/** Returns a function that counts the activities that a sweep removed, by reason. It ignores 'under way', which means that another process sweeps. */
export function projectSweepMetrics(): (sweep: ProjectSweep | 'under way') => void {
  const removed = counter(
    'user_activity.activities.removed',
    '{activity}',
    'Activities removed from the store or anonymised, because of their age or the erasure of their project or user',
    [ageAttributes, erasureAttributes, userAttributes],
  );
  return (sweep) => {
    if (sweep === 'under way') return;
    removed.add(sweep.expired, ageAttributes);
    removed.add(sweep.erased, erasureAttributes);
    removed.add(sweep.forgotten, userAttributes);
  };
}
