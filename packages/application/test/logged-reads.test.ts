import {
  ActivityFilter,
  ActivityId,
  type ActivityPage,
  ActivityQuery,
  ActivityType,
  type AuditEvent,
  DeadLetterFilter,
  DeadLetterQuery,
  DomainError,
  type FeedPage,
  FeedPosition,
  KeyId,
  LogId,
  MetadataCondition,
  Principal,
  ProjectId,
  Scope,
  StoredActivity,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeLoggedReads } from '../src/audit/logged-reads.ts';

const shop = ProjectId.parse('shop');
const reader: Principal = {
  actor: KeyId.parse('a'.repeat(16)),
  project: shop,
  scopes: Scope.all,
  origins: [],
};
const [anna, ben] = [UserId.parse('anna'), UserId.parse('ben')];

/** The logged reads on fakes. The digest of a text is the text itself, so that a test can see what is digested. */
function setUp(isOn = true) {
  const events: AuditEvent[] = [];
  const readLog = isOn ? { add: (event: AuditEvent) => void events.push(event) } : undefined;
  const stored = StoredActivity.of(sampleActivity({ project: shop, id: 'a', userId: anna }));
  const reads = makeLoggedReads(
    { readLog, digest: (text) => text },
    {
      findActivity: async ({ id }) => (id === stored.id ? stored : undefined),
      findActivities: async () => ({ activities: [stored], hasMore: true }),
      countActivities: async () => 42,
      activityStats: async () => [{ key: 'LOGIN', count: 42 }],
      exportActivities: async () => exportedPages(stored),
      findDeadLetters: async () => ({ letters: [], hasMore: false }),
      readFeed: async () => feedPage([stored, stored]),
      followFeed: async () => feedPage([]),
    },
  );
  return { reads, events };
}

/** Two pages with three activities, and then an error. */
async function* exportedPages(
  stored: StoredActivity,
): AsyncGenerator<readonly StoredActivity[], void, undefined> {
  yield [stored, stored];
  yield [stored];
  throw new DomainError('STORE_UNAVAILABLE', 'down');
}

const filter = ActivityFilter.of({ project: shop, userIds: [ben, anna] });

const position = FeedPosition.start(LogId.parse('log-1'));
const feedPage = (activities: readonly StoredActivity[]): FeedPage => ({
  activities,
  start: position,
  position,
  hasMore: false,
});

test('a search is logged with the digests of its filter and of its users', async () => {
  const { reads, events } = setUp();
  const query = ActivityQuery.of({ filter, order: 'desc', limit: 10, after: undefined });
  expect(await reads.findActivities(reader, query)).toMatchObject({ hasMore: true });
  await reads.countActivities(Principal.root, filter);
  await reads.activityStats(Principal.anonymous, { filter, by: 'type' });
  const details = {
    project: 'shop',
    filter: '["shop",["anna","ben"],[],[null,null],[]]',
    users: ['["shop","anna"]', '["shop","ben"]'],
  };
  expect(events).toEqual([
    { type: 'SEARCHED', actor: reader.actor, details: { ...details, search: 'list', results: 1 } },
    { type: 'SEARCHED', actor: 'root', details: { ...details, search: 'count', results: 42 } },
    { type: 'SEARCHED', actor: 'anonymous', details: { ...details, search: 'stats', results: 1 } },
  ]);
});

test('a page of the feed is logged, and a stream once', async () => {
  const { reads, events } = setUp();
  const question = { filter, after: position, run: (read: () => Promise<FeedPage>) => read() };
  await reads.readFeed(reader, question);
  await reads.followFeed(reader, question);
  expect(events.map(({ type, details }) => [type, details['search'], details['results']])).toEqual([
    ['SEARCHED', 'feed', 2],
    ['SEARCHED', 'stream', 0],
  ]);
});

test('an export is logged once, at its end, with the number of activities that were consumed', async () => {
  const { reads, events } = setUp();
  const question = { filter, order: 'asc', run: (read: () => Promise<ActivityPage>) => read() } as const;
  const whole = await reads.exportActivities(reader, question);
  expect(events).toEqual([]);
  const takeAll = async (): Promise<void> => {
    for await (const page of whole) expect(page.length).toBeGreaterThan(0);
  };
  await expect(takeAll()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  for await (const page of await reads.exportActivities(Principal.root, question)) {
    expect(page).toHaveLength(2);
    break;
  }
  expect(
    events.map(({ type, actor, details }) => [type, actor, details['search'], details['results']]),
  ).toEqual([
    ['SEARCHED', reader.actor, 'export', 3],
    ['SEARCHED', 'root', 'export', 2],
  ]);
});

test('an activity that is viewed is logged with its user, and an unknown one without', async () => {
  const { reads, events } = setUp();
  await reads.findActivity(reader, { project: shop, id: ActivityId.parse('a') });
  await reads.findActivity(reader, { project: shop, id: ActivityId.parse('b') });
  const viewed = { view: 'activity', project: 'shop' };
  expect(events.map(({ details }) => details)).toEqual([
    { ...viewed, filter: '["shop","a"]', users: ['["shop","anna"]'], results: 1 },
    { ...viewed, filter: '["shop","b"]', results: 0 },
  ]);
});

test('dead letters that are viewed are logged', async () => {
  const { reads, events } = setUp();
  const letterFilter = DeadLetterFilter.of({
    project: ProjectId.system,
    codes: ['refused', 'conflict'],
    diedAt: TimeRange.between(letterOf(1).diedAt, undefined),
  });
  const query = DeadLetterQuery.of({ filter: letterFilter, order: 'asc', limit: 10, after: undefined });
  await reads.findDeadLetters(Principal.root, query);
  const digested = `["_system",["conflict","refused"],[${letterOf(1).diedAt},null]]`;
  expect(events).toEqual([
    {
      type: 'VIEWED',
      actor: 'root',
      details: { view: 'dead-letters', project: '_system', filter: digested, results: 0 },
    },
  ]);
});

test('equivalent filters have the same digest, and different filters have different ones', async () => {
  const { reads, events } = setUp();
  const condition = (path: string, ...texts: readonly string[]): MetadataCondition => ({
    path: path.split('.'),
    scalars: MetadataCondition.scalarsOf(texts),
  });
  const types = [ActivityType.parse('B'), ActivityType.parse('A')];
  const metadata = [condition('a', '1', 'x'), condition('b', 'y')];
  const whole = filter.with({ types, metadata });
  const same = filter.with({
    userIds: [anna, ben],
    types: types.toReversed(),
    metadata: [condition('b', 'y'), condition('a', 'x', '1')],
  });
  const others = [
    whole.with({ project: ProjectId.default }),
    whole.with({ userIds: [anna] }),
    whole.with({ types: [] }),
    whole.with({ createdAt: TimeRange.between(Timestamp.fromMillis(1), undefined) }),
    whole.with({ createdAt: TimeRange.between(undefined, Timestamp.fromMillis(1)) }),
    whole.with({ metadata: [condition('a.b', '1', 'x'), condition('b', 'y')] }),
    whole.with({ metadata: [condition('a', '1'), condition('b', 'y')] }),
  ];
  for (const each of [whole, same, ...others]) await reads.countActivities(reader, each);
  const [first, second, ...rest] = events.map(({ details }) => details['filter']);
  expect(second).toBe(first);
  expect(new Set([first, ...rest]).size).toBe(1 + others.length);
});

test('a read that fails is not logged', async () => {
  const events: AuditEvent[] = [];
  const failing = () => Promise.reject(new DomainError('STORE_TIMEOUT', 'late'));
  const reads = makeLoggedReads(
    { readLog: { add: (event) => void events.push(event) }, digest: (text) => text },
    {
      findActivity: failing,
      findActivities: failing,
      countActivities: failing,
      activityStats: failing,
      exportActivities: failing,
      findDeadLetters: failing,
      readFeed: failing,
      followFeed: failing,
    },
  );
  await expect(reads.countActivities(reader, filter)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
  expect(events).toEqual([]);
});

test('reads are not logged if the deployment does not log them', async () => {
  const { reads, events } = setUp(false);
  expect(await reads.countActivities(reader, filter)).toBe(42);
  expect(events).toEqual([]);
});
