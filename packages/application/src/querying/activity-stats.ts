import {
  type ActivityFilter,
  type ActivityRepository,
  byCodePoints,
  type KeyCount,
  type KeyField,
  maxKeys,
  type StatsLine,
  type StatsQuery,
  type TimeZone,
} from '@user-activity/domain';
import { type OverTimeDeps, statsOverTime } from './stats-over-time.ts';
import { tooManyKeys } from './too-broad.ts';
import { withNarrowingHint } from './with-narrowing-hint.ts';

/**
 * Counts activities by type or user, or by a unit of time: minute, hour, day, week or month.
 *  - Counts by type or user are ordered by count, the highest first, and then by key in the order of code points.
 *  - Counts over time are in the order of time. With `series`, there is one count for each unit of time and each type or user, and the
 *    counts of a unit are in the order of code points.
 * Omits counts of 0. Throws QUERY_TOO_BROAD if there are more than 10,000 types or users (100 in a series), or more than 20,000 counts over
 * time. Throws STORE_UNAVAILABLE, and STORE_TIMEOUT with a hint on how to narrow the filter.
 */
export type ActivityStats = (query: StatsQuery) => Promise<readonly StatsLine[]>;

export const makeActivityStats = (deps: OverTimeDeps): ActivityStats =>
  async function activityStats(query) {
    return withNarrowingHint(query.filter, () =>
      'timeZone' in query ? overTime(deps, query) : statsByKey(deps.repository, query.filter, query.by),
    );
  };

async function overTime(
  deps: OverTimeDeps,
  { filter, by, timeZone, series: field }: Extract<StatsQuery, { readonly timeZone: TimeZone }>,
): Promise<readonly StatsLine[]> {
  if (field === undefined) return statsOverTime(deps, filter, by, timeZone);
  const lines = await statsOverTime(deps, filter, by, timeZone, field);
  return lines.map(({ key, series, count }) => ({ key, [field]: series, count }));
}

async function statsByKey(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<readonly KeyCount[]> {
  const counts = await repository.countByKey(filter, field, maxKeys);
  if (counts === 'too-many') throw tooManyKeys(maxKeys, field);
  return counts.toSorted((a, b) => b.count - a.count || byCodePoints(a.key, b.key));
}
