import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../load/load.ts';
import type { PlannedFault } from '../schedule.ts';
import type { Site } from '../site/site.ts';

/** A fault that the harness has caused, or has tried to cause. */
export interface StruckFault {
  readonly kind: string;
  /** When the fault ended: a value of `performance.now()`. */
  readonly endedAt: number;
  /** The error, if the harness could not cause or end the fault as planned. Such a fault does not count as struck. */
  readonly failure?: string;
}

const maxStrikeMs = 120_000;

/** The deployment, the load and the times of a run. */
export interface RunContext {
  readonly site: Site;
  readonly load: Load;
  /** When the schedule starts: a value of `performance.now()`. */
  readonly startedAt: number;
  /** After this value of `performance.now()`, no fault begins. */
  readonly endsAt: number;
  readonly onLine: (line: string) => void;
}

/** Causes the faults of a lane, each at its planned time or when the previous fault has ended, whichever is later. Returns all faults that began. */
export async function strikeLane(
  lane: readonly PlannedFault[],
  context: RunContext,
): Promise<readonly StruckFault[]> {
  const { site, load, startedAt, endsAt, onLine } = context;
  const struckFaults: StruckFault[] = [];
  for (const { kind, fault, atSeconds, lastsMs, choice } of lane) {
    await delay(Math.max(0, startedAt + atSeconds * 1000 - performance.now()));
    const beganAt = performance.now();
    if (beganAt > endsAt) break;
    const seconds = ((beganAt - startedAt) / 1000).toFixed(1);
    onLine(`${seconds.padStart(6)} s  ${kind}${lastsMs > 0 ? ` for ${lastsMs} ms` : ''}`);
    const striking = fault.strike({ site, load, lastsMs, choice });
    // A strike that hangs or fails is an error of the harness, not of the service, so the run continues.
    const timeout = delay(maxStrikeMs, `the fault took more than ${maxStrikeMs / 1000} s`, { ref: false });
    const failure = await Promise.race([striking.then(() => undefined), timeout]).catch(String);
    if (failure !== undefined) onLine(`${kind} failed: ${failure}`);
    const endedAt = performance.now();
    struckFaults.push({ kind, endedAt, ...(failure === undefined ? {} : { failure }) });
  }
  return struckFaults;
}
