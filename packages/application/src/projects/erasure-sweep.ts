import {
  type Clock,
  type Erasure,
  isErasedAhead,
  type ProjectId,
  type ProjectRepository,
} from '@user-activity/domain';
import { maxErasing } from './change-projects.ts';
import type { Removals, Walk } from './removals.ts';

/** A walk over everything that an erased project has. */
interface Pass {
  readonly erasure: Erasure;
  readonly walk: Walk;
  /** The number of activities and dead letters that it has removed in earlier sweeps. */
  removed: number;
}

/** Removes what erasures cover. The position of a walk is kept for the next sweep: much newer data may stay in an erased project. */
export class ErasureSweep {
  readonly #projects: ProjectRepository;
  readonly #clock: Clock;
  /** The passes that stopped early, by project. The one that stopped last is the last. */
  readonly #passes = new Map<ProjectId, Pass>();

  constructor({ projects, clock }: { readonly projects: ProjectRepository; readonly clock: Clock }) {
    this.#projects = projects;
    this.#clock = clock;
  }

  /**
   * Returns whether all of it is gone: otherwise the time is over. Projects without a pass that stopped early come first, so that a large
   * project does not block the others.
   */
  async run(removals: Removals): Promise<boolean> {
    const erasures = await this.#projects.findErasing(maxErasing);
    for (const project of this.#passes.keys())
      if (!erasures.some((erasure) => erasure.project === project)) this.#passes.delete(project);
    const order = [...this.#passes.keys()];
    const turnOf = ({ project }: Erasure): number => order.indexOf(project);
    for (const erasure of erasures.toSorted((left, right) => turnOf(left) - turnOf(right)))
      if (!(await this.#erase(await this.#corrected(erasure), removals))) return false;
    return true;
  }

  /** Records an erasure again that was written with a wrong clock. It would remove what the service accepts later. */
  async #corrected(erasure: Erasure): Promise<Erasure> {
    const now = this.#clock.now();
    return isErasedAhead(erasure, now) ? this.#projects.beginErasure(erasure.project, now) : erasure;
  }

  /**
   * Repeats passes until one removes nothing. One pass would do for what was stored before it began: `unlessErased` removes what a consumer
   * stores later. The last pass is for a write that its process gave up, and that still reaches the store.
   */
  async #erase(erasure: Erasure, removals: Removals): Promise<boolean> {
    const { project, erasedAt } = erasure;
    for (;;) {
      const pass = this.#continued(erasure);
      this.#passes.delete(project);
      this.#passes.set(project, pass);
      const before = removals.erased + removals.letters;
      const isComplete =
        (await removals.activities(pass.walk, 'erased')) && (await removals.deadLetters(project, erasedAt));
      pass.removed += removals.erased + removals.letters - before;
      if (!isComplete) return false;
      this.#passes.delete(project);
      if (pass.removed === 0) break;
    }
    await this.#projects.endErasure(erasure);
    return true;
  }

  #continued(erasure: Erasure): Pass {
    const { project, erasedAt } = erasure;
    const begun = this.#passes.get(project);
    if (begun?.erasure.erasedAt === erasedAt) return begun;
    const walk = { project, createdBefore: undefined, receivedUpTo: erasedAt, after: undefined };
    return { erasure, walk, removed: 0 };
  }
}
