import { setTimeout as delay } from 'node:timers/promises';
import type { Struck } from './faults/strike-lane.ts';
import { calmRecovery } from './calm-recovery.ts';
import type { Load } from './load/load.ts';
import type { Violation } from './check/violation.ts';
import { group, type Site } from './site/site.ts';

const patienceMs = 120_000;
const pollMs = 250;
// Longer than a publish may take.
const quietMs = 7000;
// Once nothing is broken any more. While faults go on striking it may take as long as they do.
const mostCalmMs = 60_000;

/** Waits until the last fault is recovered from. What was not, though no other fault struck meanwhile, is a violation. */
export async function recovered(load: Load, struck: readonly Struck[]): Promise<readonly Violation[]> {
  const last = Math.max(0, ...struck.map(({ mendedAt }) => mendedAt));
  await patiently(async () => load.canary.recovery(last) !== undefined);
  return struck.flatMap((fault): Violation[] => {
    const calmMs = calmRecovery(fault, struck, load.canary);
    if (calmMs !== undefined && calmMs <= mostCalmMs) return [];
    const how = calmMs === undefined ? 'never' : `only after ${Math.round(calmMs)} ms of calm`;
    return [{ kind: 'stuck', subject: fault.kind, detail: `${how} recovered from` }];
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
