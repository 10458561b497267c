import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from '../load/load.ts';
import type { Appointment } from '../schedule.ts';
import type { Site } from '../site/site.ts';

/** A fault that struck, and when it was undone. */
export interface Struck {
  readonly kind: string;
  readonly mendedAt: number;
  /** Why it did not strike as it should have, where it did not: it counts as no fault then. */
  readonly failure?: string;
}

const mostMs = 120_000;

/** Where faults strike. */
export interface Scene {
  readonly site: Site;
  readonly load: Load;
  /** The moment that the schedule counts from. */
  readonly startedAt: number;
  /** The moment after which no fault begins any more. */
  readonly endsAt: number;
  readonly tell: (line: string) => void;
}

/** Lets the faults of a lane strike at their time, or as soon as the one before is over; gives those that did. */
export async function strikeLane(lane: readonly Appointment[], scene: Scene): Promise<readonly Struck[]> {
  const { site, load, startedAt, endsAt, tell } = scene;
  const struck: Struck[] = [];
  for (const { fault, at, lastsMs, choice } of lane) {
    await delay(Math.max(0, startedAt + at * 1000 - performance.now()));
    const began = performance.now();
    if (began > endsAt) break;
    const seconds = ((began - startedAt) / 1000).toFixed(1);
    tell(`${seconds.padStart(6)} s  ${fault.kind}${lastsMs > 0 ? ` for ${lastsMs} ms` : ''}`);
    const striking = fault.strike({
      site,
      lastsMs,
      choice,
      burst: (batches, ofEach) => load.burst(batches, ofEach),
      poison: () => load.poison(),
      replay: () => load.replay(),
    });
    // One that hangs or fails is the harness's own trouble, and no reason to lose what the others showed.
    const late = delay(mostMs, 'it took too long', { ref: false });
    const failure = await Promise.race([striking.then(() => undefined), late]).catch(String);
    if (failure !== undefined) tell(`${fault.kind} failed: ${failure}`);
    const mendedAt = performance.now();
    struck.push({ kind: fault.kind, mendedAt, ...(failure === undefined ? {} : { failure }) });
  }
  return struck;
}
