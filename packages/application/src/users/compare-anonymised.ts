import type { Comparison, RecordedErasure, StoredActivity, UserActivity } from '@user-activity/domain';
import type { Anonymiser } from '../storing/anonymised-record.ts';
import { type UserErasureDeps, UserErasures } from './user-erasures.ts';

export interface CompareDeps extends UserErasureDeps {
  readonly anonymiser: Pick<Anonymiser, 'replace'>;
}

/**
 * Compares a stored activity, which may be anonymised, with another activity that has the same id. Anonymises the other activity before the
 * comparison. If they still differ and the replacement of the user was anonymised too, repeats this with the next replacement. Returns
 * `conflict` if none of `erasures`, which are those of the user, is an anonymisation.
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
