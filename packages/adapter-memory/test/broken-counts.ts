import { type KeyCount, TimeRange } from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import { repository } from './broken-stores.ts';
import type { Broken } from './broken.ts';

const all = TimeRange.between(undefined, undefined);

/** Repositories that count wrongly. */
export const brokenCounts: Broken<RepositorySubject> = [
  [
    'R15',
    'counts all, whatever the filter',
    repository((sound) => ({
      countByKey: (filter, field, most) => sound.countByKey({ ...filter, createdAt: all }, field, most),
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
      countBySlot: (filter, { unitMs, offsets }) =>
        sound.countBySlot(filter, { unitMs, offsets: offsets.slice(0, 1) }),
    })),
  ],
  [
    'R15',
    'cuts off the fraction, where it should round down',
    repository((sound) => ({
      async countBySlot(filter, slots) {
        const counts = await sound.countBySlot(filter, slots);
        return counts.map((one) => ({ ...one, slot: one.slot < 0 ? one.slot + 1 : one.slot }));
      },
    })),
  ],
  [
    'R15',
    'tells empty slots',
    repository((sound) => ({
      async countBySlot(filter, slots) {
        const counts = await sound.countBySlot(filter, slots);
        return [...counts, { segment: slots.offsets.length, slot: 0, count: 0 }];
      },
    })),
  ],
];
