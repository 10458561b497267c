import type { ActivityRemoval, Clock, ProjectId, ProjectRepository, Timestamp } from '@user-activity/domain';

export interface RemovalDeps {
  readonly projects: Pick<ProjectRepository, 'removeActivities' | 'removeLetters'>;
  readonly clock: Clock;
  /** Pauses after portions, so that the store can do other work. `tookMs` is the time that the portions since the last pause took. */
  readonly pauseSweep: (tookMs: number) => Promise<void>;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
}

/** The maximum number of items that a store removes at once. It is small, so that other work is not delayed for long. */
export const maxPortion = 1000;

// How long the store may work on small removals before a pause, in milliseconds. The shortest pause takes just as long.
const minWorkMs = 50;

/** A walk over the activities of a project that are to be removed. `after` is its position, so that a later sweep can continue it. */
export interface Walk extends Omit<ActivityRemoval, 'limit'> {
  after: ActivityRemoval['after'];
}

/** The removals of one sweep. It removes data in portions until the deadline of the sweep, and counts the removed items. */
export class Removals {
  expired = 0;
  erased = 0;
  /** The number of activities that were removed, or anonymised, because their user is erased. */
  forgotten = 0;
  letters = 0;
  readonly #deps: RemovalDeps;
  readonly #deadline: Timestamp;
  /** How long the store has worked since the last pause, in milliseconds. */
  #workedMs = 0;

  /** No portion begins after the deadline. */
  constructor(deps: RemovalDeps, deadline: Timestamp) {
    this.#deps = deps;
    this.#deadline = deadline;
  }

  /** Continues the walk. Returns true when it is complete, or false if the time ran out first. */
  removeActivities(walk: Walk, count: 'expired' | 'erased'): Promise<boolean> {
    return this.removePortions(count, async () => {
      const { removed, next } = await this.#deps.projects.removeActivities({ ...walk, limit: maxPortion });
      if (next !== undefined) walk.after = next;
      return { removed, isLast: next === undefined };
    });
  }

  /** Removes the dead letters of a project that died up to a time. Returns true when none is left, or false if the time ran out first. */
  removeLetters(project: ProjectId, diedUpTo: Timestamp): Promise<boolean> {
    return this.removePortions('letters', async () => {
      const removed = await this.#deps.projects.removeLetters(project, diedUpTo, maxPortion);
      return { removed, isLast: removed < maxPortion };
    });
  }

  /** Removes portions, with pauses. Returns true after the last portion, or false if the time ran out first. */
  async removePortions(
    count: 'expired' | 'erased' | 'forgotten' | 'letters',
    remove: () => Promise<{ readonly removed: number; readonly isLast: boolean }>,
  ): Promise<boolean> {
    for (;;) {
      if (this.isTimeOver) return false;
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

  get isTimeOver(): boolean {
    return this.#deps.clock.now() > this.#deadline;
  }
}
