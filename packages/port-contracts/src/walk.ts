import {
  ActivityFilter,
  ActivityQuery,
  type ActivityRepository,
  ActivityType,
  type FilterParts,
  MetadataCondition,
  type Order,
  ProjectId,
  type StoredActivity,
  type UserActivity,
  UserId,
} from '@user-activity/domain';

/** The parts of a filter, with users and types as text. */
export type FilterTexts = Partial<
  Omit<FilterParts, 'userIds' | 'types'> & Readonly<Record<'userIds' | 'types', readonly string[]>>
>;

/** Makes a filter with the given parts. Without parts, it matches all activities of the project `default`. */
export const filterOf = ({
  project = ProjectId.default,
  userIds = [],
  types = [],
  ...parts
}: FilterTexts = {}): ActivityFilter =>
  ActivityFilter.of({
    ...parts,
    project,
    userIds: userIds.map((userId) => UserId.parse(userId)),
    types: types.map((type) => ActivityType.parse(type)),
  });

/** Saves activities in several calls of `size` activities each. */
export async function saveAll(
  repository: ActivityRepository,
  activities: readonly UserActivity[],
  size = 2000,
): Promise<void> {
  for (let saved = 0; saved < activities.length; saved += size)
    await repository.save(activities.slice(saved, saved + size));
}

/** Makes a metadata condition from a path, as keys joined by dots or as a list of keys, and from values as texts, as in a query. */
export const where = (path: string | readonly string[], ...texts: readonly string[]): MetadataCondition => ({
  path: typeof path === 'string' ? path.split('.') : path,
  scalars: MetadataCondition.scalarsOf(texts),
});

/** Returns all pages of a query. Calls `between` before each page but the first. */
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
    after = { createdAt: last.createdAt, id: last.id };
    await between();
  }
}
