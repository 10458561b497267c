import {
  type ActivityFeed,
  type FeedPage,
  type FeedPortion,
  type FeedPortionQuery,
  type FeedPosition,
  type FeedQuery,
  type LogPosition,
  StoredActivity,
  type UserActivity,
  walkFeed,
} from '@user-activity/domain';
import type { ActivityFeedSubject } from '@user-activity/port-contracts';
import { MemoryActivityFeed, MemoryStore } from '../src/index.ts';
import { memoryFeed } from './memory-subjects.ts';

/** Makes feeds with some methods replaced. */
export const feed =
  (
    overrides: (sound: ActivityFeed, store: MemoryStore) => Partial<ActivityFeed>,
    others: (store: MemoryStore) => Partial<ActivityFeedSubject> = () => ({}),
  ) =>
  async (): Promise<ActivityFeedSubject> => {
    const store = new MemoryStore();
    return {
      ...(await memoryFeed(store)),
      timeoutMs: 300,
      async open() {
        const sound = new MemoryActivityFeed(store);
        return {
          settled: (log) => sound.settled(log),
          read: (query) => sound.read(query),
          onSettled: (listener) => sound.onSettled(listener),
          ...overrides(sound, store),
        };
      },
      ...others(store),
    };
  };

/** Makes feeds that read from another position. */
export const readingFrom = (change: (position: FeedPosition, settled: readonly number[]) => FeedPosition) =>
  feed((sound, store) => ({
    read: (query) =>
      sound.read(query.from(change(query.position, store.settled.get(query.position.log) ?? []))),
  }));

/** Makes feeds that change each page. */
export const paging = (change: (page: FeedPage, settled: readonly number[]) => Partial<FeedPage>) =>
  feed((sound, store) => ({
    async read(query) {
      const page = await sound.read(query);
      return { ...page, ...change(page, store.settled.get(query.position.log) ?? []) };
    },
  }));

/** An activity, and the position of its record on the log. */
interface Entry {
  readonly activity: UserActivity;
  readonly origin: LogPosition;
}

/** The parts of a walk that can be replaced. */
interface Parts {
  /** Returns the settled offsets up to which the walk reads. */
  readonly settled: (offsets: readonly number[], store: MemoryStore) => readonly number[];
  /** Returns whether an entry is one of the log and the project. */
  readonly selects: (entry: Entry, query: FeedQuery) => boolean;
  /** Returns whether an entry matches the filter. */
  readonly matches: (entry: Entry, query: FeedQuery) => boolean;
  readonly order: (left: Entry, right: Entry) => number;
  /** Changes the query for a portion. */
  readonly query: (query: FeedPortionQuery) => FeedPortionQuery;
  /** Changes a portion. */
  readonly portion: (
    portion: FeedPortion,
    query: FeedPortionQuery,
    store: MemoryStore,
  ) => Partial<FeedPortion>;
}

const soundParts: Parts = {
  settled: (offsets) => offsets,
  selects: ({ activity, origin }, { filter, position }) =>
    activity.project === filter.project && origin.log === position.log,
  matches: ({ activity }, { filter }) => filter.matches(activity),
  order: (left, right) => left.origin.offset - right.origin.offset,
  query: (query) => query,
  portion: () => ({}),
};

/** Makes feeds that walk with some parts replaced. */
export const walking = (changed: Partial<Parts>) => {
  const parts = { ...soundParts, ...changed };
  return feed((sound, store) => ({
    async read(query) {
      const settled = parts.settled((await sound.settled(query.position.log)) ?? [], store);
      return walkFeed(query, settled, async (asked) => {
        const portion = portionOf(parts, store, query, parts.query(asked));
        return { ...portion, ...parts.portion(portion, asked, store) };
      });
    },
  }));
};

function portionOf(
  { selects, matches, order }: Parts,
  store: MemoryStore,
  query: FeedQuery,
  { partition, from, to, max, maxExamined }: FeedPortionQuery,
): FeedPortion {
  const entries = entriesOf(store)
    .filter((entry) => selects(entry, query))
    .filter(({ origin }) => origin.partition === partition && origin.offset >= from && origin.offset < to)
    .toSorted(order);
  const examined = entries.slice(0, maxExamined);
  const found = examined.filter((entry) => matches(entry, query)).slice(0, max);
  const last = found.length === max ? found.at(-1) : undefined;
  return {
    activities: found.map(({ activity, origin }) => StoredActivity.of(activity, origin)),
    end: last === undefined ? (entries[maxExamined]?.origin.offset ?? to) : last.origin.offset + 1,
    examined: last === undefined ? examined.length : examined.indexOf(last) + 1,
  };
}

/** Returns all activities with an origin, in the order in which they were saved. */
export const entriesOf = (store: MemoryStore): readonly Entry[] =>
  [...store.origins].flatMap(([key, origin]) => {
    const activity = store.activities.get(key);
    return activity === undefined ? [] : [{ activity, origin }];
  });
