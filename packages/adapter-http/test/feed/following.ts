import { MemorySettledOffsets } from '@user-activity/adapter-memory';
import type { UserActivity } from '@user-activity/domain';
import { logId, type Service } from '../service.ts';

export interface FeedBody {
  readonly data: readonly { readonly id: string }[];
  readonly pagination: { readonly limit: number; readonly nextCursor: string; readonly hasMore: boolean };
}

/** The offset of partition 0 before which all activities of a new service are in the feed. */
export const firstSettled = 100;

/** Saves activities at offsets from `offset` on. The feed has them only if these offsets are settled. */
export async function save(
  { repository }: Service,
  activities: readonly UserActivity[],
  offset = 0,
): Promise<void> {
  const origins = activities.map((_, index) => ({ log: logId, partition: 0, offset: offset + index }));
  await repository.save(activities, origins);
}

/** Saves activities after the end of the feed, and adds them to the feed, as a consumer does. */
export async function append(it: Service, ...activities: readonly UserActivity[]): Promise<void> {
  const [from = 0] = it.store.settled.get(logId) ?? [];
  await save(it, activities, from);
  const to = from + activities.length;
  await new MemorySettledOffsets(it.store).settle({ log: logId, partition: 0, from, to });
}

/** Reads a page of the feed. Throws if it is refused. */
export async function page({ app }: Service, query = ''): Promise<FeedBody> {
  const response = await app.inject(`/api/logs/feed${query}`);
  if (response.statusCode !== 200) throw new Error(response.body);
  return response.json<FeedBody>();
}

export const idsIn = ({ data }: FeedBody): string[] => data.map(({ id }) => id);
