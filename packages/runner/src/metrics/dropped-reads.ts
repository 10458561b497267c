import { counter } from './meter.ts';

/** Returns a function that counts a read that was not logged. */
export function droppedReads(): () => void {
  const dropped = counter(
    'user_activity.audit.reads.dropped',
    '{event}',
    'Reads that were not logged, because too many events waited for the log',
  );
  return () => dropped.add(1);
}
