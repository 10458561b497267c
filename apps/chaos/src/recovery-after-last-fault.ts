import type { StruckFault } from './faults/strike-lane.ts';
import type { Canary } from './load/canary.ts';

/**
 * Finds when the service had recovered from a fault. Returns the time in ms from the end of the last fault before this recovery, because each
 * later fault may prolong the recovery. Returns undefined if the service did not recover.
 */
export function recoveryAfterLastFault(
  { endedAt }: Pick<StruckFault, 'endedAt'>,
  struckFaults: readonly Pick<StruckFault, 'endedAt'>[],
  canary: Pick<Canary, 'recovery'>,
): number | undefined {
  const ms = canary.recovery(endedAt);
  if (ms === undefined) return undefined;
  const recoveredAt = endedAt + ms;
  return (
    recoveredAt - Math.max(...struckFaults.map((fault) => fault.endedAt).filter((at) => at <= recoveredAt))
  );
}
