import {
  ActivityKeyText,
  type ActivityRepository,
  compareErasures,
  type Comparison,
  type ErasedUserRecord,
  type ErasureLedger,
  isCovered,
  type LogPosition,
  type RecordedErasure,
  type SaveOutcome,
  type StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import { compareAnonymised } from '../users/compare-anonymised.ts';
import { type UserErasureDeps, UserErasures } from '../users/user-erasures.ts';
import type { Anonymiser } from './anonymised-record.ts';

export interface ConflictDeps extends UserErasureDeps {
  readonly repository: Pick<ActivityRepository, 'save' | 'findByIds'>;
  readonly ledger: UserErasureDeps['ledger'] & Pick<ErasureLedger, 'removeRecords'>;
  readonly anonymiser: Anonymiser;
}

/** Takes the outcome of the latest attempt to save the activity at `index`. Returns the outcome of the first attempt that saved it. */
export type FirstOutcome = (latest: SaveOutcome, index: number) => SaveOutcome;

// The number of conflicts whose stored activities are read at the same time. Limits memory.
const maxAtOnce = 100;

/**
 * Saves activities, and resolves the conflicts that an erasure of a user explains:
 *  - The stored activity belongs to an erased user, and is about to be removed or anonymised. Then it is removed or anonymised now, and
 *    the new activity is saved again.
 *  - The stored activity is the same as the new one, but its user was anonymised. Then the new one is a duplicate. A conflict would become a
 *    dead letter that names the user.
 */
export async function saveAndResolveConflicts(
  deps: ConflictDeps,
  activities: readonly UserActivity[],
  origins: readonly LogPosition[],
  firstOutcome: FirstOutcome,
): Promise<readonly SaveOutcome[]> {
  const outcomes = (await deps.repository.save(activities, origins)).map(firstOutcome);
  const conflicts = [...outcomes.keys()].filter((index) => outcomes[index] === 'conflict');
  // Nearly always there are no conflicts, or no erasures.
  if (conflicts.length === 0 || (await deps.ledger.isEmpty())) return outcomes;
  for (let first = 0; first < conflicts.length; first += maxAtOnce) {
    const portion = conflicts.slice(first, first + maxAtOnce);
    let others = await findConflicting(deps, pick(activities, portion));
    if (others.due.length > 0) {
      await deps.ledger.removeRecords(others.due, []);
      const latest = await deps.repository.save(pick(activities, portion), pick(origins, portion));
      for (const [nth, index] of portion.entries())
        outcomes[index] = firstOutcome(latest[nth] ?? 'conflict', index);
      // Meanwhile, stored activities may have been anonymised, and further ones stored.
      others = await findConflicting(deps, pick(activities, portion));
    }
    for (const index of portion) {
      const activity = activities[index];
      if (outcomes[index] === 'conflict' && activity !== undefined)
        outcomes[index] = await others.compare(activity);
    }
  }
  return outcomes;
}

/** Finds the stored activities with which these activities conflict, and the erasures of the users of both. */
async function findConflicting(deps: ConflictDeps, activities: readonly UserActivity[]) {
  const { anonymiser } = deps;
  const found = await deps.repository.findByIds(activities);
  const erasures = await UserErasures.of(deps, [...activities, ...found], ({ userId }) => userId);
  const erasuresOf = (activity: UserActivity | StoredActivity): readonly RecordedErasure[] =>
    erasures.of(activity, (project) => project === activity.project);
  const stored = new Map(found.map((activity) => [ActivityKeyText.of(activity), activity]));
  return {
    /** The stored activities that are about to be removed or anonymised, in the order of `compareErasures`. */
    due: found
      .flatMap((activity) => dueOf(activity, erasuresOf(activity), anonymiser))
      .toSorted((left, right) => compareErasures(left.erasure, right.erasure)),
    /** Compares an activity with the stored activity that has its id and may have been anonymised. */
    async compare(activity: UserActivity): Promise<Comparison> {
      const other = stored.get(ActivityKeyText.of(activity));
      return other === undefined
        ? 'conflict'
        : compareAnonymised(deps, other, activity, erasuresOf(activity));
    },
  };
}

/** Returns one removal of a stored activity for each erasure of its user that covers it. */
const dueOf = (
  activity: StoredActivity,
  erasures: readonly RecordedErasure[],
  anonymiser: Anonymiser,
): readonly ErasedUserRecord[] =>
  erasures
    .filter((erasure) => isCovered(activity, erasure))
    .map((erasure) => ({
      project: activity.project,
      id: activity.id,
      userId: activity.userId,
      erasure,
      replacement:
        erasure.mode === 'anonymise' ? anonymiser.replace(activity.project, activity.userId) : undefined,
    }));

const pick = <Item>(items: readonly Item[], indexes: readonly number[]): readonly Item[] =>
  indexes.flatMap((index) => items.slice(index, index + 1));
