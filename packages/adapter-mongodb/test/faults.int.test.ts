import { setTimeout as delay } from 'node:timers/promises';
import {
  ActivityQuery,
  DeadLetterId,
  MetadataCondition,
  ProjectId,
  TimeRange,
  Timestamp,
} from '@user-activity/domain';
import { filterOf, letterOf, sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { startMongod } from '@user-activity/test-kit';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { Collection, MongoClient } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  DeploymentError,
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
  MongoStore,
} from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

async function setUp() {
  const fresh = await freshStore();
  onTestFinished(fresh.close);
  const client = await MongoClient.connect(mongodbUri());
  onTestFinished(() => client.close());
  return { ...fresh, repository: new MongoActivityRepository(fresh.store), db: client.db(fresh.database) };
}

test('an activity that MongoDB refuses does not prevent the storing of 999 others', async () => {
  const { repository, db } = await setUp();
  await db.command({ collMod: 'activities', validator: { type: { $ne: 'REFUSED' } } });
  const activities = sampleActivities(999);
  activities.splice(500, 0, sampleActivity({ type: 'REFUSED' }));
  const outcomes = await repository.save(activities);
  const expected = activities.map(({ type }) =>
    type === 'REFUSED' ? { refused: 'MongoDB refuses the document (code 121)' } : 'stored',
  );
  expect(outcomes).toEqual(expected);
  expect(await db.collection('activities').countDocuments()).toBe(999);
});

test('a batch far larger than the limit of a MongoDB message is stored completely', async () => {
  const { repository, db } = await setUp();
  const metadata = { text: 'x'.repeat(16_000) };
  const outcomes = await repository.save(sampleActivities(4000, { metadata }));
  expect(new Set(outcomes)).toEqual(new Set(['stored']));
  expect(await db.collection('activities').countDocuments()).toBe(4000);
});

test('a dead letter too large for a document is stored without its bytes, and does not block the next letter', async () => {
  const { store } = await setUp();
  const letters = [17 * 1024 * 1024, 3].map((size, offset) => ({
    project: ProjectId.default,
    origin: { topic: 'user-activity', partition: 0, offset },
    key: null,
    value: new Uint8Array(size),
    headers: {},
    code: 'unreadable' as const,
    reason: 'it is not JSON',
    diedAt: Timestamp.parse('2026-01-02T03:04:05Z'),
  }));
  await new MongoDeadLetterQueue(store).add(letters);
  const ids = letters.map(({ origin }) => DeadLetterId.of(origin));
  const repository = new MongoDeadLetterRepository(store);
  const [large, small] = await repository.findByIds(ProjectId.default, ids, 1_000_000);
  expect(large).toMatchObject({ value: null, reason: expect.stringContaining('17825792 bytes') as string });
  expect(small?.value).toHaveLength(3);
});

test('a letter that another record replaces while it is read is not returned to the project that it left', async () => {
  const { store } = await setUp();
  onTestFinished(() => void vi.restoreAllMocks());
  const queue = new MongoDeadLetterQueue(store);
  const letter = letterOf(1);
  await queue.add([letter]);
  const original = Reflect.get(Collection.prototype, 'find') as (...parameters: unknown[]) => never;
  let calls = 0;
  // The second query reads the letters that fit. Before that, a letter of another project gets the same id.
  vi.spyOn(Collection.prototype, 'find').mockImplementation(function replacing(this: Collection, ...query) {
    calls += 1;
    const found: AsyncIterable<unknown> = original.apply(this, query);
    if (calls !== 2) return found as never;
    return (async function* replaced() {
      await queue.add([{ ...letter, project: ProjectId.system }]);
      yield* found;
    })() as never;
  });
  const repository = new MongoDeadLetterRepository(store);
  const ids = [DeadLetterId.of(letter.origin)];
  expect(await repository.findByIds(ProjectId.default, ids, 1_000_000)).toEqual([]);
  expect(calls).toBe(3);
  expect(await repository.findByIds(ProjectId.system, ids, 1_000_000)).toHaveLength(1);
});

test('a batch repeated after a lost connection has an outcome for each activity', async () => {
  const { repository, interrupt } = await setUp();
  const [before, after] = [sampleActivities(10), sampleActivities(10)];
  await repository.save(before);
  const restore = await interrupt();
  await expect(repository.save([...before, ...after])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await restore();
  expect(await repository.save([...before, ...after])).toEqual([
    ...before.map(() => 'redelivered'),
    ...after.map(() => 'stored'),
  ]);
});

test('a page is read even if one reply of the server is lost', async () => {
  const { repository, loseAnswers } = await setUp();
  const activities = sampleActivities(3);
  await repository.save(activities);
  const endFault = loseAnswers();
  const answer = repository.find(ActivityQuery.of({ filter: filterOf() }));
  const isPending = Promise.race([answer.then(() => false), delay(300, true)]);
  expect(await isPending).toBe(true);
  // Closes the connection that waits for the answer.
  endFault();
  expect((await answer).activities).toHaveLength(3);
});

test('a page is complete if MongoDB ends a reply before the document that would exceed 16 MiB', async () => {
  const { store } = await setUp();
  // A busy machine decodes so many numbers slowly.
  const patient = Object.create(store, { timeoutMs: { value: 60_000 } }) as MongoStore;
  const repository = new MongoActivityRepository(patient);
  // In BSON, these lists take six times the bytes of their JSON.
  const metadata = { list: Array.from({ length: 25_000 }, () => 1) };
  const activities = sampleActivities(100, { metadata });
  for (let from = 0; from < 100; from += 10) await repository.save(activities.slice(from, from + 10));
  const found: string[] = [];
  for (let query = ActivityQuery.of({ filter: filterOf(), order: 'asc', limit: 100 }); ; ) {
    const page = await repository.find(query);
    found.push(...page.activities.map(({ id }) => id));
    if (!page.hasMore) break;
    expect(page.activities.length).toBeGreaterThan(70);
    query = query.with({ after: page.activities.at(-1) });
  }
  expect(found).toEqual(activities.map(({ id }) => id));
});

test('a full replay changes nothing, and a new activity after it is stored', async () => {
  const { repository } = await setUp();
  const activities = sampleActivities(300);
  const batches = [activities.slice(0, 100), activities.slice(100, 200), activities.slice(200)];
  for (const batch of batches) await repository.save(batch);
  for (const batch of batches) {
    const outcomes = await repository.save([...batch, sampleActivity()]);
    expect(outcomes).toEqual([...batch.map(() => 'redelivered'), 'stored']);
  }
});

test('a mongod without a replica set is refused, and the message says what to do', async () => {
  const server = await startMongod({ replicaSet: false });
  onTestFinished(() => server.stop());
  const opening = MongoStore.open({ uri: server.uri, timeoutMs: 5000 });
  await expect(opening).rejects.toThrow(DeploymentError);
  await expect(opening).rejects.toThrow(/--replSet rs0.*rs\.initiate\(\).*replicaSet=rs0/);
});

test('several processes may create the indexes, at the same time or again', async () => {
  const { db, database } = await setUp();
  const open = async () => {
    const store = await MongoStore.open({ uri: mongodbUri(), database });
    await store.close();
  };
  await Promise.all([open(), open(), open()]);
  const keys = (await db.collection('activities').indexes()).map(({ key }) => Object.keys(key).join());
  expect(keys.toSorted()).toEqual([
    '_id',
    'project,createdAt,_id',
    'project,origin.log,origin.partition,origin.offset',
    'project,type,createdAt,_id',
    'project,userId,createdAt,_id',
    'project,userId,type,createdAt,_id',
  ]);
});

const byType = { project: 1, type: 1, createdAt: -1, _id: -1 } as const;

test.each([
  ['another name', 'activities', byType, { name: 'mine' }],
  ['other options', 'activities', byType, { sparse: true }],
  ['another name', 'outbox', { receivedAt: 1, _id: 1 } as const, { name: 'mine' }],
])('an index with %s in %s is refused, and the message says what to drop', async (_, name, key, options) => {
  const { db, database } = await setUp();
  const collection = db.collection(name);
  await collection.dropIndexes();
  const index = await collection.createIndex(key, options, {});
  const open = () => MongoStore.open({ uri: mongodbUri(), database });
  await expect(open()).rejects.toThrow(DeploymentError);
  await expect(open()).rejects.toThrow(new RegExp(`"${name}".*${index}.*db\\.${name}\\.dropIndex`));
  await collection.dropIndex(index);
  const store = await open();
  await store.close();
});

test('a hanging server is reported as an outage in time', async () => {
  const server = await startMongod();
  onTestFinished(() => server.stop());
  const store = await MongoStore.open({ uri: server.uri, timeoutMs: 500 });
  onTestFinished(() => store.close());
  const repository = new MongoActivityRepository(store);
  server.signal('SIGSTOP');
  // The threads of the server stop some time after the signal.
  await vi.waitFor(
    () => expect(repository.save(sampleActivities(3))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' }),
    { timeout: 30_000 },
  );
  await expect(repository.ping()).rejects.toMatchObject({ code: /STORE_(?:UNAVAILABLE|TIMEOUT)/ });
  server.signal('SIGCONT');
});

test('a query that takes too long rejects with STORE_TIMEOUT, and the store still works', async () => {
  const { store, repository } = await setUp();
  await repository.save(sampleActivities(30_000, { metadata: { text: 'x'.repeat(200) } }));
  // No query can read so many documents within 1 ms.
  const hurried = new MongoActivityRepository(
    Object.create(store, { timeoutMs: { value: 1 } }) as MongoStore,
  );
  const metadata = [{ path: ['text'], scalars: MetadataCondition.scalarsOf(['y']) }];
  const createdAt = TimeRange.between(Timestamp.parse('2000-01-01T00:00:00Z'), undefined);
  const filter = filterOf({ createdAt, metadata });
  const page = hurried.find(ActivityQuery.of({ filter, limit: 1 }));
  await expect(page).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
  await expect(hurried.count(filter)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
  expect(await repository.count(filter)).toBe(0);
});

test('a server that hangs while it builds an index is reported as an outage', async () => {
  const server = await startMongod();
  onTestFinished(() => server.stop());
  onTestFinished(() => void vi.restoreAllMocks());
  const original = Reflect.get(Collection.prototype, 'createIndexes') as (
    ...parameters: unknown[]
  ) => Promise<string[]>;
  vi.spyOn(Collection.prototype, 'createIndexes').mockImplementation(function hanging(
    this: Collection,
    ...parameters
  ) {
    server.signal('SIGSTOP');
    return original.apply(this, parameters);
  });
  const opening = MongoStore.open({ uri: server.uri, timeoutMs: 500 });
  await expect(opening).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  server.signal('SIGCONT');
});
