import {
  type ActivityFilter,
  type ActivityRepository,
  ActivityType,
  type KeyField,
  maxSeries,
  UserId,
} from '@user-activity/domain';
import { tooManyKeys } from './too-broad.ts';

/** The activities of one type or user: those whose units of time are counted apart from others. */
export interface Series {
  readonly key: string;
  /** Returns the part of a filter that belongs to the series. */
  readonly of: (filter: ActivityFilter) => ActivityFilter;
}

/** The types or users of the activities that match a filter, each as a series. */
export interface SeriesOfField {
  readonly field: KeyField;
  readonly all: readonly Series[];
}

/** Returns each type or user that activities have. Throws QUERY_TOO_BROAD if there are more than 100. */
export async function seriesOf(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<SeriesOfField> {
  const counts = await repository.countByKey(filter, field, maxSeries);
  if (counts === 'too-many') throw tooManyKeys(maxSeries, field);
  const all = counts.map(({ key }): Series => {
    const part = field === 'type' ? { types: [ActivityType.parse(key)] } : { userIds: [UserId.parse(key)] };
    return { key, of: (whole) => whole.with(part) };
  });
  return { field, all };
}
