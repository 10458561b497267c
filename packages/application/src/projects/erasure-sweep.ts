import type { Erasure, ProjectRepository } from '@user-activity/domain';
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
  #pass: Pass | undefined;

  constructor({ projects }: { readonly projects: ProjectRepository }) {
    this.#projects = projects;
  }

  /** Returns whether all of it is gone: otherwise the time is over. */
  async run(removals: Removals): Promise<boolean> {
    for (const erasure of await this.#projects.findErasing(maxErasing))
      if (!(await this.#erase(erasure, removals))) return false;
    return true;
  }

  /**
   * Repeats passes until one removes nothing. One pass would do for what was stored before it began: `unlessErased` removes what a consumer
   * stores later. The last pass is for a write that its process gave up, and that still reaches the store.
   */
  async #erase(erasure: Erasure, removals: Removals): Promise<boolean> {
    const { project, erasedAt } = erasure;
    for (;;) {
      const pass = this.#continued(erasure);
      this.#pass = pass;
      const before = removals.erased + removals.letters;
      const isComplete =
        (await removals.activities(pass.walk, 'erased')) && (await removals.deadLetters(project, erasedAt));
      pass.removed += removals.erased + removals.letters - before;
      if (!isComplete) return false;
      this.#pass = undefined;
      if (pass.removed === 0) break;
    }
    await this.#projects.endErasure(erasure);
    return true;
  }

  #continued(erasure: Erasure): Pass {
    const { project, erasedAt } = erasure;
    const begun = this.#pass;
    if (begun?.erasure.project === project && begun.erasure.erasedAt === erasedAt) return begun;
    const walk = { project, createdBefore: undefined, receivedUpTo: erasedAt, after: undefined };
    return { erasure, walk, removed: 0 };
  }
}
