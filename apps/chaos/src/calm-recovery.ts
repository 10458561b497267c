import type { Struck } from './faults/strike-lane.ts';
import type { Canary } from './load/canary.ts';

/** Returns the part of a fault's recovery time in which no other fault was active, in ms; undefined if it was never recovered from. */
export function calmRecovery(
  { endedAt }: Pick<Struck, 'endedAt'>,
  struck: readonly Pick<Struck, 'endedAt'>[],
  canary: Pick<Canary, 'recovery'>,
): number | undefined {
  const ms = canary.recovery(endedAt);
  if (ms === undefined) return undefined;
  const foundAt = endedAt + ms;
  return foundAt - Math.max(...struck.map((fault) => fault.endedAt).filter((at) => at <= foundAt));
}
