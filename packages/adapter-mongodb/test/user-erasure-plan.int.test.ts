import {
  ActivityKeyText,
  ErasureId,
  LogId,
  type OpenErasure,
  type OpenPosition,
  ProjectId,
  Timestamp,
  UserDigest,
  UserId,
} from '@user-activity/domain';
import { letterOf, sampleActivities, sampleErasure } from '@user-activity/port-contracts';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { anyErasure, erasuresNotDone, erasuresOfUsers } from '../src/find-user-erasures.ts';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoErasureLedger,
  MongoStore,
} from '../src/index.ts';
import { activitiesOfUser, coveredFilter, lettersOfUser, userActivityRanges } from '../src/remove-covered.ts';
import { explained } from './explained.ts';
import { userErasureFromDocument } from '../src/user-erasure-document.ts';
import { freshStore } from './mongo-subjects.ts';

const users = ['user-1', 'user-2', 'user-3'];
const shop = ProjectId.parse('shop');
const [count, limit] = [200, 20];

/** Makes an erasure of a user, a number of seconds after the time of the samples. */
const openErasureFromDocument = (id: string, userId: string, second: number): OpenErasure => {
  const { erasure } = sampleErasure({ id: ErasureId.parse(id), userId: UserId.parse(userId) });
  return {
    ...erasure,
    requestedAt: Timestamp.fromMillis(erasure.requestedAt + second * 1000),
    user: UserDigest.trusted(`digest of ${userId}`),
    place: { log: LogId.parse('log-1'), partition: 0, offset: 1000 },
    topic: 'user-activity',
  };
};
const erasure = openErasureFromDocument('one', 'user-1', 100);

let fixture: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  fixture = await freshStore();
  const repository = new MongoActivityRepository(fixture.store);
  const queue = new MongoDeadLetterQueue(fixture.store);
  for (const [partition, project] of [ProjectId.default, shop].entries())
    for (const [index, userId] of users.entries()) {
      await repository.save(sampleActivities(count, { userId, project }));
      const key = new TextEncoder().encode(userId);
      const origin = { topic: 'user-activity', partition };
      const letters = Array.from({ length: count }, (_, each) => {
        const offset = each * users.length + index;
        return letterOf(offset, { project, key, origin: { ...origin, offset } });
      });
      await queue.add(letters);
    }
  const ledger = new MongoErasureLedger(fixture.store);
  for (let index = 0; index < 60; index += 1) {
    const each = openErasureFromDocument(`erasure-${index}`, `user-${index % 30}`, 60 - index);
    await ledger.announce(each);
    await ledger.record(each);
    if (index % 2 === 0) await ledger.finish(each.id);
  }
  for (let index = 0; index < 60; index += 1)
    await ledger.announce(openErasureFromDocument(`announced-${index}`, 'user-1', 0));
});
afterAll(() => fixture.close());

const [, behind] = sampleActivities(2, { id: 'behind' });

test.each([
  ['first', undefined],
  ['later', behind],
])('the %s portion of the activities of a user is found in the keys of one index', async (_, after) => {
  const ranges = userActivityRanges({ erasure, after });
  expect(ranges).toHaveLength(after === undefined ? 1 : 2);
  for (const range of ranges) {
    const query = activitiesOfUser(fixture.store, erasure, range, limit);
    const { plan, examined, keys } = await explained(query);
    expect(plan).toContain('"project_1_userId_1_createdAt_-1__id_-1"');
    expect(plan).not.toMatch(/COLLSCAN|FETCH|"SORT"/);
    expect(examined).toBe(0);
    expect(keys).toBeLessThanOrEqual(limit + 1);
  }
});

test('activities are removed by their ids, so the removal examines its own documents only', async () => {
  const keys = sampleActivities(limit).map(ActivityKeyText.of);
  const query = fixture.store.activities.find(coveredFilter(keys, erasure.userId, erasure), {
    hint: { _id: 1 },
  });
  const { plan, examined } = await explained(query);
  expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
  expect(examined).toBeLessThanOrEqual(limit);
});

test('a portion of the dead letters of a user examines little more than its own documents', async () => {
  const query = lettersOfUser(fixture.store, erasure, limit);
  const { plan, examined, keys } = await explained(query);
  expect(plan).toContain('"project_1_key_1"');
  expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
  expect(examined).toBe(limit);
  expect(keys).toBeLessThanOrEqual(limit + 1);
});

test('letters that the erasure does not cover are examined in the range of the user only', async () => {
  const place = { ...erasure.place, offset: 0 };
  const query = lettersOfUser(fixture.store, { ...erasure, place }, limit);
  const { examined, keys } = await explained(query);
  // MongoDB examines one more key to get to the range of the user in `_system`.
  expect([examined, keys]).toEqual([count, count + 1]);
});

test('the erasures of users are found by their digests, and announced ones are not examined', async () => {
  const wanted = ['user-1', 'user-2', 'nobody'].map(
    (userId) => openErasureFromDocument('any', userId, 0).user,
  );
  const { plan, examined, keys } = await explained(erasuresOfUsers(fixture.store, wanted));
  expect(plan).toContain('"recorded.user_1"');
  expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
  expect(examined).toBe(4);
  expect(keys).toBeLessThanOrEqual(4 + 2 * wanted.length);
});

test('the query for whether there is any erasure reads one index key', async () => {
  const { plan, examined, keys } = await explained(anyErasure(fixture.store));
  expect(plan).toContain('"recorded.user_1"');
  expect([examined, keys]).toEqual([0, 1]);
});

test('the erasures that are not done are read from their index in order, page by page', async () => {
  let last: OpenPosition | undefined;
  // A later page also examines the last erasure of the page before.
  for (const max of [10, 11, 11]) {
    const query = erasuresNotDone(fixture.store, 10, last);
    const { plan, examined, keys } = await explained(query);
    expect(plan).toContain('"recorded.requestedAt_1__id_1"');
    expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    expect([examined, keys]).toEqual([max, max]);
    last = (await erasuresNotDone(fixture.store, 10, last).toArray()).map(userErasureFromDocument).at(-1);
  }
});

test('a database of the previous version gets the indexes, and its dead letters are found by their key', async () => {
  const { store, database } = fixture;
  await store.deadLetters.dropIndex('project_1_key_1');
  await store.userErasures.drop();
  const opened = await MongoStore.open({ uri: mongodbUri(), database });
  onTestFinished(() => opened.close());
  const namesOf = async (indexes: Promise<readonly { readonly name?: string }[]>) =>
    (await indexes).map(({ name }) => name);
  expect(await namesOf(opened.deadLetters.indexes())).toContain('project_1_key_1');
  expect(await namesOf(opened.userErasures.indexes())).toEqual([
    '_id_',
    'recorded.user_1',
    'recorded.requestedAt_1__id_1',
  ]);
  const ledger = new MongoErasureLedger(opened);
  expect(await ledger.isEmpty()).toBe(true);
  expect(await ledger.removeLetters(erasure, 1000)).toBe(count);
});
