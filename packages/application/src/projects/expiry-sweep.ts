import { type ProjectId, type ProjectRepository, RetentionDays, Timestamp } from '@user-activity/domain';
import type { ProjectTable } from './project-table.ts';
import type { Removals } from './removals.ts';

/** A walk over all projects. */
interface Round {
  /** The time from which ages are measured. Undefined in the first round of a process: that round removes nothing. */
  readonly now: Timestamp | undefined;
  /** The project that was swept last. */
  after: ProjectId | undefined;
}

// Pages are large, because the cost of one page may grow with the number of projects after it.
const pageSize = 5000;

/**
 * Removes activities that are older than the retention of their project, in rounds over all projects. A round measures ages from its own
 * beginning or that of the previous round, whichever is earlier. So a clock that jumps ahead briefly removes nothing.
 */
export class ExpirySweep {
  readonly #projects: ProjectRepository;
  readonly #table: ProjectTable;
  #round: Round | undefined;
  #previous: Timestamp | undefined;

  constructor(deps: { readonly projects: ProjectRepository; readonly projectTable: ProjectTable }) {
    this.#projects = deps.projects;
    this.#table = deps.projectTable;
  }

  /** Whether a round has begun and is not complete. */
  get isUnderWay(): boolean {
    return this.#round !== undefined;
  }

  /** Begins a new round, unless the previous one is still under way. */
  begin(now: Timestamp): void {
    if (this.#round !== undefined) return;
    const earlier = this.#previous === undefined ? undefined : Math.min(this.#previous, now);
    this.#round = { now: earlier === undefined ? undefined : Timestamp.trusted(earlier), after: undefined };
    this.#previous = now;
  }

  /** Continues the round that has begun, if any. Returns true if no round is left to complete, or false if the time ran out first. */
  async run(removals: Removals): Promise<boolean> {
    const round = this.#round;
    if (round === undefined) return true;
    if (round.now !== undefined && !(await this.#removeOld(round, round.now, removals))) return false;
    this.#round = undefined;
    // This step comes last, because the store may refuse it or time out, and the next round must begin even then.
    await this.#projects.expireAfter(this.#table.deploymentDays);
    return true;
  }

  async #removeOld(round: Round, now: Timestamp, removals: Removals): Promise<boolean> {
    for (;;) {
      const page = await this.#projectsAfter(round.after);
      for (const project of page) {
        if (removals.isTimeOver) return false;
        const days = this.#table.retentionOf(project);
        if (days !== undefined) {
          const createdBefore = Timestamp.trusted(RetentionDays.startOf(days, now));
          const walk = { project, createdBefore, receivedUpTo: undefined, after: undefined };
          if (!(await removals.removeActivities(walk, 'expired'))) return false;
        }
        round.after = project;
      }
      if (page.length < pageSize) return true;
    }
  }

  /** Returns the next page of projects with a retention: all projects if the deployment has a retention, else those with their own. */
  async #projectsAfter(after: ProjectId | undefined): Promise<readonly ProjectId[]> {
    if (this.#table.deploymentDays === undefined)
      return this.#table.projectsWithRetention
        .filter((id) => after === undefined || id > after)
        .slice(0, pageSize);
    return (await this.#projects.find({ after, limit: pageSize })).projects.map(({ id }) => id);
  }
}
