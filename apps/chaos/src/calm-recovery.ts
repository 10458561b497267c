import type { StruckFault } from './faults/strike-lane.ts';
import type { Canary } from './load/canary.ts';

/**
 * Returns the time in ms until the service recovered from a fault. It counts from the end of the last fault before the recovery.
 * Returns undefined if the service did not recover.
 */
export function calmRecovery(
  { endedAt }: Pick<StruckFault, 'endedAt'>,
  struckFaults: readonly Pick<StruckFault, 'endedAt'>[],
  canary: Pick<Canary, 'recovery'>,
): number | undefined {
  const ms = canary.recovery(endedAt);
  if (ms === undefined) return undefined;
  const foundAt = endedAt + ms;
  return foundAt - Math.max(...struckFaults.map((fault) => fault.endedAt).filter((at) => at <= foundAt));
}
