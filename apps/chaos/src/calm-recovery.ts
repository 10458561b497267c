import type { Struck } from './faults/strike-lane.ts';
import type { Canary } from './load/canary.ts';

/** The part of a fault's recovery in which every other that had struck was mended too; undefined: there was no recovery. */
export function calmRecovery(
  { mendedAt }: Pick<Struck, 'mendedAt'>,
  struck: readonly Pick<Struck, 'mendedAt'>[],
  canary: Pick<Canary, 'recovery'>,
): number | undefined {
  const ms = canary.recovery(mendedAt);
  if (ms === undefined) return undefined;
  const foundAt = mendedAt + ms;
  return foundAt - Math.max(...struck.map((one) => one.mendedAt).filter((at) => at <= foundAt));
}
