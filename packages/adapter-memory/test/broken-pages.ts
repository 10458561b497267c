import type { ActivityPage, ActivityQuery, ActivityRepository } from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { repository } from './broken-stores.ts';

/** Returns a page filled up to the limit with the items of the next pages. */
async function beyondBytes(sound: ActivityRepository, query: ActivityQuery): Promise<ActivityPage> {
  const page = await sound.find(query);
  const [last, limit] = [page.activities.at(-1), query.limit - page.activities.length];
  if (!page.hasMore || last === undefined || limit === 0) return page;
  const rest = await beyondBytes(sound, query.with({ limit, after: last }));
  return { ...rest, activities: [...page.activities, ...rest.activities] };
}

/** Returns an empty page if no activity has the position after which the page begins. */
async function afterActivities(sound: ActivityRepository, query: ActivityQuery): Promise<ActivityPage> {
  const { filter, after } = query;
  const isKnown =
    after === undefined || (await sound.findById({ project: filter.project, id: after.id })) !== undefined;
  return isKnown ? sound.find(query) : { activities: [], hasMore: false };
}

export const brokenPages: Broken<RepositorySubject> = [
  [
    'R9',
    'returns nothing if the last activity of the previous page is gone',
    repository((sound) => ({ find: (query) => afterActivities(sound, query) })),
  ],
  [
    'R17',
    'limits a page only by the number of activities',
    repository((sound) => ({ find: (query) => beyondBytes(sound, query) })),
  ],
  [
    'R17',
    'limits every page to 100 activities',
    repository((sound) => ({
      find: (query) => sound.find(query.with({ limit: Math.min(query.limit, 100) })),
    })),
  ],
];
