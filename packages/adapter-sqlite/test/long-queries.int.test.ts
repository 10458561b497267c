import { DatabaseSync } from 'node:sqlite';
import {
  type ActivityFilter,
  ActivityQuery,
  MetadataCondition,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { filterOf, sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { beforeAll, expect, test } from 'vitest';
import { SqliteActivityRepository, type SqliteDatabase } from '../src/index.ts';
import { newDatabase, scratch } from './sqlite-subjects.ts';

const many = 40_000;
const ofAll = filterOf();
const ofOne = filterOf({ userIds: [UserId.parse('ann')] });
/** A filter with a `from`, because conditions on metadata need one. */
const always = TimeRange.between(Timestamp.fromMillis(0), undefined);
const searching = filterOf({
  createdAt: always,
  metadata: [{ path: ['a'], scalars: MetadataCondition.scalarsOf(['no such']) }],
});

const eachSecond = { unitMs: 1000, offsets: [{ from: Timestamp.fromMillis(0), offsetMs: 0 }] };

/** One query of each kind that may take long. */
const longQueries: readonly (readonly [
  string,
  (repository: SqliteActivityRepository) => Promise<unknown>,
  rows: number,
])[] = [
  ['a search', async (repository) => repository.find(page(searching)), many],
  ['a count by metadata', async (repository) => repository.count(searching), many],
  ['a count by type and metadata', async (repository) => repository.countByKey(searching, 'type', 100), many],
  [
    'a count by user and metadata',
    async (repository) => repository.countByKey(searching, 'userId', 100),
    many,
  ],
  [
    'a count by slot and metadata',
    async (repository) => repository.countBySlot(searching, eachSecond, 100_000),
    many,
  ],
  ['a count by slot', async (repository) => repository.countBySlot(ofAll, eachSecond, 100_000), many],
  // Counting 40,000 index keys takes less time than `trialMs`.
  ['a count by user', async (repository) => repository.countByKey(ofAll, 'userId', 100), 400_000],
];

/** Saves many activities. One of them is of the user ann. */
async function fill(database: SqliteDatabase, rows = many): Promise<SqliteActivityRepository> {
  const repository = new SqliteActivityRepository(database, { queryTimeoutMs: 60_000 });
  await repository.save(sampleActivities(10_000, { metadata: { a: 'such', b: 'no such' } }));
  copyRows(database.file, rows / 10_000 - 1);
  await repository.save([sampleActivity({ userId: 'ann' })]);
  return repository;
}

/** Copies each activity `copies` times in SQL, under other ids. Saving as many activities would take ten times longer. */
function copyRows(file: string, copies: number): void {
  const db = new DatabaseSync(file);
  const names = db.prepare("SELECT name FROM pragma_table_info('activities') WHERE name <> 'id'").all();
  const columns = names.map(({ name }) => String(name)).join();
  db.exec(`WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ${copies})
    INSERT INTO activities (id, ${columns}) SELECT id || '-' || number, ${columns} FROM activities, numbers`);
  db.close();
}

/** Makes a store with many activities for one test. */
async function ownStore(rows = many) {
  const { database } = await scratch();
  return { database, repository: await fill(database, rows) };
}

/** A store with many activities that most tests share, because it takes longer to fill than to read. */
let shared: Awaited<ReturnType<typeof ownStore>>;
beforeAll(async () => {
  const { database, close } = await newDatabase();
  shared = { database, repository: await fill(database) };
  return close;
});

const page = (filter: ActivityFilter) => ActivityQuery.of({ filter, limit: 500 });

test.each(longQueries)('%s does not delay a short query', async (_, ask, rows) => {
  const { repository } = rows === many ? shared : await ownStore(rows);
  const answered: string[] = [];
  const noting = async (name: string, answer: Promise<unknown>): Promise<void> => {
    await answer;
    answered.push(name);
  };
  await Promise.all([
    noting('long', ask(repository)),
    noting('short', repository.count(ofOne)),
    noting('shorter', repository.countByKey(ofOne, 'type', 100)),
  ]);
  expect(answered).toEqual(['short', 'shorter', 'long']);
});

test('long queries do not delay a page, however many wait', async () => {
  const { database, repository } = await ownStore();
  let answered = 0;
  const asked = Array.from({ length: 100 }, async () => {
    await repository.find(page(searching));
    answered += 1;
  });
  const outcomes = Promise.allSettled(asked);
  expect((await repository.find(page(ofOne))).activities).toHaveLength(1);
  expect(answered).toBeLessThan(100);
  await database.close();
  await outcomes;
});

test('many long queries do not delay a short query', async () => {
  const { repository } = shared;
  let answered = 0;
  const asked = Array.from({ length: 30 }, async () => {
    await repository.count(searching);
    answered += 1;
  });
  expect(await repository.count(ofOne)).toBe(1);
  expect(answered).toBeLessThan(15);
  await Promise.all(asked);
});

test.each(longQueries)(
  '%s that takes too long is STORE_TIMEOUT, and the next query is answered',
  async (_, ask) => {
    const { database, repository } = shared;
    const impatient = new SqliteActivityRepository(database, { queryTimeoutMs: 1 });
    const late = Array.from({ length: 20 }, async () => ask(impatient));
    for (const outcome of await Promise.allSettled(late))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STORE_TIMEOUT' } });
    expect(await repository.count(ofAll)).toBe(many + 1);
  },
);

test('`close` rejects long queries with STORE_UNAVAILABLE and does not wait for them', async () => {
  const { database, repository } = await ownStore();
  const asked = Array.from({ length: 50 }, async () => repository.find(page(searching)));
  const outcomes = Promise.allSettled(asked);
  await database.close();
  const rejected = (await outcomes).filter(({ status }) => status === 'rejected');
  expect(rejected.length).toBeGreaterThan(40);
  expect(rejected[0]).toMatchObject({ reason: { code: 'STORE_UNAVAILABLE' } });
  await expect(repository.count(ofAll)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('concurrent queries do not mix up their conditions', async () => {
  const { repository } = shared;
  const where = (path: string, text: string): ActivityFilter =>
    filterOf({
      createdAt: always,
      metadata: [{ path: [path], scalars: MetadataCondition.scalarsOf([text]) }],
    });
  const slots = { unitMs: 1e10, offsets: [{ from: Timestamp.fromMillis(0), offsetMs: 0 }] };
  const [byType, bySlot, ...counts] = await Promise.all([
    repository.countByKey(where('a', 'such'), 'type', 100),
    repository.countBySlot(where('b', 'no such'), slots, 10),
    repository.count(where('a', 'such')),
    repository.count(where('a', 'no such')),
    repository.count(where('b', 'no such')),
    repository.count(where('b', 'such')),
    repository.count(ofAll),
  ]);
  expect(byType).toEqual([{ key: 'LOGIN', count: many }]);
  expect(bySlot).toEqual([expect.objectContaining({ count: many })]);
  expect(counts).toEqual([many, 0, many, 0, many + 1]);
});

test('a ping fails if the thread for long queries has ended', async () => {
  const { database } = await scratch();
  const repository = new SqliteActivityRepository(database);
  await repository.ping();
  await database.searches.abandon();
  await expect(repository.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
