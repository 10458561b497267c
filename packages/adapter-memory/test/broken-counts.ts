import { ActivityQuery, type KeyCount, TimeRange, Timestamp } from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import { repository } from './broken-stores.ts';
import type { Broken } from './broken.ts';

// A time range with a `from`, because conditions on metadata need one.
const always = TimeRange.between(Timestamp.parse('0000-01-01T00:00:00Z'), undefined);

/** Repositories that count wrongly. */
export const brokenCounts: Broken<RepositorySubject> = [
  [
    'R12',
    'returns no counts during an outage',
    repository((sound) => ({ countBySlot: (...asked) => sound.countBySlot(...asked).catch(() => []) })),
  ],
  [
    'R14',
    'counts only one page',
    repository((sound) => ({
      count: async (filter) => (await sound.find(ActivityQuery.of({ filter, limit: 500 }))).activities.length,
    })),
  ],
  [
    'R14',
    'counts all activities of the store',
    repository((_, store) => ({ count: async () => store.activities.size })),
  ],
  [
    'R15',
    'ignores the time range of the filter',
    repository((sound) => ({
      countByKey: (filter, field, max) => sound.countByKey(filter.with({ createdAt: always }), field, max),
    })),
  ],
  [
    'R15',
    'ignores metadata conditions when it counts by key',
    repository((sound) => ({
      countByKey: (filter, field, max) => sound.countByKey(filter.with({ metadata: [] }), field, max),
    })),
  ],
  [
    'R15',
    'ignores metadata conditions when it counts by slot',
    repository((sound) => ({
      countBySlot: (filter, slots, max) => sound.countBySlot(filter.with({ metadata: [] }), slots, max),
    })),
  ],
  [
    'R15',
    'returns keys with the count 0',
    repository((sound) => ({
      async countByKey(filter, field, max) {
        const counts = await sound.countByKey(filter, field, max);
        const all = await sound.countByKey(filter.with({ metadata: [] }), field, max);
        if (counts === 'too-many' || all === 'too-many') return counts;
        return all.map(({ key }) => ({
          key,
          count: counts.find((counted) => counted.key === key)?.count ?? 0,
        }));
      },
    })),
  ],
  [
    'R15',
    'counts only one page of the metadata matches',
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const { activities } = await sound.find(ActivityQuery.of({ filter, order: 'asc', limit: 100 }));
        const end = activities.length === 100 ? activities.at(-1)?.createdAt : undefined;
        if (filter.metadata.length === 0 || end === undefined) return sound.countBySlot(filter, slots, max);
        return sound.countBySlot(
          filter.with({ createdAt: TimeRange.between(filter.createdAt.from, end) }),
          slots,
          max,
        );
      },
    })),
  ],
  [
    'R15',
    "returns only the first keys instead of 'too-many'",
    repository((sound) => ({
      async countByKey(filter, field, max) {
        const counts = await sound.countByKey(filter, field, Number.POSITIVE_INFINITY);
        return counts.slice(0, max) as readonly KeyCount[];
      },
    })),
  ],
  [
    'R15',
    "returns 'too-many' at the limit of keys",
    repository((sound) => ({
      countByKey: (filter, field, max) => sound.countByKey(filter, field, max - 1),
    })),
  ],
  [
    'R15',
    'returns a key once per user',
    repository((sound) => ({
      async countByKey(filter, field, max) {
        if (filter.userIds.length === 0) return sound.countByKey(filter, field, max);
        const parts = filter.userIds.map((user) =>
          sound.countByKey(filter.with({ userIds: [user] }), field, max),
        );
        return (await Promise.all(parts)).flat() as readonly KeyCount[];
      },
    })),
  ],
  [
    'R15',
    'uses only the first offset',
    repository((sound) => ({
      countBySlot: (filter, { unitMs, offsets }, max) =>
        sound.countBySlot(filter, { unitMs, offsets: offsets.slice(0, 1) }, max),
    })),
  ],
  [
    'R15',
    'rounds slots towards zero instead of down',
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const counts = await sound.countBySlot(filter, slots, max);
        if (counts === 'too-many') return counts;
        return counts.map((count) => ({ ...count, slot: count.slot < 0 ? count.slot + 1 : count.slot }));
      },
    })),
  ],
  [
    'R15',
    'returns slots with the count 0',
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const counts = await sound.countBySlot(filter, slots, max);
        if (counts === 'too-many') return counts;
        return [...counts, { segment: slots.offsets.length, slot: 0, count: 0 }];
      },
    })),
  ],
  [
    'R15',
    "returns only the first slots instead of 'too-many'",
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const counts = await sound.countBySlot(filter, slots, Number.POSITIVE_INFINITY);
        return counts === 'too-many' ? counts : counts.slice(0, max);
      },
    })),
  ],
  [
    'R15',
    "returns 'too-many' at the limit of slots",
    repository((sound) => ({
      countBySlot: (filter, slots, max) => sound.countBySlot(filter, slots, max - 1),
    })),
  ],
  [
    'R15',
    'returns one slot more than the limit',
    repository((sound) => ({
      countBySlot: (filter, slots, max) => sound.countBySlot(filter, slots, max + 1),
    })),
  ],
  [
    'R15',
    'compares the number of activities with the limit of slots',
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const isMore = (await sound.count(filter)) > max;
        return isMore ? 'too-many' : sound.countBySlot(filter, slots, max);
      },
    })),
  ],
  [
    'R15',
    'applies the limit to each segment',
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const counts = await sound.countBySlot(filter, slots, Number.POSITIVE_INFINITY);
        if (counts === 'too-many') return counts;
        const isTooMuch = (segment: number): boolean =>
          counts.filter((count) => count.segment === segment).length > max;
        return [...slots.offsets.keys()].some(isTooMuch) ? 'too-many' : counts;
      },
    })),
  ],
  [
    'R15',
    'limits the time span instead of the number of slots',
    repository((sound) => ({
      async countBySlot(filter, slots, max) {
        const [first, last] = await Promise.all(
          (['asc', 'desc'] as const).map((order) =>
            sound.find(ActivityQuery.of({ filter, order, limit: 1 })),
          ),
        );
        const from = first?.activities[0]?.createdAt ?? 0;
        const to = last?.activities[0]?.createdAt ?? 0;
        return to - from > 1_000_000 * max * slots.unitMs
          ? 'too-many'
          : sound.countBySlot(filter, slots, max);
      },
    })),
  ],
];
