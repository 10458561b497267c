import {
  ActivityFilter,
  type ActivityFeed,
  FeedPosition,
  FeedQuery,
  type FilterParts,
  TimeRange,
  Timestamp,
  walkFeed,
} from '@user-activity/domain';
import type { ActivityFeedSubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { feed, paging, walking } from './changed-feeds.ts';

/** Makes feeds that change parts of the filter before they read. */
const filtering = (change: (filter: ActivityFilter) => Partial<FilterParts>) =>
  feed((sound) => ({
    read({ filter, position, limit }) {
      const { project, userIds, types, createdAt, metadata } = filter;
      const parts = { project, userIds, types, createdAt, metadata, ...change(filter) };
      return sound.read(FeedQuery.of({ filter: ActivityFilter.ofFeed(parts), position, limit }));
    },
  }));

/** Reads pages until the limit or the end of the feed, and returns them as one page. */
async function pagesAsOne(sound: ActivityFeed, query: FeedQuery) {
  let page = await sound.read(query);
  while (page.hasMore && page.activities.length < query.limit) {
    const { filter, limit } = query;
    const left = limit - page.activities.length;
    const next = await sound.read(FeedQuery.of({ filter, position: page.position, limit: left }));
    page = { ...next, start: page.start, activities: [...page.activities, ...next.activities] };
  }
  return page;
}

/** Feeds that break the promises about filters and limits, and between logs: F5 to F7. */
export const brokenFeedFilters: Broken<ActivityFeedSubject> = [
  ['F5', 'ignores conditions on metadata', filtering(() => ({ metadata: [] }))],
  [
    'F5',
    'checks the first condition on metadata only',
    filtering(({ metadata }) => ({ metadata: metadata.slice(0, 1) })),
  ],
  [
    'F5',
    'looks only for the first user of the filter',
    filtering(({ userIds }) => ({ userIds: userIds.slice(0, 1) })),
  ],
  [
    'F5',
    'includes the end of a time range',
    filtering(({ createdAt: { from, to } }) => ({
      createdAt: TimeRange.between(from, to === undefined ? undefined : Timestamp.fromMillis(to + 1)),
    })),
  ],
  [
    'F5',
    'uses the filter of the first page for all pages',
    feed((sound) => {
      let filter: ActivityFilter | undefined;
      return {
        read({ filter: asked, position, limit }) {
          filter ??= asked;
          return sound.read(FeedQuery.of({ filter, position, limit }));
        },
      };
    }),
  ],
  [
    'F6',
    'applies the limit to each partition',
    feed((sound, store) => ({
      async read(query) {
        const settled = store.settled.get(query.position.log) ?? [];
        let page = await walkFeed(query, [], () => Promise.reject(new Error('There is no partition.')));
        for (const partition of settled.keys()) {
          const { offsets } = page.position;
          const others = settled.map((offset, index) =>
            index === partition ? (offsets[index] ?? 0) : offset,
          );
          const next = await sound.read(query.from({ ...page.position, offsets: others, turn: partition }));
          const advanced = settled.map((_, index) =>
            index === partition ? (next.position.offsets[index] ?? 0) : (offsets[index] ?? 0),
          );
          const position = { ...page.position, offsets: advanced };
          page = {
            start: query.position,
            position,
            activities: [...page.activities, ...next.activities],
            hasMore: FeedPosition.isBefore(position, settled),
          };
        }
        return page;
      },
    })),
  ],
  [
    'F6',
    'skips the rest of a partition after it has examined 5,000 entries',
    walking({
      portion: ({ activities, end }, { to, max }) => ({ end: activities.length < max ? to : end }),
    }),
  ],
  [
    'F6',
    'examines all entries until it finds a match',
    walking({ query: (query) => ({ ...query, maxExamined: Number.MAX_SAFE_INTEGER }) }),
  ],
  ['F6', 'reads on until the page is full', feed((sound) => ({ read: (query) => pagesAsOne(sound, query) }))],
  [
    'F6',
    'does not advance the position if nothing matches',
    paging(({ activities, start }) => (activities.length === 0 ? { position: start } : {})),
  ],
  [
    'F6',
    'says that an empty page is the last one',
    paging(({ activities, hasMore }) => ({ hasMore: hasMore && activities.length > 0 })),
  ],
  [
    'F6',
    'counts entries of other projects as examined',
    walking({ selects: ({ origin }, { position }) => origin.log === position.log }),
  ],
  [
    'F6',
    'counts 5,000 examined entries for each portion with a match',
    walking({ portion: ({ activities }) => ({ examined: activities.length > 0 ? 5000 : 0 }) }),
  ],
  [
    'F6',
    'drops the activities that exceed the size of a portion',
    walking({
      portion: ({ activities }) => {
        let bytes = 0;
        return { activities: activities.filter((one) => (bytes += one.textBytes()) < 2 * 1024 * 1024) };
      },
    }),
  ],
  [
    'F7',
    'shows the activities of all logs',
    walking({ selects: ({ activity }, { filter }) => activity.project === filter.project }),
  ],
  [
    'F7',
    'ignores the case of log ids',
    walking({
      selects: ({ activity, origin }, { filter, position }) =>
        activity.project === filter.project && origin.log.toLowerCase() === position.log.toLowerCase(),
    }),
  ],
  [
    'F7',
    'shows the activities of all projects',
    walking({
      selects: ({ origin }, { position }) => origin.log === position.log,
      matches: ({ activity: { project, ...others } }, { filter }) =>
        filter.matches({ ...others, project: project === filter.project ? project : filter.project }),
    }),
  ],
];
