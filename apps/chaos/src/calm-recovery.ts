import type { Struck } from './faults/strike-lane.ts';
import type { Canary } from './load/canary.ts';

/** Returns the part of a fault's recovery time in which no other fault was active, in ms; undefined if it was never recovered from. */
export function calmRecovery(
  { mendedAt }: Pick<Struck, 'mendedAt'>,
  struck: readonly Pick<Struck, 'mendedAt'>[],
  canary: Pick<Canary, 'recovery'>,
): number | undefined {
  const ms = canary.recovery(mendedAt);
  if (ms === undefined) return undefined;
  const foundAt = mendedAt + ms;
  return foundAt - Math.max(...struck.map((fault) => fault.mendedAt).filter((at) => at <= foundAt));
}
