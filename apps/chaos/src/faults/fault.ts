import type { Site } from '../site/site.ts';

/** The part of the site that faults hit. Faults of one lane never overlap, so that a cluster keeps its majority. */
export type Lane = (typeof lanes)[number];

/** All lanes. */
export const lanes = ['log', 'store', 'services'] as const;

/** A kind of fault. */
export interface Fault {
  /** The name in schedules and reports, such as `kill-broker`. */
  readonly kind: string;
  readonly lane: Lane;
  /** The minimum and the maximum duration. */
  readonly lastsMs: readonly [number, number];
  /** The additional time to cause and to end the fault. */
  readonly overheadSeconds: number;
  /** Causes the fault and ends it. Resolves after that. */
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
