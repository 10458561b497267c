import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../load/load.ts';
import type { PlannedFault } from '../schedule.ts';
import type { Site } from '../site/site.ts';

/** A fault that struck. */
export interface StruckFault {
  readonly kind: string;
  /** The end of the fault, on the clock of `performance.now()`. */
  readonly endedAt: number;
  /** The error if the harness could not cause or end the fault as planned. Such a fault does not count. */
  readonly failure?: string;
}

const maxStrikeMs = 120_000;

/** The site, the load and the times of a run. */
export interface Scene {
  readonly site: Site;
  readonly load: Load;
  /** The start of the schedule, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** The time after which no fault begins, on the same clock. */
  readonly endsAt: number;
  readonly onLine: (line: string) => void;
}

/** Causes the faults of a lane, each at its time, but not before the previous fault has ended. Returns the faults that struck. */
export async function strikeLane(
  lane: readonly PlannedFault[],
  scene: Scene,
): Promise<readonly StruckFault[]> {
  const { site, load, startedAt, endsAt, onLine } = scene;
  const struckFaults: StruckFault[] = [];
  for (const { kind, fault, at, lastsMs, choice } of lane) {
    await delay(Math.max(0, startedAt + at * 1000 - performance.now()));
    const beganAt = performance.now();
    if (beganAt > endsAt) break;
    const seconds = ((beganAt - startedAt) / 1000).toFixed(1);
    onLine(`${seconds.padStart(6)} s  ${kind}${lastsMs > 0 ? ` for ${lastsMs} ms` : ''}`);
    const striking = fault.strike({ site, load, lastsMs, choice });
    // If a strike hangs or fails, this is a fault of the harness, not of the service. The run continues.
    const timeout = delay(maxStrikeMs, `it took more than ${maxStrikeMs / 1000} s`, { ref: false });
    const failure = await Promise.race([striking.then(() => undefined), timeout]).catch(String);
    if (failure !== undefined) onLine(`${kind} failed: ${failure}`);
    const endedAt = performance.now();
    struckFaults.push({ kind, endedAt, ...(failure === undefined ? {} : { failure }) });
  }
  return struckFaults;
}
