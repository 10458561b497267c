import {
  type ActivityFilter,
  type ActivityQuery,
  type ActivityRepository,
  MetadataCondition,
  type Order,
  type StoredActivity,
  TimeRange,
} from '@user-activity/domain';

/** Makes a filter that matches everything, except for the given members. */
export function filterOf(filter: Partial<ActivityFilter> = {}): ActivityFilter {
  return {
    userIds: [],
    types: [],
    createdAt: TimeRange.between(undefined, undefined),
    metadata: [],
    ...filter,
  };
}

/** Makes a condition from the text of a query. */
export const where = (path: string, ...texts: readonly string[]): MetadataCondition => ({
  path: MetadataCondition.parsePath(path),
  scalars: MetadataCondition.scalarsOf(texts),
});

/** Returns the position after an activity. */
const positionOf = ({ createdAt, id }: StoredActivity): ActivityQuery['after'] => ({ createdAt, id });

/** Walks through all pages and yields each. Calls `between` before each page but the first. */
export async function walk(
  repository: ActivityRepository,
  query: { readonly filter?: ActivityFilter; readonly order?: Order; readonly limit: number },
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<(readonly StoredActivity[])[]> {
  const { filter = filterOf(), order = 'desc', limit } = query;
  const pages: (readonly StoredActivity[])[] = [];
  for (let after: ActivityQuery['after']; ; ) {
    const { activities, hasMore } = await repository.find({ filter, order, limit, after });
    pages.push(activities);
    const last = activities.at(-1);
    if (!hasMore || last === undefined) return pages;
    after = positionOf(last);
    await between();
  }
}
