import {
  type DomainError,
  type ErasureId,
  type ErasureLedger,
  isDomainError,
  type OpenErasure,
  type UserId,
  type UserRemoval,
} from '@user-activity/domain';
import { maxPortion, type Removals } from '../projects/removals.ts';
import type { Anonymiser } from '../storing/anonymised-record.ts';
import { type UserErasureDeps, UserErasures } from './user-erasures.ts';

export interface UserErasureSweepDeps extends UserErasureDeps {
  readonly ledger: UserErasureDeps['ledger'] &
    Pick<ErasureLedger, 'findOpen' | 'removeActivities' | 'removeLetters' | 'finish'>;
  readonly anonymiser: Anonymiser;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /**
   * How long after the first pass the last pass begins, in milliseconds: twice the time after which a consumer that does not answer loses its
   * partitions. Until then, such a consumer may still save activities, and may die before it notices the erasure.
   */
  readonly settleMs: number;
}

/** The number of erasures that one query reads. */
const pageSize = 1000;
/** The maximum number of erasures that a process has begun and not finished. Further erasures wait. */
const maxBegun = 10_000;

type Removal = Pick<UserRemoval, 'erasure' | 'replacement'>;

/** The position of a walk over the activities of a user. */
interface Walk {
  after: UserRemoval['after'];
}

/** How far the erasure of a user has come. It takes two passes over all that it covers, the last one `settleMs` after the first. */
interface Progress extends Walk {
  /** When the first pass ended, on the clock `now`. Undefined until then. */
  firstPassAt: number | undefined;
}

/** Removes or anonymises the data of erased users. */
export class UserErasureSweep {
  readonly #deps: UserErasureSweepDeps;
  /** The erasures that this process has begun. Another process would begin them again. */
  readonly #progress: Map<ErasureId, Progress> = new Map();

  constructor(deps: UserErasureSweepDeps) {
    this.#deps = deps;
  }

  /**
   * Returns true if nothing is left to do now, or false if the time ran out first. Rejects after all other erasures if a user can't be
   * anonymised.
   */
  async run(removals: Removals): Promise<boolean> {
    const seen = new Set<ErasureId>();
    let failure: DomainError | undefined;
    for (let last: OpenErasure | undefined; ; ) {
      const page = await this.#deps.ledger.findOpen(pageSize, last);
      for (const erasure of page) {
        if (removals.isTimeOver) return false;
        const isBegun = this.#progress.has(erasure.id);
        // Further erasures wait until this process has finished some.
        if (!isBegun && this.#progress.size >= maxBegun) continue;
        seen.add(erasure.id);
        let replacement: UserId | undefined;
        try {
          replacement = this.#replacementOf(erasure);
        } catch (error) {
          // Without ANONYMISATION_KEY no user can be anonymised, but the other erasures go on.
          if (!isDomainError(error)) throw error;
          failure ??= error;
          continue;
        }
        if (!(await this.#erase({ erasure, replacement }, removals))) return false;
      }
      if (page.length < pageSize) break;
      last = page.at(-1);
    }
    // An erasure that is no longer open was finished by another process.
    for (const id of this.#progress.keys()) if (!seen.has(id)) this.#progress.delete(id);
    if (failure !== undefined) throw failure;
    return true;
  }

  #replacementOf({ mode, project, userId }: OpenErasure): UserId | undefined {
    return mode === 'anonymise' ? this.#deps.anonymiser.replace(project, userId) : undefined;
  }

  async #erase(removal: Removal, removals: Removals): Promise<boolean> {
    const { ledger, now, settleMs } = this.#deps;
    const { id } = removal.erasure;
    const progress = this.#progress.get(id) ?? { after: undefined, firstPassAt: undefined };
    this.#progress.set(id, progress);
    if (progress.firstPassAt === undefined) {
      if (!(await this.#continuePass(removal, progress, removals))) return false;
      progress.firstPassAt = now();
    }
    // The next sweep looks again.
    if (now() - progress.firstPassAt < settleMs) return true;
    if (!(await this.#continuePass(removal, progress, removals))) return false;
    if (!(await this.#eraseReplacement(removal, removals))) return false;
    await ledger.finish(id);
    this.#progress.delete(id);
    return true;
  }

  /** Continues a pass. Returns true when it is complete, or false if the time ran out first. */
  async #continuePass({ erasure, replacement }: Removal, walk: Walk, removals: Removals): Promise<boolean> {
    const { ledger } = this.#deps;
    const limit = maxPortion;
    const activitiesDone = await removals.removePortions('forgotten', async () => {
      const portion = { erasure, replacement, after: walk.after, limit };
      const { removed, next } = await ledger.removeActivities(portion);
      walk.after = next;
      return { removed, isLast: next === undefined };
    });
    return (
      activitiesDone &&
      removals.removePortions('letters', async () => {
        const removed = await ledger.removeLetters(erasure, limit);
        return { removed, isLast: removed < limit };
      })
    );
  }

  /**
   * If the replacement itself was erased as a user, erases the activities that have just received it, because that erasure may have ended
   * before. If it was an anonymisation, repeats this with the next replacement. Returns true when done, or false if the time ran out first.
   */
  async #eraseReplacement(
    { erasure: { project }, replacement: userId }: Removal,
    removals: Removals,
  ): Promise<boolean> {
    if (userId === undefined) return true;
    const erasures = await UserErasures.of(this.#deps, [userId], () => userId);
    for (const found of erasures.of(userId, (other) => other === project)) {
      const erasure = { ...found, userId };
      const replacement = this.#replacementOf(erasure);
      if (!(await this.#continuePass({ erasure, replacement }, { after: undefined }, removals))) return false;
      if (!(await this.#eraseReplacement({ erasure, replacement }, removals))) return false;
    }
    return true;
  }
}
