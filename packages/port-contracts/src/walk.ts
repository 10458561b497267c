import {
  ActivityFilter,
  ActivityQuery,
  type ActivityRepository,
  type FilterParts,
  MetadataCondition,
  type Order,
  type StoredActivity,
} from '@user-activity/domain';

/** Makes a filter that matches everything, except for the given parts. */
export const filterOf = (parts: Partial<FilterParts> = {}): ActivityFilter => ActivityFilter.of(parts);

/** Makes a condition from a path, whose keys are joined by dots or listed, and the texts of a query. */
export const where = (path: string | readonly string[], ...texts: readonly string[]): MetadataCondition => ({
  path: typeof path === 'string' ? path.split('.') : path,
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
    const { activities, hasMore } = await repository.find(ActivityQuery.of({ filter, order, limit, after }));
    pages.push(activities);
    const last = activities.at(-1);
    if (!hasMore || last === undefined) return pages;
    after = positionOf(last);
    await between();
  }
}
