import type { Comparison, RecordedErasure, StoredActivity, UserActivity } from '@user-activity/domain';
import type { Anonymiser } from '../storing/anonymised-record.ts';
import { type UserErasureDeps, UserErasures } from './user-erasures.ts';

export interface CompareDeps extends UserErasureDeps {
  readonly anonymiser: Pick<Anonymiser, 'replace'>;
}

/**
 * Compares a stored activity with one that has the same id and may be the same activity from before its user was anonymised. Anonymises the
 * latter in the same way first, also repeatedly if the replacement of its user was anonymised too. Returns `conflict` if none of the user's
 * erasures is an anonymisation.
 */
export async function compareAnonymised(
  deps: CompareDeps,
  stored: StoredActivity,
  activity: UserActivity,
  erasures: readonly RecordedErasure[],
): Promise<Comparison> {
  if (!erasures.some(({ mode }) => mode === 'anonymise')) return 'conflict';
  const { project, userId } = activity;
  const anonymous = activity.anonymised(deps.anonymiser.replace(project, userId));
  const comparison = stored.compare(anonymous);
  if (comparison !== 'conflict') return comparison;
  const next = await UserErasures.of(deps, [anonymous], (each) => each.userId);
  const isInProject = (other: string): boolean => other === project;
  return compareAnonymised(deps, stored, anonymous, next.of(anonymous, isInProject));
}
