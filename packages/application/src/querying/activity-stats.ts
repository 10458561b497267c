import type {
  ActivityFilter,
  ActivityRepository,
  KeyCount,
  KeyField,
  StatsQuery,
} from '@user-activity/domain';
import { askTheStore } from './ask-the-store.ts';
import { type OverTimeDeps, statsOverTime } from './stats-over-time.ts';
import { tooBroad } from './too-broad.ts';

const maxKeys = 10_000;

/**
 * How many activities there are of each type or user, the most frequent first, then by the key (code points); or in each minute,
 * hour, day, week or month, in the order of time. What has none is left out.
 * Throws QUERY_TOO_BROAD where that is more than 20,000 units of time, however far apart, or 10,000 types or users;
 * STORE_UNAVAILABLE, and STORE_TIMEOUT with what to narrow.
 */
export type ActivityStats = (query: StatsQuery) => Promise<readonly KeyCount[]>;

export const makeActivityStats = (deps: OverTimeDeps): ActivityStats =>
  async function activityStats(query) {
    return askTheStore(query.filter, () =>
      'timeZone' in query
        ? statsOverTime(deps, query.filter, query.by, query.timeZone)
        : mostFrequent(deps.repository, query.filter, query.by),
    );
  };

async function mostFrequent(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<readonly KeyCount[]> {
  const counts = await repository.countByKey(filter, field, maxKeys);
  if (counts === 'too-many') {
    const [what, other] = field === 'type' ? ['types', 'userId'] : ['users', 'type'];
    throw tooBroad(
      `counts more than ${maxKeys} ${what}: narrow it by "from" and "to", "${field}" or "${other}"`,
    );
  }
  return counts.toSorted((a, b) => b.count - a.count || byCodePoints(a.key, b.key));
}

/** By their code points, which is also bytewise in UTF-8; JavaScript's own order is that of UTF-16. */
function byCodePoints(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  // In the second half of a pair both are in it: the first halves were equal.
  return (one.codePointAt(index) ?? -1) - (other.codePointAt(index) ?? -1);
}
