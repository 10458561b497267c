import { setTimeout as delay } from 'node:timers/promises';
import type { Struck } from './faults/strike-lane.ts';
import type { Load } from './load/load.ts';
import type { Violation } from './check/violation.ts';
import { group, type Site } from './site/site.ts';

const patienceMs = 120_000;
const pollMs = 250;
/** So long it may take at most until everything works again after a fault. */
const mostRecoveryMs = 90_000;

/** Waits until the last fault is recovered from; what is on the log then is all there will be, once the canary is silent. */
export async function recovered(load: Load, struck: readonly Struck[]): Promise<readonly Violation[]> {
  const since = Math.max(0, ...struck.map(({ mendedAt }) => mendedAt));
  await patiently(async () => load.canary.recovery(since) !== undefined);
  return struck.flatMap(({ kind, mendedAt }): Violation[] => {
    const ms = load.canary.recovery(mendedAt);
    if (ms !== undefined && ms <= mostRecoveryMs) return [];
    return [{ kind: 'stuck', subject: kind, detail: `not recovered from within ${ms ?? patienceMs} ms` }];
  });
}

/** Waits until the group is through with everything on the log. */
export async function dealtWith(site: Site): Promise<readonly Violation[]> {
  let left = 0;
  const done = await patiently(async () => {
    left = await site.tools.lag(group);
    return left === 0;
  });
  return done
    ? []
    : [{ kind: 'stuck', subject: group, detail: `${left} records were not dealt with in time` }];
}

/** Whether it came to be so in time. What can't be told yet is not so. */
async function patiently(so: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    if (await so().catch(() => false)) return true;
    await delay(pollMs);
  }
  return false;
}
