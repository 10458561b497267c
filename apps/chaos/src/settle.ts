import { setTimeout as delay } from 'node:timers/promises';
import type { Struck } from './faults/strike-lane.ts';
import type { Load } from './load/load.ts';
import type { Violation } from './check/violation.ts';
import { group, type Site } from './site/site.ts';

const patienceMs = 120_000;
const pollMs = 250;
// Longer than a publish may take.
const quietMs = 7000;
/** So long it may take at most until everything works again after a fault. */
const mostRecoveryMs = 90_000;

/** Waits until the last fault is recovered from; what was not in time is a violation. */
export async function recovered(load: Load, struck: readonly Struck[]): Promise<readonly Violation[]> {
  const since = Math.max(0, ...struck.map(({ mendedAt }) => mendedAt));
  await patiently(async () => load.canary.recovery(since) !== undefined);
  return struck.flatMap(({ kind, mendedAt }): Violation[] => {
    const ms = load.canary.recovery(mendedAt);
    if (ms !== undefined && ms <= mostRecoveryMs) return [];
    const detail = ms === undefined ? 'never recovered from' : `recovered from after ${Math.round(ms)} ms`;
    return [{ kind: 'stuck', subject: kind, detail }];
  });
}

/**
 * Waits until the group is through with everything on the log, and nothing has come to it for so long that nothing will: no client
 * sends any more, and what an API still tried has timed out.
 */
export async function dealtWith(site: Site): Promise<readonly Violation[]> {
  let left = 0;
  let quiet = { end: -1, since: 0 };
  const done = await patiently(async () => {
    const { lag, end } = await site.tools.progress(group);
    left = lag;
    if (lag > 0 || end !== quiet.end) quiet = { end, since: performance.now() };
    return lag === 0 && performance.now() - quiet.since > quietMs;
  });
  if (done) return [];
  return [{ kind: 'stuck', subject: group, detail: `${left} records were not dealt with in time` }];
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
