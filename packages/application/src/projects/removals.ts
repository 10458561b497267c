import type { ActivityRemoval, Clock, ProjectId, ProjectRepository, Timestamp } from '@user-activity/domain';

export interface RemovalDeps {
  readonly projects: Pick<ProjectRepository, 'removeActivities' | 'removeLetters'>;
  readonly clock: Clock;
  /** Waits after a portion that took this number of milliseconds, so that other work of the store goes on. */
  readonly pauseSweep: (tookMs: number) => Promise<void>;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

/** The maximum size of a portion. A store removes this many without delaying other work for long. */
export const maxPortion = 1000;

// The shortest pause is as long, so shorter work waits until it adds up to this.
const minWorkMs = 50;

/** A walk over the activities of a project. It can be continued by a later sweep. */
export interface Walk extends Omit<ActivityRemoval, 'limit'> {
  after: ActivityRemoval['after'];
}

/** Removes in portions until the time of one sweep is over, and counts what was removed. */
export class Removals {
  expired = 0;
  erased = 0;
  /** The number of activities that were removed, or anonymised, because their user is erased. */
  forgotten = 0;
  letters = 0;
  readonly #deps: RemovalDeps;
  readonly #lastPortion: Timestamp;
  /** The time since the last pause in which the store worked, in milliseconds. */
  #workedMs = 0;

  constructor(deps: RemovalDeps, lastPortion: Timestamp) {
    this.#deps = deps;
    this.#lastPortion = lastPortion;
  }

  /** Continues the walk. Returns whether it is complete: otherwise the time is over. */
  activities(walk: Walk, count: 'expired' | 'erased'): Promise<boolean> {
    return this.portions(count, async () => {
      const { removed, next } = await this.#deps.projects.removeActivities({ ...walk, limit: maxPortion });
      if (next !== undefined) walk.after = next;
      return { removed, isLast: next === undefined };
    });
  }

  /** Removes the dead letters of a project. Returns whether none is left: otherwise the time is over. */
  deadLetters(project: ProjectId, diedUpTo: Timestamp): Promise<boolean> {
    return this.portions('letters', async () => {
      const removed = await this.#deps.projects.removeLetters(project, diedUpTo, maxPortion);
      return { removed, isLast: removed < maxPortion };
    });
  }

  /** Removes portions until the last one, with pauses. Returns whether it was reached: otherwise the time is over. */
  async portions(
    count: 'expired' | 'erased' | 'forgotten' | 'letters',
    remove: () => Promise<{ readonly removed: number; readonly isLast: boolean }>,
  ): Promise<boolean> {
    for (;;) {
      if (this.isOver) return false;
      const begin = this.#deps.now();
      const { removed, isLast } = await remove();
      this[count] += removed;
      this.#workedMs += this.#deps.now() - begin;
      if (!isLast || this.#workedMs >= minWorkMs) {
        await this.#deps.pauseSweep(this.#workedMs);
        this.#workedMs = 0;
      }
      if (isLast) return true;
    }
  }

  get isOver(): boolean {
    return this.#deps.clock.now() > this.#lastPortion;
  }
}
