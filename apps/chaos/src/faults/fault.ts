import type { Load } from '../load/load.ts';
import type { Site } from '../site/site.ts';

/** A kind of fault, and how to cause it. */
export interface Fault {
  /** The minimum and the maximum duration in milliseconds. */
  readonly lastsMs: readonly [min: number, max: number];
  /** How long it takes to cause the fault and to end it, in addition to its duration. */
  readonly overheadSeconds: number;
  /** The kind of fault that must strike before this one. `drawDeck` in schedule.ts orders the two. */
  readonly preparedBy?: string;
  /** Causes the fault and ends it. Resolves once the fault has ended. */
  readonly strike: (strike: Strike) => Promise<void>;
}

/** Faults by the names that schedules and reports use, such as `kill-broker`. */
export type Faults = Readonly<Record<string, Fault>>;

/** The target and the parameters of one occurrence of a fault. */
export interface Strike {
  readonly site: Site;
  readonly load: Load;
  readonly lastsMs: number;
  /** A random whole number, from which the fault chooses its target, for example a broker. */
  readonly choice: number;
}
