import type { LetterSweep } from '@user-activity/domain';
import { counter, gauge } from './meter.ts';

const byAge = { 'user_activity.removal': 'age' };
const byQuota = { 'user_activity.removal': 'quota' };

/** Returns a function that counts the dead letters that a sweep removed, and notes the size of the edge's letters for a gauge. */
export function sweepMetrics(): (sweep: LetterSweep) => void {
  let edgeBytes: number | undefined;
  const removed = counter(
    'user_activity.dead_letters.removed',
    '{record}',
    'Dead letters removed, because of their age or the size limit',
    [byAge, byQuota],
  );
  gauge(
    'user_activity.dead_letters.edge.size',
    'By',
    'Size in bytes of all stored dead letters that never were on the log, at the last sweep',
    () => edgeBytes,
  );
  return (sweep) => {
    removed.add(sweep.expired, byAge);
    removed.add(sweep.evicted, byQuota);
    edgeBytes = sweep.edgeBytes;
  };
}
