import { counter } from './meter.ts';

/** Returns a function that counts one read that was not logged. */
export function droppedReadsCounter(): () => void {
  const dropped = counter(
    'user_activity.audit.reads.dropped',
    '{event}',
    'Reads that were not logged, because too many events waited for the log',
  );
  return () => dropped.add(1);
}
