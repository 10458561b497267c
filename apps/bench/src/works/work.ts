import type { Sample } from '../measure/measure-alternately.ts';
import type { Site } from '../site.ts';

/** The size of a run. */
export interface Scale {
  /** The number of measurements of each side. */
  readonly rounds: number;
  /** The duration of one measurement under load. */
  readonly seconds: number;
  /** The minimum number of activities that are logged beforehand for works that need stored activities. */
  readonly events: number;
  /** The duration of the work `memory`, in minutes. */
  readonly memoryMinutes: number;
}

/** The samples of a side, one for each round. `missing` is the reason if the side could not run. */
export interface SideResult {
  readonly name: string;
  readonly about: string;
  readonly samples: readonly Sample[];
  readonly missing?: string;
}

/** A benchmark, which compares several sides at the same task. */
export interface Work {
  readonly name: string;
  readonly about: string;
  run(site: Site, scale: Scale): Promise<readonly SideResult[]>;
}
