import type { LetterSweep } from '@user-activity/domain';
import { counter, gauge } from './meter.ts';

const ageAttributes = { 'user_activity.removal': 'age' };
const quotaAttributes = { 'user_activity.removal': 'quota' };

/**
 * Returns a function that counts the dead letters that a sweep removed. It also sets the gauge for the total size of the stored dead letters
 * that never were on the log.
 */
export function sweepMetrics(): (sweep: LetterSweep) => void {
  let edgeBytes: number | undefined;
  const removed = counter(
    'user_activity.dead_letters.removed',
    '{record}',
    'Dead letters removed, because of their age or the size limit',
    [ageAttributes, quotaAttributes],
  );
  gauge(
    'user_activity.dead_letters.edge.size',
    'By',
    'Size in bytes of all stored dead letters that never were on the log, at the last sweep',
    () => edgeBytes,
  );
  return (sweep) => {
    removed.add(sweep.expired, ageAttributes);
    removed.add(sweep.evicted, quotaAttributes);
    edgeBytes = sweep.edgeBytes;
  };
}
