import { DatabaseSync } from 'node:sqlite';
import {
  ActivityId,
  activityLogged,
  DeadLetterFilter,
  DeadLetterId,
  DeadLetterQuery,
  DomainError,
  edgeTopic,
  firstCopyOf,
  type LogRecord,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import { filterOf, letterOf, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import {
  SqliteActivityRepository,
  type SqliteDatabase,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteEventConsumer,
  SqliteEventPublisher,
  SqliteProjectRepository,
} from '../src/index.ts';
import { scratch } from './sqlite-subjects.ts';

const [shop, blog] = [ProjectId.parse('shop'), ProjectId.parse('blog')];
const id = ActivityId.parse('same');
const at = (millis: number): Timestamp => Timestamp.fromMillis(millis);

async function recordsOf(database: SqliteDatabase, count: number): Promise<readonly LogRecord[]> {
  const consumer = new SqliteEventConsumer(database, 'group');
  const all: LogRecord[] = [];
  const received = Promise.withResolvers<void>();
  await consumer.start(async (records) => {
    all.push(...records);
    if (all.length >= count) received.resolve();
  });
  await received.promise;
  await consumer.stop();
  return all;
}

test('a record on the log names the project of its activity, unless it is the project default', async () => {
  const { database } = await scratch();
  const events = [ProjectId.default, shop].map((project) =>
    activityLogged(sampleActivity({ project, id: 'same' })),
  );
  await new SqliteEventPublisher(database).publish(events);
  const records = await recordsOf(database, 2);
  expect(records.map(({ content }) => content)).toEqual(events);
  const [ofDefault, ofShop] = records.map((record) => Buffer.from(record.raw().value ?? []).toString());
  expect(ofDefault).not.toContain('project');
  expect(ofShop).toContain('"project":"shop"');
});

test('a republished dead letter keeps its project and its headers, and names its original record', async () => {
  const { database } = await scratch();
  const publisher = new SqliteEventPublisher(database);
  const event = activityLogged(sampleActivity({ project: shop }));
  await publisher.publish([event]);
  const letter = letterOf(1, {
    project: shop,
    value: Buffer.from(JSON.stringify(event.activity)),
    headers: { trace: [Uint8Array.of(0, 255)] },
  });
  await publisher.republish([letter]);
  const [, again] = await recordsOf(database, 2);
  expect(again).toMatchObject({ content: event, replayOf: letter.origin });
  expect(again && firstCopyOf(again)).toEqual({
    origin: letter.origin,
    key: letter.key,
    value: Uint8Array.from(letter.value ?? []),
    headers: letter.headers,
  });
});

test('one query finds the activities, or the latest letters, of keys in several projects', async () => {
  const { database } = await scratch();
  const repository = new SqliteActivityRepository(database);
  const activities = [shop, ProjectId.default, blog].map((project) =>
    sampleActivity({ project, id: 'same', metadata: { project } }),
  );
  await repository.save(activities);
  const found = await repository.findByIds([...activities, ...activities]);
  expect(found.map((activity) => activity.toActivity())).toEqual(activities);

  const letters = [shop, ProjectId.default, ProjectId.system].map((project, index) =>
    letterOf(index, { project, code: 'refused', activityId: id, diedAt: at(index) }),
  );
  await new SqliteDeadLetterQueue(database).add(letters);
  const keys = [...letters, ...letters, { project: blog }].map(({ project }) => ({ project, id }));
  expect(await new SqliteDeadLetterRepository(database).findLatestLetters(keys)).toEqual(
    letters.map(({ project, diedAt }) => ({ project, id, diedAt })),
  );
});

test('the primary key of an activity is its id in the project default, and the project and its id elsewhere', async () => {
  const { database } = await scratch();
  await new SqliteActivityRepository(database).save(
    [ProjectId.default, shop].map((project) => sampleActivity({ project, id: 'same' })),
  );
  const db = new DatabaseSync(database.file, { readOnly: true });
  expect(db.prepare('SELECT id, project FROM activities ORDER BY rowid').all()).toEqual([
    { id: 'same', project: 'default' },
    { id: 'shop same', project: 'shop' },
  ]);
  db.close();
});

test('a filter for many users and types stays in its project', async () => {
  const { database } = await scratch();
  const repository = new SqliteActivityRepository(database);
  const users = ['u-1', 'u-2'];
  const types = ['A', 'B'];
  const all = [shop, blog].flatMap((project, index) =>
    users.flatMap((userId) =>
      types.flatMap((type) =>
        Array.from({ length: index + 1 }, (_, number) =>
          sampleActivity({ project, id: `${userId}-${type}-${number}`, userId, type }),
        ),
      ),
    ),
  );
  await repository.save(all);
  for (const [project, each] of [
    [shop, 1],
    [blog, 2],
    [ProjectId.parse('shop-2'), 0],
  ] as const) {
    const counts = (keys: readonly string[], count: number) =>
      keys.flatMap((key) => (count === 0 ? [] : [{ key, count }]));
    const filter = filterOf({ project, userIds: users, types });
    expect(await repository.count(filter)).toBe(4 * each);
    expect(await repository.countByKey(filter, 'userId', 9)).toEqual(counts(users, 2 * each));
    expect(await repository.countByKey(filter, 'type', 9)).toEqual(counts(types, 2 * each));
    const ofUsers = filterOf({ project, userIds: users });
    expect(await repository.countByKey(ofUsers, 'type', 9)).toEqual(counts(types, 2 * each));
    const ofTypes = filterOf({ project, types });
    expect(await repository.countByKey(ofTypes, 'userId', 9)).toEqual(counts(users, 2 * each));
  }
});

test('a sweep removes the dead letters of all projects', async () => {
  const { database } = await scratch();
  const repository = new SqliteDeadLetterRepository(database);
  const projects = [shop, ProjectId.default, ProjectId.system];
  const letters = [edgeTopic, 'user-activity'].flatMap((topic) =>
    projects.map((project, offset) =>
      letterOf(offset, { project, origin: { topic, partition: 0, offset }, diedAt: at(offset) }),
    ),
  );
  await new SqliteDeadLetterQueue(database).add(letters);
  const limits = { maxEdgeBytes: 1e9, limit: 100 };
  expect(await repository.sweep({ ...limits, edgeBefore: at(2), logBefore: at(2) })).toMatchObject({
    expired: 4,
    evicted: 0,
  });
  for (const project of projects) {
    const filter = DeadLetterFilter.of({ project });
    const page = await repository.find(DeadLetterQuery.of({ filter }));
    expect(page.letters).toHaveLength(project === ProjectId.system ? 2 : 0);
  }
  // The limit of bytes holds for all projects together.
  expect(
    await repository.sweep({ ...limits, maxEdgeBytes: 0, edgeBefore: undefined, logBefore: undefined }),
  ).toMatchObject({ expired: 0, evicted: 1, edgeBytes: 0 });
});

test('a dead letter can be read only within its project, and is removed by its origin', async () => {
  const { database } = await scratch();
  const repository = new SqliteDeadLetterRepository(database);
  const letter = letterOf(1, { project: shop });
  await new SqliteDeadLetterQueue(database).add([letter]);
  const ids = [DeadLetterId.of(letter.origin)];
  expect(await repository.findByIds(blog, ids, 1e6)).toEqual([]);
  expect(await repository.findByIds(shop, ids, 1e6)).toMatchObject([{ project: 'shop' }]);
  await repository.remove([letter]);
  expect(await repository.findByIds(shop, ids, 1e6)).toEqual([]);
});

test('the consumer can look up erasures while the queue of client queries is full', async () => {
  const { database } = await scratch();
  const projects = new SqliteProjectRepository(database);
  const erasure = await projects.beginErasure(shop, at(1));
  const refused: unknown[] = [];
  const pages = Array.from({ length: 1100 }, () =>
    projects.find({ after: undefined, limit: 10 }).catch((error: unknown) => refused.push(error)),
  );
  expect(await projects.findErasures([shop])).toEqual([{ ...erasure, erasing: true }]);
  await Promise.all(pages);
  expect(refused[0]).toBeInstanceOf(DomainError);
});

test('other writes run between the parts of a removal', async () => {
  const { database } = await scratch();
  const projects = new SqliteProjectRepository(database);
  const activities = Array.from({ length: 250 }, (_, index) =>
    sampleActivity({ project: shop, id: `a-${index}` }),
  );
  await new SqliteActivityRepository(database).save(activities);
  const letters = Array.from({ length: 250 }, (_, offset) =>
    letterOf(offset, { project: shop, diedAt: at(0) }),
  );
  await new SqliteDeadLetterQueue(database).add(letters);
  const removal = {
    project: shop,
    createdBefore: undefined,
    receivedUpTo: undefined,
    after: undefined,
    limit: 1000,
  };
  for (const remove of [
    async () => (await projects.removeActivities(removal)).removed,
    () => projects.removeLetters(shop, at(0), 1000),
  ]) {
    const order: unknown[] = [];
    const removed = remove().then((count) => order.push(count));
    await new SqliteEventPublisher(database).publish([activityLogged(sampleActivity())]);
    order.push('published');
    await removed;
    expect(order).toEqual(['published', 250]);
  }
});
