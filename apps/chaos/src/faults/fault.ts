import type { Site } from '../site/site.ts';

/** What is hit. Faults of one lane never overlap, so that a cluster keeps the majority that it can't do without. */
export type Lane = (typeof lanes)[number];

/** All of them. */
export const lanes = ['log', 'store', 'services'] as const;

/** Something that goes wrong. */
export interface Fault {
  /** Its name in schedules and reports, such as `kill-broker`. */
  readonly kind: string;
  readonly lane: Lane;
  /** From and to: how long it may last. */
  readonly lastsMs: readonly [number, number];
  /** What it takes to do and undo it, beside that. */
  readonly overheadSeconds: number;
  /** Does it, and undoes it; resolves when that is done. */
  readonly strike: (strike: Strike) => Promise<void>;
}

/** One time that a fault strikes. */
export interface Strike {
  readonly site: Site;
  readonly lastsMs: number;
  /** A whole number to choose a target by. */
  readonly choice: number;
  /** Logs activities beside those of the clients. */
  readonly burst: (batches: number, ofEach: number) => Promise<void>;
  /** Writes poison to the topic: one record of each kind. */
  readonly poison: () => Promise<void>;
  /** Has all dead letters replayed. */
  readonly replay: () => Promise<void>;
}
