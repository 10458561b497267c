import {
  type Clock,
  type Erasure,
  isErasedAhead,
  type ProjectId,
  type ProjectRepository,
} from '@user-activity/domain';
import { maxErasing } from './change-projects.ts';
import type { Removals, Walk } from './removals.ts';

/** One pass over all data of an erased project. It may take several sweeps. */
interface Pass {
  readonly erasure: Erasure;
  readonly walk: Walk;
  /** The number of activities and dead letters that the pass has removed so far. */
  removed: number;
}

/**
 * Removes the data of erased projects. If a sweep runs out of time, the next one continues at the same position. To start over could take
 * too long: a project may have much data that is newer than its erasure, and each new start would read this data again.
 */
export class ErasureSweep {
  readonly #projects: ProjectRepository;
  readonly #clock: Clock;
  /** The passes that stopped early, in the order in which they stopped. */
  readonly #passes = new Map<ProjectId, Pass>();

  constructor({ projects, clock }: { readonly projects: ProjectRepository; readonly clock: Clock }) {
    this.#projects = projects;
    this.#clock = clock;
  }

  /**
   * Returns true if nothing is left to remove, or false if the time ran out first. Begins with projects whose pass never stopped early, so
   * that a large project does not block the others.
   */
  async run(removals: Removals): Promise<boolean> {
    const erasures = await this.#projects.findErasing(maxErasing);
    for (const project of this.#passes.keys())
      if (!erasures.some((erasure) => erasure.project === project)) this.#passes.delete(project);
    const order = [...this.#passes.keys()];
    const turnOf = ({ project }: Erasure): number => order.indexOf(project);
    for (const erasure of erasures.toSorted((left, right) => turnOf(left) - turnOf(right)))
      if (!(await this.#erase(await this.#withCorrectedTime(erasure), removals))) return false;
    return true;
  }

  /** Records an erasure again if its time is in the future, because of a wrong clock. Such an erasure would also remove later activities. */
  async #withCorrectedTime(erasure: Erasure): Promise<Erasure> {
    const now = this.#clock.now();
    return isErasedAhead(erasure, now) ? this.#projects.beginErasure(erasure.project, now) : erasure;
  }

  /**
   * Repeats passes until one removes nothing. Returns false if the time ran out first. The first pass removes what was stored before it began,
   * and `unlessErased` removes what a consumer stores later. A process may have abandoned a write that reaches the store after both. Further
   * passes remove the data of such writes.
   */
  async #erase(erasure: Erasure, removals: Removals): Promise<boolean> {
    const { project, erasedAt } = erasure;
    for (;;) {
      const pass = this.#passFor(erasure);
      this.#passes.delete(project);
      this.#passes.set(project, pass);
      const before = removals.erased + removals.letters;
      const isComplete =
        (await removals.removeActivities(pass.walk, 'erased')) &&
        (await removals.removeLetters(project, erasedAt));
      pass.removed += removals.erased + removals.letters - before;
      if (!isComplete) return false;
      this.#passes.delete(project);
      if (pass.removed === 0) break;
    }
    await this.#projects.endErasure(erasure);
    return true;
  }

  #passFor(erasure: Erasure): Pass {
    const { project, erasedAt } = erasure;
    const begun = this.#passes.get(project);
    if (begun?.erasure.erasedAt === erasedAt) return begun;
    const walk = { project, createdBefore: undefined, receivedUpTo: erasedAt, after: undefined };
    return { erasure, walk, removed: 0 };
  }
}
