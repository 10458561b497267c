import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../load/load.ts';
import type { Appointment } from '../schedule.ts';
import type { Site } from '../site/site.ts';

/** A fault that struck, and the time at which it ended. */
export interface Struck {
  readonly kind: string;
  readonly endedAt: number;
  /** Why the harness could not make the fault as planned. Then it does not count. */
  readonly failure?: string;
}

const maxStrikeMs = 120_000;

/** The site and times of a run, for its faults. */
export interface Scene {
  readonly site: Site;
  readonly load: Load;
  /** The moment from which the schedule counts. */
  readonly startedAt: number;
  /** The moment after which no fault begins. */
  readonly endsAt: number;
  readonly onLine: (line: string) => void;
}

/** Strikes with the faults of a lane, each at its time or once the previous one is over. Returns those that began. */
export async function strikeLane(lane: readonly Appointment[], scene: Scene): Promise<readonly Struck[]> {
  const { site, load, startedAt, endsAt, onLine } = scene;
  const struck: Struck[] = [];
  for (const { fault, at, lastsMs, choice } of lane) {
    await delay(Math.max(0, startedAt + at * 1000 - performance.now()));
    const began = performance.now();
    if (began > endsAt) break;
    const seconds = ((began - startedAt) / 1000).toFixed(1);
    onLine(`${seconds.padStart(6)} s  ${fault.kind}${lastsMs > 0 ? ` for ${lastsMs} ms` : ''}`);
    const striking = fault.strike({
      site,
      lastsMs,
      choice,
      burst: (batches, ofEach) => load.burst(batches, ofEach),
      poison: () => load.poison(),
      replay: () => load.replay(),
    });
    // A fault that hangs or fails is the harness's own problem. The other faults still count.
    const late = delay(maxStrikeMs, 'it took too long', { ref: false });
    const failure = await Promise.race([striking.then(() => undefined), late]).catch(String);
    if (failure !== undefined) onLine(`${fault.kind} failed: ${failure}`);
    const endedAt = performance.now();
    struck.push({ kind: fault.kind, endedAt, ...(failure === undefined ? {} : { failure }) });
  }
  return struck;
}
