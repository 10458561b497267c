import type { StruckFault } from './faults/strike-lane.ts';
import type { Canary } from './load/canary.ts';

/**
 * Returns how long the service took to recover from a fault, in ms. Counts from the end of the last fault before the recovery, because
 * each later fault may prolong the recovery. Returns undefined if the service did not recover.
 */
export function calmRecovery(
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
