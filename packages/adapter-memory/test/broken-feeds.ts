import { FeedPosition } from '@user-activity/domain';
import type { ActivityFeedSubject } from '@user-activity/port-contracts';
import { MemorySettledOffsets, type MemoryStore } from '../src/index.ts';
import { brokenFeedFilters } from './broken-feed-filters.ts';
import { brokenFeedWalks } from './broken-feed-walks.ts';
import type { Broken } from './broken.ts';
import { feed, paging, readingFrom } from './changed-feeds.ts';

/** Makes settled offsets that call the listeners before they raise an offset. */
function wakingEarly(store: MemoryStore) {
  const sound = new MemorySettledOffsets(store);
  return {
    history: () => sound.history(),
    begin: (...parameters: Parameters<typeof sound.begin>) => sound.begin(...parameters),
    find: (...parameters: Parameters<typeof sound.find>) => sound.find(...parameters),
    async settle(...parameters: Parameters<typeof sound.settle>) {
      const listeners = [...store.settledListeners];
      for (const listener of listeners) listener();
      store.settledListeners.clear();
      const isSettled = await sound.settle(...parameters);
      for (const listener of listeners) store.settledListeners.add(listener);
      return isSettled;
    },
  };
}

export const brokenFeeds: Broken<ActivityFeedSubject> = [
  ...brokenFeedWalks,
  ...brokenFeedFilters,
  [
    'F8',
    'moves a reader that is ahead back to the settled offset',
    readingFrom((position, settled) => ({
      ...position,
      offsets: position.offsets.map((offset, index) => Math.min(offset, settled[index] ?? 0)),
    })),
  ],
  [
    'F8',
    'moves a reader that is ahead to the beginning',
    readingFrom((position, settled) =>
      position.offsets.some((offset, index) => offset > (settled[index] ?? 0))
        ? FeedPosition.start(position.log)
        : position,
    ),
  ],
  [
    'F8',
    'returns the end of the feed as the position of a reader that is ahead',
    paging(({ position, hasMore }, settled) =>
      hasMore ? {} : { position: { ...position, offsets: settled } },
    ),
  ],
  [
    'F8',
    'forgets partitions that the store lacks',
    paging(({ position }, settled) => ({
      position: { ...position, offsets: position.offsets.slice(0, settled.length) },
    })),
  ],
  ['F9', 'never calls a listener', feed(() => ({ onSettled: () => () => undefined }))],
  [
    'F9',
    'keeps a removed listener',
    feed((sound) => ({
      onSettled(listener) {
        sound.onSettled(listener);
        return () => undefined;
      },
    })),
  ],
  [
    'F9',
    'calls only the latest listener',
    feed((sound, store) => ({
      onSettled(listener) {
        store.settledListeners.clear();
        return sound.onSettled(listener);
      },
    })),
  ],
  [
    'F9',
    'removes all listeners when one is removed',
    feed((sound, store) => ({
      onSettled(listener) {
        sound.onSettled(listener);
        return () => store.settledListeners.clear();
      },
    })),
  ],
  [
    'F9',
    'calls each listener only once',
    feed((sound) => ({
      onSettled(listener) {
        const remove = sound.onSettled(() => {
          remove();
          listener();
        });
        return remove;
      },
    })),
  ],
  [
    'F9',
    'calls its listeners before the offset is raised',
    feed(
      () => ({}),
      (store) => ({ settledOffsets: async () => wakingEarly(store) }),
    ),
  ],
  [
    'F10',
    'treats an outage as the end of the feed',
    feed((sound) => ({
      read: (query) =>
        sound.read(query).catch(() => ({
          activities: [],
          start: query.position,
          position: query.position,
          hasMore: false,
        })),
    })),
  ],
  [
    'F10',
    'treats an outage as an unknown log',
    feed((sound) => ({ settled: (log) => sound.settled(log).catch(() => undefined) })),
  ],
  [
    'F10',
    'rejects with an error of its driver',
    feed((sound) => ({
      read: (query) => sound.read(query).catch(() => Promise.reject(new Error('ECONNREFUSED'))),
    })),
  ],
  [
    'F10',
    'rejects forever after an outage',
    feed((sound) => {
      let failure: Promise<undefined> | undefined;
      return {
        async settled(log) {
          await failure;
          const answer = sound.settled(log);
          failure = answer.then(() => undefined);
          return answer;
        },
      };
    }),
  ],
];
