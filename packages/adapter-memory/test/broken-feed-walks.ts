import { setImmediate as nextTurn } from 'node:timers/promises';
import { ActivityKeyText, FeedPosition, StoredActivity } from '@user-activity/domain';
import type { ActivityFeedSubject } from '@user-activity/port-contracts';
import { MemoryActivityFeed, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { entriesOf, feed, paging, readingFrom, walking } from './changed-feeds.ts';

/** Returns the offset after the last activity that was saved to a partition, or `otherwise` if that is higher. */
const savedEnd = (store: MemoryStore, partition: number, otherwise: number): number =>
  entriesOf(store)
    .filter(({ origin }) => origin.partition === partition)
    .reduce((end, { origin }) => Math.max(end, origin.offset + 1), otherwise);

/** Returns the partition with which a page ended. */
const latestOf = ({ turn }: FeedPosition, partitions: number): number => (turn + partitions - 1) % partitions;

/** Feeds that break the promises about what a walk returns: F1 to F4. */
export const brokenFeedWalks: Broken<ActivityFeedSubject> = [
  [
    'F1',
    'advances to the settled offsets, although the limit ended the page',
    paging(({ position }, settled) => ({ position: { ...position, offsets: settled }, hasMore: false })),
  ],
  [
    'F1',
    'skips the rest of a partition after a full page',
    paging(({ position, hasMore }, settled) => {
      const latest = latestOf(position, settled.length);
      const offsets = position.offsets.map((offset, index) =>
        hasMore && index === latest ? (settled[index] ?? offset) : offset,
      );
      return {
        position: { ...position, offsets },
        hasMore: FeedPosition.isBefore({ ...position, offsets }, settled),
      };
    }),
  ],
  [
    'F1',
    'continues after the latest activity, whether it was settled or not',
    walking({
      portion: ({ activities, end }, { partition, to, max }, store) => ({
        end: activities.length === max ? end : savedEnd(store, partition, to),
      }),
    }),
  ],
  [
    'F1',
    'reads the settled offsets after it has read the activities',
    feed((_, store) => ({
      async read(query) {
        const copy = new MemoryStore();
        for (const { activity, origin } of entriesOf(store)) {
          const key = ActivityKeyText.of(activity);
          copy.activities.set(key, activity);
          copy.origins.set(key, origin);
        }
        await nextTurn();
        for (const [log, offsets] of store.settled) copy.settled.set(log, offsets.slice());
        return new MemoryActivityFeed(copy).read(query);
      },
    })),
  ],
  [
    'F2',
    'repeats the last activity of the previous page',
    readingFrom((position) => ({
      ...position,
      offsets: position.offsets.map((offset) => Math.max(0, offset - 1)),
    })),
  ],
  [
    'F2',
    'continues at its own position instead of the passed one',
    feed((sound) => {
      let position: FeedPosition | undefined;
      return {
        async read(query) {
          const page = await sound.read(position === undefined ? query : query.from(position));
          ({ position } = page);
          return page;
        },
      };
    }),
  ],
  [
    'F2',
    'advances by the number of activities instead of to their offsets',
    walking({
      portion: ({ activities, end }, { from }) => ({
        end: activities.length > 0 ? from + activities.length : end,
      }),
    }),
  ],
  [
    'F2',
    'forgets its offsets in the other partitions',
    paging(({ position, hasMore }) => {
      const latest = latestOf(position, position.offsets.length);
      const offsets = position.offsets.map((offset, index) => (index === latest ? offset : 0));
      return hasMore ? { position: { ...position, offsets } } : {};
    }),
  ],
  [
    'F3',
    'sorts a page by time',
    paging(({ activities }) => ({
      activities: activities.toSorted((left, right) => left.createdAt - right.createdAt),
    })),
  ],
  ['F3', 'returns activities in the order in which they were saved', walking({ order: () => 0 })],
  [
    'F3',
    'sorts offsets as text',
    walking({
      order: (left, right) => (String(left.origin.offset) < String(right.origin.offset) ? -1 : 1),
    }),
  ],
  ['F3', 'begins each page with the first partition', readingFrom((position) => ({ ...position, turn: 0 }))],
  [
    'F4',
    'returns activities that are saved but not settled',
    walking({
      settled: (offsets, store) => offsets.map((offset, partition) => savedEnd(store, partition, offset)),
    }),
  ],
  [
    'F4',
    'uses the highest settled offset for all partitions',
    walking({ settled: (offsets) => offsets.map(() => Math.max(...offsets)) }),
  ],
  [
    'F4',
    'returns the record at the settled offset too',
    walking({ settled: (offsets) => offsets.map((offset) => offset + 1) }),
  ],
  [
    'F4',
    'returns activities without an origin',
    feed((sound, store) => ({
      async read(query) {
        const page = await sound.read(query);
        if (query.position.offsets.length > 0) return page;
        const older = [...store.activities].filter(([key]) => !store.origins.has(key));
        return {
          ...page,
          activities: [...older.map(([, activity]) => StoredActivity.of(activity)), ...page.activities],
        };
      },
    })),
  ],
  [
    'F4',
    'treats an unknown log as an empty log',
    feed((sound) => ({ settled: async (log) => (await sound.settled(log)) ?? [] })),
  ],
  [
    'F4',
    'cuts settled offsets to 32 bits',
    feed((sound) => ({
      settled: async (log) => (await sound.settled(log))?.map((offset) => offset | 0),
    })),
  ],
];
