import { setTimeout as delay } from 'node:timers/promises';
import type { StruckFault } from './faults/strike-lane.ts';
import { recoveryAfterLastFault } from './recovery-after-last-fault.ts';
import type { Load } from './load/load.ts';
import type { Violation } from './check/violation.ts';
import { group, type Site } from './site/site.ts';

const timeoutMs = 120_000;
const pollMs = 250;
// Must be longer than PUBLISH_TIMEOUT_MS of the APIs (5 s), because a publish call can append records until its timeout.
const quietMs = 7000;
// The maximum time that `recoveryAfterLastFault` may return.
const maxCalmMs = 60_000;

/**
 * Waits until the service has recovered from the last fault, but at most 120 s. Returns a violation for each fault from which the service did
 * not recover, or for which `recoveryAfterLastFault` returns more than 60 s.
 */
export async function waitForRecovery(
  load: Load,
  struckFaults: readonly StruckFault[],
): Promise<readonly Violation[]> {
  const last = Math.max(0, ...struckFaults.map(({ endedAt }) => endedAt));
  await pollUntilTrue(async () => load.canary.recovery(last) !== undefined);
  return struckFaults.flatMap((fault): Violation[] => {
    const calmMs = recoveryAfterLastFault(fault, struckFaults, load.canary);
    if (calmMs !== undefined && calmMs <= maxCalmMs) return [];
    const detail =
      calmMs === undefined
        ? 'the service never recovered from this fault'
        : `the service recovered ${Math.round(calmMs)} ms after the last fault; the maximum is ${maxCalmMs} ms`;
    return [{ kind: 'stuck', subject: fault.kind, detail }];
  });
}

/**
 * Waits until the consumer group has committed all records and no new record has been appended for 7 s. Returns a violation if this takes
 * more than 120 s.
 */
export async function waitForProcessing(site: Site): Promise<readonly Violation[]> {
  let remaining = 0;
  let quiet = { end: -1, since: 0 };
  const isDone = await pollUntilTrue(async () => {
    const { lag, end } = await site.tools.progress(group);
    remaining = lag;
    if (lag > 0 || end !== quiet.end) quiet = { end, since: performance.now() };
    return lag === 0 && performance.now() - quiet.since > quietMs;
  });
  if (isDone) return [];
  return [
    {
      kind: 'stuck',
      subject: group,
      detail: `${remaining} records were not committed within ${timeoutMs / 1000} s`,
    },
  ];
}

/** Polls the condition. Returns true once it is true, or false after 120 s. A rejection of the condition counts as false. */
async function pollUntilTrue(condition: () => Promise<boolean>): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    if (await condition().catch(() => false)) return true;
    await delay(pollMs);
  }
  return false;
}
