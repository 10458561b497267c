import {
  type ActivityFilter,
  type ActivityRepository,
  ActivityType,
  type KeyField,
  maxSeries,
  UserId,
} from '@user-activity/domain';
import { tooManyKeys } from './too-broad.ts';

/** The activities of one type or of one user, which are counted separately. */
export interface Series {
  readonly key: string;
  /** Returns the part of a filter that belongs to the series. */
  readonly of: (filter: ActivityFilter) => ActivityFilter;
}

/** Returns a series for each type or user of the matching activities. Throws QUERY_TOO_BROAD if there are more than 100. */
export async function seriesOf(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<readonly Series[]> {
  const counts = await repository.countByKey(filter, field, maxSeries);
  if (counts === 'too-many') throw tooManyKeys(maxSeries, field);
  return counts.map(({ key }): Series => {
    const part = field === 'type' ? { types: [ActivityType.parse(key)] } : { userIds: [UserId.parse(key)] };
    return { key, of: (whole) => whole.with(part) };
  });
}
