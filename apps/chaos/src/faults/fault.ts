import type { Site } from '../site/site.ts';

/** The part that is hit. Faults of one lane never overlap, so that a cluster keeps its majority. */
export type Lane = (typeof lanes)[number];

/** All lanes. */
export const lanes = ['log', 'store', 'services'] as const;

/** Something that goes wrong. */
export interface Fault {
  /** Its name in schedules and reports, such as `kill-broker`. */
  readonly kind: string;
  readonly lane: Lane;
  /** The minimum and maximum of how long it lasts. */
  readonly lastsMs: readonly [number, number];
  /** The additional time to cause and to mend it. */
  readonly overheadSeconds: number;
  /** Causes the fault and mends it. Resolves after that. */
  readonly strike: (strike: Strike) => Promise<void>;
}

/** One occurrence of a fault. */
export interface Strike {
  readonly site: Site;
  readonly lastsMs: number;
  /** A whole number that chooses the target. */
  readonly choice: number;
  /** Logs activities in addition to those of the clients. */
  readonly burst: (batches: number, ofEach: number) => Promise<void>;
  /** Writes a poison message of each kind to the topic. */
  readonly poison: () => Promise<void>;
  /** Asks for a replay of all dead letters. */
  readonly replay: () => Promise<void>;
}
