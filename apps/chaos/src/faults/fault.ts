import type { Load } from '../load/load.ts';
import type { Site } from '../site/site.ts';

/** A kind of fault. */
export interface Fault {
  /** The minimum and the maximum duration. */
  readonly lastsMs: readonly [min: number, max: number];
  /** The additional time that it takes to cause and to end the fault. */
  readonly overheadSeconds: number;
  /** The kind of fault that must strike before this one. Both then have fixed positions in their deck; see `drawDeck`. */
  readonly preparedBy?: string;
  /** Causes the fault and ends it. Resolves after that. */
  readonly strike: (strike: Strike) => Promise<void>;
}

/** Faults by their names in schedules and reports, such as `kill-broker`. */
export type Faults = Readonly<Record<string, Fault>>;

/** One occurrence of a fault. */
export interface Strike {
  readonly site: Site;
  readonly load: Load;
  readonly lastsMs: number;
  /** A whole number that chooses the target. */
  readonly choice: number;
}
