import assert from 'node:assert/strict';
import {
  type ActivityFeed,
  type ActivityFilter,
  type ActivityRepository,
  FeedPosition,
  FeedQuery,
  LogId,
  type SettledOffsets,
  type StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { idsOf, sampleActivity, start } from './samples.ts';
import { filterOf } from './walk.ts';

/** The feed of a store. */
export interface ActivityFeedSubject extends StoreSubject<ActivityFeed> {
  /** The activities and the settled offsets of the same store. */
  repository(): Promise<ActivityRepository>;
  settledOffsets(): Promise<SettledOffsets>;
  /** The time limit for a call of a listener. Default: 45,000. */
  readonly patienceMs?: number;
}

export const [log, otherLog] = [LogId.parse('feed-log'), LogId.parse('feed-Log')];
export const partitions = 3;

/** Writes activities as consumers do: saves them with their origins, and settles partitions. */
export class FeedWriter {
  readonly #repository: ActivityRepository;
  readonly #settled: SettledOffsets;

  constructor(repository: ActivityRepository, settled: SettledOffsets) {
    this.#repository = repository;
    this.#settled = settled;
  }

  begin(offsets: readonly number[] = Array.from({ length: partitions }, () => 0)): Promise<void> {
    return this.#settled.begin(log, offsets);
  }

  async save(activities: readonly UserActivity[], partition: number, offsets: readonly number[]) {
    const origins = offsets.map((offset) => ({ log, partition, offset }));
    await this.#repository.save(activities, origins);
  }

  async settle(partition: number, from: number, to: number): Promise<void> {
    assert.equal(await this.#settled.settle({ log, partition, from, to }), true);
  }

  /** Saves activities at every second offset from `from` on, and settles them. Returns the offset after them. */
  async append(activities: readonly UserActivity[], partition: number, from: number): Promise<number> {
    const to = from + 2 * activities.length;
    await this.save(
      activities,
      partition,
      activities.map((_, index) => from + 2 * index),
    );
    await this.settle(partition, from, to);
    return to;
  }
}

export const feedCases = casesWith(
  async (subject: ActivityFeedSubject) =>
    [
      await subject.open(),
      new FeedWriter(await subject.repository(), await subject.settledOffsets()),
      subject,
    ] as const,
);

export const everything = filterOf();

/** More pages than any walk of this suite needs. A walk in circles ends here. */
const maxPages = 2000;

interface WalkOptions {
  readonly filter?: ActivityFilter;
  readonly limit?: number;
  readonly position?: FeedPosition;
}

/** Reads pages until there is nothing more. Returns the activities, and the last position. */
export async function follow(
  feed: ActivityFeed,
  { filter = everything, limit, position = FeedPosition.start(log) }: WalkOptions = {},
): Promise<{ readonly found: readonly StoredActivity[]; readonly position: FeedPosition }> {
  const found: StoredActivity[] = [];
  let query = FeedQuery.of({ filter, position, limit });
  for (let pages = 1; ; pages += 1) {
    assert.ok(pages <= maxPages, 'the walk does not end');
    const page = await feed.read(query);
    assert.ok(page.activities.length <= query.limit, `a page of ${page.activities.length} activities`);
    found.push(...page.activities);
    if (page.hasMore) assert.notDeepEqual(page.position, query.position, 'the position did not advance');
    query = query.from(page.position);
    if (!page.hasMore) return { found, position: page.position };
  }
}

/** Asserts that these are the expected activities, each once, and by offset within each partition. */
export function assertFollowed(found: readonly StoredActivity[], expected: readonly UserActivity[]): void {
  assert.deepEqual(idsOf(found).toSorted(), idsOf(expected).toSorted());
  const latest = new Map<number, number>();
  for (const { id, origin } of found) {
    assert.ok(origin !== undefined, `${id} has no origin`);
    const before = latest.get(origin.partition) ?? -1;
    assert.ok(origin.offset > before, `offset ${origin.offset} comes after ${before}`);
    latest.set(origin.partition, origin.offset);
  }
}

/** Makes activities of five users and two types, at times in no order, because clients give them. */
export const variousActivities = (count: number): readonly UserActivity[] =>
  Array.from({ length: count }, (_, index) =>
    sampleActivity({
      userId: `user-${index % 5}`,
      type: index % 2 === 0 ? 'LOGIN' : 'LOGOUT',
      createdAt: start + ((index * 7919) % 1000) * 1000,
      metadata: { number: index, level: index % 10 === 0 ? 'high' : 'low' },
    }),
  );
