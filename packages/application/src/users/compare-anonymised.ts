import type { Comparison, RecordedErasure, StoredActivity, UserActivity } from '@user-activity/domain';
import type { Anonymiser } from '../storing/anonymised-record.ts';

/**
 * Compares a stored activity with one that a client sent again after its user was anonymised: the stored one has neither the user nor the
 * metadata any more. Returns `conflict` if none of the user's erasures is an anonymisation.
 */
export const compareAnonymised = (
  stored: StoredActivity,
  activity: UserActivity,
  erasures: readonly RecordedErasure[],
  anonymiser: Pick<Anonymiser, 'replace'>,
): Comparison =>
  erasures.some(({ mode }) => mode === 'anonymise')
    ? stored.compare(activity.anonymised(anonymiser.replace(activity.project, activity.userId)))
    : 'conflict';
