import {
  type DomainError,
  type ErasureId,
  type ErasureLedger,
  isDomainError,
  type OpenErasure,
  type UserId,
  type UserRemoval,
} from '@user-activity/domain';
import { maxErasing } from '../projects/change-projects.ts';
import type { Removals } from '../projects/removals.ts';
import type { Anonymiser } from '../storing/anonymised-record.ts';

export interface UserErasureSweepDeps {
  readonly ledger: Pick<
    ErasureLedger,
    'findOpen' | 'removeActivities' | 'removeLetters' | 'addErased' | 'finish'
  >;
  readonly anonymiser: Anonymiser;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /**
   * How long after the first pass the last one begins, in milliseconds: twice the time after which a consumer that does not answer loses its
   * partitions. Such a consumer may still save what it had begun to, and may die before it looks at the ledger again.
   */
  readonly settleMs: number;
}

// A store removes this many without delaying other work for long.
const limit = 1000;

/** What is left of an erasure: a first pass over everything that it covers, and a last one some time later. */
interface Progress {
  after: Parameters<ErasureLedger['removeActivities']>[0]['after'];
  /** When the first pass ended, on the clock `now`. Undefined before. */
  firstPassAt: number | undefined;
}

/** Removes what erasures of users cover. */
export class UserErasureSweep {
  readonly #deps: UserErasureSweepDeps;
  /** The erasures that this process has begun. Another process begins them anew. */
  readonly #progress: Map<ErasureId, Progress> = new Map();

  constructor(deps: UserErasureSweepDeps) {
    this.#deps = deps;
  }

  /** Returns whether there is nothing to do now: otherwise the time is over. Rejects at the end if a user has no replacement. */
  async run(removals: Removals): Promise<boolean> {
    const open = await this.#deps.ledger.findOpen(maxErasing);
    for (const id of this.#progress.keys())
      if (!open.some((erasure) => erasure.id === id)) this.#progress.delete(id);
    let failure: DomainError | undefined;
    for (const erasure of open) {
      let replacement: UserId | undefined;
      try {
        replacement = this.#replacementOf(erasure);
      } catch (error) {
        // Without a key nobody can be anonymised, but the other erasures go on.
        if (!isDomainError(error)) throw error;
        failure ??= error;
        continue;
      }
      if (!(await this.#erase(erasure, replacement, removals))) return false;
    }
    if (failure !== undefined) throw failure;
    return true;
  }

  #replacementOf({ mode, project, userId }: OpenErasure): UserId | undefined {
    return mode === 'anonymise' ? this.#deps.anonymiser.replace(project, userId) : undefined;
  }

  async #erase(erasure: OpenErasure, replacement: UserId | undefined, removals: Removals): Promise<boolean> {
    const { ledger, now, settleMs } = this.#deps;
    const progress = this.#progress.get(erasure.id) ?? { after: undefined, firstPassAt: undefined };
    this.#progress.set(erasure.id, progress);
    const pass = () => this.#pass({ erasure, replacement }, progress, removals);
    if (progress.firstPassAt === undefined) {
      if (!(await pass())) return false;
      progress.firstPassAt = now();
    }
    // The next sweep looks again.
    if (now() - progress.firstPassAt < settleMs) return true;
    if (!(await pass())) return false;
    await ledger.finish(erasure.id);
    this.#progress.delete(erasure.id);
    return true;
  }

  /** Continues a pass. Returns whether it is complete: otherwise the time is over. */
  async #pass(
    { erasure, replacement }: Pick<UserRemoval, 'erasure' | 'replacement'>,
    progress: Progress,
    removals: Removals,
  ): Promise<boolean> {
    const { ledger } = this.#deps;
    const activitiesDone = await removals.portions('forgotten', async () => {
      const { removed, next } = await ledger.removeActivities({
        erasure,
        replacement,
        after: progress.after,
        limit,
      });
      if (removed > 0) await ledger.addErased(erasure.id, removed);
      progress.after = next;
      return { removed, isLast: next === undefined };
    });
    return (
      activitiesDone &&
      removals.portions('letters', async () => {
        const removed = await ledger.removeLetters(erasure, limit);
        return { removed, isLast: removed < limit };
      })
    );
  }
}
