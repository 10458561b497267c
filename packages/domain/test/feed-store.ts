import { sampleActivity } from '@user-activity/port-contracts';
import {
  type FeedPortion,
  type FeedPortionQuery,
  type FeedPosition,
  LogId,
  StoredActivity,
} from '../src/index.ts';

export const log = LogId.parse('log-1');

/** An entry of a partition, described by a test. */
export interface Entry {
  readonly offset: number;
  /** Whether the filter matches it. */
  readonly isMatch: boolean;
}

/** Makes the activity at a partition and an offset. Its id tells both. */
const activityAt = (partition: number, offset: number, text = ''): StoredActivity =>
  StoredActivity.of(sampleActivity({ id: `p${partition}-${offset}`, metadata: { text } }), {
    log,
    partition,
    offset,
  });

/** Returns the ids of the matching activities from a position up to these offsets, sorted by partition and offset. */
export const matchesBetween = (
  partitions: readonly (readonly Entry[])[],
  { offsets }: Pick<FeedPosition, 'offsets'>,
  ends: readonly number[],
): readonly string[] =>
  partitions.flatMap((entries, partition) =>
    entries
      .filter(({ offset, isMatch }) => isMatch && offset >= (offsets[partition] ?? 0))
      .filter(({ offset }) => offset < (ends[partition] ?? 0))
      .map(({ offset }) => `p${partition}-${offset}`),
  );

/** A store whose entries are sorted by offset. It records the queries. Each entry counts as `weight` examined entries. */
export function feedStore(partitions: readonly (readonly Entry[])[], weight = 1, text = '') {
  const queries: FeedPortionQuery[] = [];
  const readPortion = async (query: FeedPortionQuery): Promise<FeedPortion> => {
    queries.push(query);
    const { partition, from, to, max, maxExamined } = query;
    const entries = (partitions[partition] ?? []).filter(({ offset }) => offset >= from && offset < to);
    const examined = entries.slice(0, maxExamined);
    const found = examined.filter(({ isMatch }) => isMatch).slice(0, max);
    const last = found.length === max ? found.at(-1) : undefined;
    return {
      activities: found.map(({ offset }) => activityAt(partition, offset, text)),
      end: last === undefined ? (entries[maxExamined]?.offset ?? to) : last.offset + 1,
      examined: weight * (last === undefined ? examined.length : examined.indexOf(last) + 1),
    };
  };
  return { queries, readPortion };
}
