import type { Sample } from '../measure/alternate.ts';
import type { Site } from '../site.ts';

/** The size of a run. */
export interface Scale {
  /** How often each side is measured. */
  readonly rounds: number;
  /** How long a measurement of a load takes. */
  readonly seconds: number;
  /** How many activities a work prepares that reads them. */
  readonly events: number;
  /** How long the work `memory` runs. */
  readonly memoryMinutes: number;
}

/** What a side of a work measured, round by round, or why it could not run. */
export interface SideResult {
  readonly name: string;
  readonly about: string;
  readonly samples: readonly Sample[];
  readonly missing?: string;
}

/** A kind of work that sides are compared in. */
export interface Work {
  readonly name: string;
  readonly about: string;
  run(site: Site, scale: Scale): Promise<readonly SideResult[]>;
}
