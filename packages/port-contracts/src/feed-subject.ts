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
import { idsOf, sampleActivity, sampleTime } from './samples.ts';
import { filterOf } from './walk.ts';

/** A store with an activity feed. */
export interface ActivityFeedSubject extends StoreSubject<ActivityFeed> {
  /** Opens the activities of the same store. */
  repository(): Promise<ActivityRepository>;
  /** Opens the settled offsets of the same store. */
  settledOffsets(): Promise<SettledOffsets>;
  /** How long a case waits for the call of a listener before it fails, in milliseconds. Default: 45,000. */
  readonly timeoutMs?: number;
}

/** The log of most cases, and a second log. The ids differ only in one capital letter. */
export const [log, otherLog] = [LogId.parse('feed-log'), LogId.parse('feed-Log')];
/** The number of partitions of `log`. */
export const partitionCount = 3;

/** Writes activities to a store as consumers do: saves them with their origins, and raises the settled offsets. */
export class FeedWriter {
  readonly #repository: ActivityRepository;
  readonly #settled: SettledOffsets;

  constructor(repository: ActivityRepository, settled: SettledOffsets) {
    this.#repository = repository;
    this.#settled = settled;
  }

  begin(offsets: readonly number[] = Array.from({ length: partitionCount }, () => 0)): Promise<void> {
    return this.#settled.begin(log, offsets);
  }

  async save(activities: readonly UserActivity[], partition: number, offsets: readonly number[]) {
    const origins = offsets.map((offset) => ({ log, partition, offset }));
    await this.#repository.save(activities, origins);
  }

  async settle(partition: number, from: number, to: number): Promise<void> {
    assert.equal(await this.#settled.settle({ log, partition, from, to }), true);
  }

  /** Saves activities at every second offset from `from` on, and settles these offsets. Returns the offset after them. */
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

/** Makes cases of `ActivityFeed`. Each gets an open feed, a writer to the same store, and its subject. */
export const feedCases = casesWith(
  async (subject: ActivityFeedSubject) =>
    [
      await subject.open(),
      new FeedWriter(await subject.repository(), await subject.settledOffsets()),
      subject,
    ] as const,
);

/** Matches all activities of the project `default`. */
export const matchAllFilter = filterOf();

/** More pages than any walk of these cases needs. A walk that never ends fails here. */
const maxPages = 2000;

interface WalkOptions {
  readonly filter?: ActivityFilter;
  readonly limit?: number;
  readonly position?: FeedPosition;
}

/** Reads pages until there are no more. Returns the activities of all pages, and the last position. */
export async function readWholeFeed(
  feed: ActivityFeed,
  { filter = matchAllFilter, limit, position = FeedPosition.start(log) }: WalkOptions = {},
): Promise<{ readonly found: readonly StoredActivity[]; readonly position: FeedPosition }> {
  const found: StoredActivity[] = [];
  let query = FeedQuery.of({ filter, position, limit });
  for (let pages = 1; ; pages += 1) {
    assert.ok(pages <= maxPages, 'the walk does not end');
    const page = await feed.read(query);
    assert.ok(page.activities.length <= query.limit, `a page has ${page.activities.length} activities`);
    found.push(...page.activities);
    if (page.hasMore) assert.notDeepEqual(page.position, query.position, 'the position did not advance');
    query = query.from(page.position);
    if (!page.hasMore) return { found, position: page.position };
  }
}

/** Asserts that a walk found exactly the expected activities, each once, and sorted by offset within each partition. */
export function assertWalkFound(found: readonly StoredActivity[], expected: readonly UserActivity[]): void {
  assert.deepEqual(idsOf(found).toSorted(), idsOf(expected).toSorted());
  const latest = new Map<number, number>();
  for (const { id, origin } of found) {
    assert.ok(origin !== undefined, `${id} has no origin`);
    const before = latest.get(origin.partition) ?? -1;
    assert.ok(origin.offset > before, `offset ${origin.offset} comes after ${before}`);
    latest.set(origin.partition, origin.offset);
  }
}

/** Makes activities of five users and two types. Their times are in no order, as clients may choose them. */
export const variousActivities = (count: number): readonly UserActivity[] =>
  Array.from({ length: count }, (_, index) =>
    sampleActivity({
      userId: `user-${index % 5}`,
      type: index % 2 === 0 ? 'LOGIN' : 'LOGOUT',
      createdAt: sampleTime + ((index * 7919) % 1000) * 1000,
      metadata: { number: index, level: index % 10 === 0 ? 'high' : 'low' },
    }),
  );
