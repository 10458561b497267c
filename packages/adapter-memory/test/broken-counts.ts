import { type KeyCount, TimeRange } from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import { repository } from './broken-stores.ts';
import type { Broken } from './broken.ts';

const firstPage = { order: 'desc', limit: 500, after: undefined } as const;
const always = TimeRange.between(undefined, undefined);

/** Repositories that count wrongly. */
export const brokenCounts: Broken<RepositorySubject> = [
  [
    'R12',
    'counts nothing during an outage',
    repository((sound) => ({ countBySlot: (...asked) => sound.countBySlot(...asked).catch(() => []) })),
  ],
  [
    'R14',
    'counts a page',
    repository((sound) => ({
      count: async (filter) => (await sound.find({ ...firstPage, filter })).activities.length,
    })),
  ],
  ['R14', 'estimates', repository((_, store) => ({ count: async () => store.activities.size }))],
  [
    'R15',
    'counts all, whatever the filter',
    repository((sound) => ({
      countByKey: (filter, field, most) => sound.countByKey({ ...filter, createdAt: always }, field, most),
    })),
  ],
  [
    'R15',
    'looks at no metadata where it counts by key',
    repository((sound) => ({
      countByKey: (filter, field, most) => sound.countByKey({ ...filter, metadata: [] }, field, most),
    })),
  ],
  [
    'R15',
    'looks at no metadata where it counts by slot',
    repository((sound) => ({
      countBySlot: (filter, slots, most) => sound.countBySlot({ ...filter, metadata: [] }, slots, most),
    })),
  ],
  [
    'R15',
    'tells those of whom metadata leaves nothing',
    repository((sound) => ({
      async countByKey(filter, field, most) {
        const counts = await sound.countByKey(filter, field, most);
        const all = await sound.countByKey({ ...filter, metadata: [] }, field, most);
        if (counts === 'too-many' || all === 'too-many') return counts;
        return all.map(({ key }) => ({
          key,
          count: counts.find((one) => one.key === key)?.count ?? 0,
        }));
      },
    })),
  ],
  [
    'R15',
    'counts a page of what keeps conditions on metadata',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const { activities } = await sound.find({ filter, order: 'asc', limit: 100, after: undefined });
        const end = activities.length === 100 ? activities.at(-1)?.createdAt : undefined;
        if (filter.metadata.length === 0 || end === undefined) return sound.countBySlot(filter, slots, most);
        return sound.countBySlot(
          { ...filter, createdAt: TimeRange.between(filter.createdAt.from, end) },
          slots,
          most,
        );
      },
    })),
  ],
  [
    'R15',
    'leaves out what there is too much of',
    repository((sound) => ({
      async countByKey(filter, field, most) {
        const counts = await sound.countByKey(filter, field, Number.POSITIVE_INFINITY);
        return counts.slice(0, most) as readonly KeyCount[];
      },
    })),
  ],
  [
    'R15',
    'gives up one key too early',
    repository((sound) => ({
      countByKey: (filter, field, most) => sound.countByKey(filter, field, most - 1),
    })),
  ],
  [
    'R15',
    'tells what it found per user',
    repository((sound) => ({
      async countByKey({ userIds, ...filter }, field, most) {
        if (userIds.length === 0) return sound.countByKey({ userIds, ...filter }, field, most);
        const parts = userIds.map((user) => sound.countByKey({ ...filter, userIds: [user] }, field, most));
        return (await Promise.all(parts)).flat() as readonly KeyCount[];
      },
    })),
  ],
  [
    'R15',
    'knows one offset',
    repository((sound) => ({
      countBySlot: (filter, { unitMs, offsets }, most) =>
        sound.countBySlot(filter, { unitMs, offsets: offsets.slice(0, 1) }, most),
    })),
  ],
  [
    'R15',
    'cuts off the fraction, where it should round down',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const counts = await sound.countBySlot(filter, slots, most);
        if (counts === 'too-many') return counts;
        return counts.map((one) => ({ ...one, slot: one.slot < 0 ? one.slot + 1 : one.slot }));
      },
    })),
  ],
  [
    'R15',
    'tells empty slots',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const counts = await sound.countBySlot(filter, slots, most);
        if (counts === 'too-many') return counts;
        return [...counts, { segment: slots.offsets.length, slot: 0, count: 0 }];
      },
    })),
  ],
  [
    'R15',
    'leaves out slots that there are too many of',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const counts = await sound.countBySlot(filter, slots, Number.POSITIVE_INFINITY);
        return counts === 'too-many' ? counts : counts.slice(0, most);
      },
    })),
  ],
  [
    'R15',
    'gives up one slot too early',
    repository((sound) => ({
      countBySlot: (filter, slots, most) => sound.countBySlot(filter, slots, most - 1),
    })),
  ],
  [
    'R15',
    'gives up one slot too late',
    repository((sound) => ({
      countBySlot: (filter, slots, most) => sound.countBySlot(filter, slots, most + 1),
    })),
  ],
  [
    'R15',
    'counts activities towards the most slots',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const isMore = (await sound.count(filter)) > most;
        return isMore ? 'too-many' : sound.countBySlot(filter, slots, most);
      },
    })),
  ],
  [
    'R15',
    'allows the most slots to each segment',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const counts = await sound.countBySlot(filter, slots, Number.POSITIVE_INFINITY);
        if (counts === 'too-many') return counts;
        const isTooMuch = (segment: number): boolean =>
          counts.filter((one) => one.segment === segment).length > most;
        return [...slots.offsets.keys()].some(isTooMuch) ? 'too-many' : counts;
      },
    })),
  ],
  [
    'R15',
    'limits the time between the first and the last',
    repository((sound) => ({
      async countBySlot(filter, slots, most) {
        const [first, last] = await Promise.all(
          (['asc', 'desc'] as const).map((order) => sound.find({ ...firstPage, filter, order, limit: 1 })),
        );
        const from = first?.activities[0]?.createdAt ?? 0;
        const to = last?.activities[0]?.createdAt ?? 0;
        return to - from > 1_000_000 * most * slots.unitMs
          ? 'too-many'
          : sound.countBySlot(filter, slots, most);
      },
    })),
  ],
];
