import {
  ActivityQuery,
  DeadLetterFilter,
  DeadLetterId,
  DeadLetterQuery,
  LogId,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import { filterOf, sampleActivity } from '@user-activity/port-contracts';
import { type ReplicaSet, startReplicaSet } from '@user-activity/test-kit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { activityDocument } from '../src/activity-document.ts';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
  MongoSettledOffsets,
  MongoStore,
  MongoTopicRegistry,
} from '../src/index.ts';

let set: ReplicaSet;
let secondaries: readonly [number, number];
beforeAll(async () => {
  set = await startReplicaSet(3);
  const primary = await set.primary();
  secondaries = primary === 0 ? [1, 2] : [0, primary === 1 ? 2 : 1];
});
afterAll(() => set.stop());

let databases = 0;

/** Returns the name of a new database. */
function newDatabase(): string {
  databases += 1;
  return `lagging_${databases}`;
}

/** Opens a store in that database, with these options in its URI. */
async function storeWith(options: string, database = newDatabase(), timeoutMs = 10_000) {
  const store = await MongoStore.open({ uri: `${set.uri}&${options}`, database, timeoutMs });
  onTestFinished(() => store.close());
  return { store, database, repository: new MongoActivityRepository(store) };
}

const everything = ActivityQuery.of({ filter: filterOf() });

test('with a URI that prefers a lagging secondary, only lists of activities lag', async () => {
  const [lagging] = secondaries;
  const { store, repository } = await storeWith(
    `readPreference=secondaryPreferred&readPreferenceTags=member:${lagging}`,
  );
  const unhold = await set.hold(lagging);
  const [first, next] = [sampleActivity(), sampleActivity()];
  expect(await repository.save([first])).toEqual(['stored']);
  // A client's retry. The next batch is looked up before it is inserted, because this one existed.
  expect(await repository.save([first])).toEqual(['redelivered']);
  expect(await repository.save([first, next])).toEqual(['redelivered', 'stored']);
  expect(await repository.findById(first)).toMatchObject({ id: first.id });
  expect(await repository.findByIds([first, next])).toHaveLength(2);

  const letter = {
    project: ProjectId.default,
    origin: { topic: 'user-activity', partition: 0, offset: 7 },
    key: null,
    value: Uint8Array.of(1),
    headers: {},
    code: 'conflict' as const,
    reason: 'its id already holds another fact',
    diedAt: Timestamp.parse('2026-01-02T03:04:05Z'),
    activityId: first.id,
  };
  const letters = new MongoDeadLetterRepository(store);
  await new MongoDeadLetterQueue(store).add([letter]);
  const dead = DeadLetterQuery.of({ filter: DeadLetterFilter.of({ project: ProjectId.default }) });
  expect((await letters.find(dead)).letters).toHaveLength(1);
  expect(await letters.findLatestLetters([first])).toHaveLength(1);
  expect(await letters.findByIds(ProjectId.default, [DeadLetterId.of(letter.origin)], 1000)).toHaveLength(1);
  await letters.remove([letter]);
  expect((await letters.find(dead)).letters).toEqual([]);
  const registry = new MongoTopicRegistry(store);
  const log = LogId.parse('log-1');
  const registered = { partitions: 12, log };
  expect(await registry.register({ name: 'user-activity', partitions: 12 }, log)).toMatchObject(registered);
  const again = { name: 'user-activity', partitions: 6 };
  expect(await registry.register(again, LogId.parse('log-2'))).toMatchObject(registered);
  const settled = new MongoSettledOffsets(store);
  await settled.begin(log, [3, 4]);
  expect(await settled.history()).toBe('tracked');
  expect(await settled.settle({ log, partition: 1, from: 4, to: 9 })).toBe(true);
  expect(await settled.find(log)).toEqual([3, 9]);

  // Lists are read from the lagging secondary.
  expect((await repository.find(everything)).activities).toEqual([]);
  expect(await repository.count(everything.filter)).toBe(0);
  expect(await repository.countByKey(everything.filter, 'type', 10)).toEqual([]);
  await unhold();
  await expect.poll(() => repository.count(everything.filter), { timeout: 30_000 }).toBe(2);
});

test('a save fails while the majority does not have the activity, even if the primary has it', async () => {
  const options = 'w=1&journal=false&wtimeoutMS=50&readConcernLevel=local';
  // Makes the indexes, which takes longer than the short time-out below.
  const { database } = await storeWith(options);
  const { repository } = await storeWith(options, database, 500);
  const [taken, fresh] = [sampleActivity(), sampleActivity()];
  const unhold = await Promise.all(secondaries.map((member) => set.hold(member)));
  // Like a consumer that was killed before the majority confirmed.
  await set.read(async (client) => {
    const activities = client.db(database).collection<{ _id: string }>('activities');
    await activities.insertOne(activityDocument(taken), { writeConcern: { w: 1 } });
  });
  for (const batch of [[taken], [fresh], [fresh, taken]])
    await expect(repository.save(batch)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  for (const release of unhold) await release();
  await expect
    .poll(() => repository.save([taken, fresh]).catch(() => undefined), { timeout: 30_000 })
    .toEqual(['redelivered', 'redelivered']);
});

test('no offset is settled or found while the majority can not confirm it', async () => {
  const { database } = await storeWith('w=1');
  const { store } = await storeWith('w=1&journal=false&wtimeoutMS=50&readConcernLevel=local', database, 500);
  const settled = new MongoSettledOffsets(store);
  const log = LogId.parse('log-1');
  const step = { log, partition: 0, from: 0, to: 5 };
  await settled.begin(log, [0]);
  const unhold = await Promise.all(secondaries.map((member) => set.hold(member)));
  const code = expect.stringMatching(/^STORE_(?:UNAVAILABLE|TIMEOUT)$/) as string;
  await expect(settled.settle(step)).rejects.toMatchObject({ code });
  // The primary has the step already, so this one changes nothing. It must not count as confirmed.
  await expect(settled.settle(step)).rejects.toMatchObject({ code });
  await expect(settled.find(log)).rejects.toMatchObject({ code });
  for (const release of unhold) await release();
  await expect.poll(() => settled.settle(step).catch(() => undefined), { timeout: 30_000 }).toBe(true);
  expect(await settled.find(log)).toEqual([5]);
});

test('an index that takes longer than the time limit of a query does not fail the start, and counts as progress', async () => {
  const unhold = await Promise.all(secondaries.map((member) => set.hold(member)));
  let calls = 0;
  // The majority can't confirm an index while both secondaries are on hold. Other responses may take at most 1,000 ms.
  const opening = MongoStore.open({
    uri: set.uri,
    database: newDatabase(),
    timeoutMs: 500,
    onProgress: () => {
      calls += 1;
    },
  });
  onTestFinished(async () => (await opening).close());
  await expect.poll(() => calls, { timeout: 30_000 }).toBeGreaterThan(3);
  for (const release of unhold) await release();
  await opening;
});

test.each([
  'readPreference=secondary&readPreferenceTags=member:none',
  'readPreference=nearest&readPreferenceTags=member:none',
  'readPreference=secondary&readPreferenceTags=member:none&maxStalenessSeconds=120',
  'readPreferenceTags=member:none',
])('a URI with %s, which no member matches, does not prevent writes', async (options) => {
  const database = newDatabase();
  await storeWith('w=1', database);
  const { repository } = await storeWith(options, database, 2000);
  const activity = sampleActivity();
  expect(await repository.save([activity])).toEqual(['stored']);
  expect(await repository.findById(activity)).toMatchObject({ id: activity.id });
});

test.each([
  'w=1',
  'w=1&journal=false&wtimeoutMS=1',
  'retryWrites=false',
  'readConcernLevel=local',
  'readConcernLevel=available&readPreference=nearest',
  'readPreference=secondary&maxStalenessSeconds=120',
  'readPreference=secondaryPreferred&readPreferenceTags=member:1&readPreferenceTags=',
])('%s in the URI changes no setting of the collections that are not for lists', async (options) => {
  const { store } = await storeWith(options);
  for (const collection of [store.activities, store.deadLetters, store.topics, store.settled, store.keys]) {
    expect(collection.readPreference).toMatchObject({ mode: 'primary' });
    expect(collection.readPreference?.tags).toBeUndefined();
    expect(collection.readConcern).toEqual({ level: 'majority' });
    expect(collection.writeConcern).toEqual({ w: 'majority', j: true, journal: true });
  }
});
