import { setTimeout as delay } from 'node:timers/promises';
import type { Struck } from './faults/strike-lane.ts';
import { calmRecovery } from './calm-recovery.ts';
import type { Load } from './load/load.ts';
import type { Violation } from './check/violation.ts';
import { group, type Site } from './site/site.ts';

const timeoutMs = 120_000;
const pollMs = 250;
// Longer than PUBLISH_TIMEOUT_MS of the APIs.
const quietMs = 7000;
// Counts while no fault is active. Other faults may prolong a recovery for as long as they last.
const maxCalmMs = 60_000;

/** Waits until the last fault is recovered from. Returns a violation for each fault that took too long while no other was active. */
export async function recovered(load: Load, struck: readonly Struck[]): Promise<readonly Violation[]> {
  const last = Math.max(0, ...struck.map(({ endedAt }) => endedAt));
  await becomesTrue(async () => load.canary.recovery(last) !== undefined);
  return struck.flatMap((fault): Violation[] => {
    const calmMs = calmRecovery(fault, struck, load.canary);
    if (calmMs !== undefined && calmMs <= maxCalmMs) return [];
    const how =
      calmMs === undefined
        ? 'never recovered'
        : `recovered only after ${Math.round(calmMs)} ms without another fault`;
    return [{ kind: 'stuck', subject: fault.kind, detail: how }];
  });
}

/**
 * Waits until the group has processed all records, and no new record has come for 7 s: clients have stopped by then, and publishes of
 * the APIs have timed out. Returns a violation if that takes too long.
 */
export async function dealtWith(site: Site): Promise<readonly Violation[]> {
  let left = 0;
  let quiet = { end: -1, since: 0 };
  const done = await becomesTrue(async () => {
    const { lag, end } = await site.tools.progress(group);
    left = lag;
    if (lag > 0 || end !== quiet.end) quiet = { end, since: performance.now() };
    return lag === 0 && performance.now() - quiet.since > quietMs;
  });
  if (done) return [];
  return [{ kind: 'stuck', subject: group, detail: `${left} records were not processed in time` }];
}

/** Returns whether the condition becomes true in time. A condition that rejects is not true yet. */
async function becomesTrue(condition: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    if (await condition().catch(() => false)) return true;
    await delay(pollMs);
  }
  return false;
}
