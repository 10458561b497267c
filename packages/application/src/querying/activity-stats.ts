import {
  type ActivityFilter,
  type ActivityRepository,
  type KeyCount,
  type KeyField,
  maxKeys,
  type StatsQuery,
} from '@user-activity/domain';
import { type OverTimeDeps, statsOverTime, tooBroad } from './stats-over-time.ts';
import { withNarrowingHint } from './with-narrowing-hint.ts';

/**
 * Counts activities by type or user, or by a unit of time: minute, hour, day, week or month. Types and users are ordered by count,
 * the highest first, then by key in the order of code points. Units of time are in the order of time. Omits keys without activities.
 * Throws QUERY_TOO_BROAD if activities have more than 10,000 types or users, or are in more than 20,000 units of time.
 * Throws STORE_UNAVAILABLE. Throws STORE_TIMEOUT with a hint how to narrow the filter.
 */
export type ActivityStats = (query: StatsQuery) => Promise<readonly KeyCount[]>;

export const makeActivityStats = (deps: OverTimeDeps): ActivityStats =>
  async function activityStats(query) {
    return withNarrowingHint(query.filter, () =>
      'timeZone' in query
        ? statsOverTime(deps, query.filter, query.by, query.timeZone)
        : statsByKey(deps.repository, query.filter, query.by),
    );
  };

async function statsByKey(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<readonly KeyCount[]> {
  const counts = await repository.countByKey(filter, field, maxKeys);
  if (counts === 'too-many') {
    const [keys, otherField] = field === 'type' ? ['types', 'userId'] : ['users', 'type'];
    throw tooBroad(
      `counts more than ${maxKeys} ${keys}: narrow it by "from" and "to", "${field}" or "${otherField}"`,
    );
  }
  return counts.toSorted((a, b) => b.count - a.count || byCodePoints(a.key, b.key));
}

/** Compares texts by code points, which is also the order of their UTF-8 bytes. JavaScript's own order is by UTF-16 code units. */
function byCodePoints(left: string, right: string): number {
  let index = 0;
  while (index < left.length && left.charCodeAt(index) === right.charCodeAt(index)) index += 1;
  // If the texts differ in the second half of a surrogate pair, both have one: the first halves were equal.
  return (left.codePointAt(index) ?? -1) - (right.codePointAt(index) ?? -1);
}
