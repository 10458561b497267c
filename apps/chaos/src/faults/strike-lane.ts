import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../load/load.ts';
import type { PlannedFault } from '../schedule.ts';
import type { Site } from '../site/site.ts';

/** A fault that struck, and the time at which it ended. */
export interface StruckFault {
  readonly kind: string;
  readonly endedAt: number;
  /** The reason if the harness could not cause or end the fault as planned. Such a fault does not count. */
  readonly failure?: string;
}

const maxStrikeMs = 120_000;

/** The site and times of a run, for its faults. */
export interface Scene {
  readonly site: Site;
  readonly load: Load;
  /** The start of the schedule, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** The time after which no fault begins, on the same clock. */
  readonly endsAt: number;
  readonly onLine: (line: string) => void;
}

/** Causes the faults of a lane, each at its time or when the previous fault has ended. Returns the faults that began. */
export async function strikeLane(
  lane: readonly PlannedFault[],
  scene: Scene,
): Promise<readonly StruckFault[]> {
  const { site, load, startedAt, endsAt, onLine } = scene;
  const struckFaults: StruckFault[] = [];
  for (const { kind, fault, at, lastsMs, choice } of lane) {
    await delay(Math.max(0, startedAt + at * 1000 - performance.now()));
    const began = performance.now();
    if (began > endsAt) break;
    const seconds = ((began - startedAt) / 1000).toFixed(1);
    onLine(`${seconds.padStart(6)} s  ${kind}${lastsMs > 0 ? ` for ${lastsMs} ms` : ''}`);
    const striking = fault.strike({ site, load, lastsMs, choice });
    // If causing a fault hangs or fails, the harness is at fault, not the service. The other faults still count.
    const late = delay(maxStrikeMs, 'it took too long', { ref: false });
    const failure = await Promise.race([striking.then(() => undefined), late]).catch(String);
    if (failure !== undefined) onLine(`${kind} failed: ${failure}`);
    const endedAt = performance.now();
    struckFaults.push({ kind, endedAt, ...(failure === undefined ? {} : { failure }) });
  }
  return struckFaults;
}
