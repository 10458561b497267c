import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  ActivityQuery,
  DeadLetterFilter,
  DeadLetterId,
  DeadLetterQuery,
  LogId,
  ProjectId,
  type ListedLetter,
  type StoredActivity,
} from '@user-activity/domain';
import { filterOf, sampleActivity } from '@user-activity/port-contracts';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { Collection, MongoClient } from 'mongodb';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import {
  MongoActivityRepository,
  MongoDeadLetterRepository,
  MongoSettledOffsets,
  MongoStore,
  MongoTopicRegistry,
} from '../src/index.ts';
import { collectionIndexes } from '../src/indexes.ts';
import { findWithoutProject } from '../src/migration.ts';
import { explained } from './explained.ts';
import { activitiesOf, fillOlderDatabase, lettersOf, olderActivity, olderLetter } from './older-database.ts';

const project = ProjectId.default;

let databases = 0;

/** Makes a database as commit 9c81301 does. */
async function olderDatabase(activities = activitiesOf(2500), letters = lettersOf(1200)) {
  databases += 1;
  const database = `migration_${process.pid}_${databases}`;
  const client = await MongoClient.connect(mongodbUri());
  onTestFinished(() => client.close());
  const db = client.db(database);
  await fillOlderDatabase(db, activities, letters);
  return { database, db, activities, letters };
}

type OlderDatabase = Awaited<ReturnType<typeof olderDatabase>>;

async function openStore(
  { database }: Pick<OlderDatabase, 'database'>,
  onProgress: (documents: number) => void = () => {},
) {
  const store = await MongoStore.open({ uri: mongodbUri(), database, onProgress });
  onTestFinished(() => store.close());
  return store;
}

/** Returns the names of all indexes of a collection, except for that of `_id`. */
const indexNames = async (db: OlderDatabase['db'], collection: string) =>
  (await db.collection(collection).indexes())
    .flatMap(({ name = '' }) => (name === '_id_' ? [] : name))
    .toSorted();

const newIndexNames = {
  activities: [
    'project_1_createdAt_-1__id_-1',
    'project_1_origin.log_1_origin.partition_1_origin.offset_1',
    'project_1_type_1_createdAt_-1__id_-1',
    'project_1_userId_1_createdAt_-1__id_-1',
    'project_1_userId_1_type_1_createdAt_-1__id_-1',
  ],
  dead_letters: [
    'code_1_diedAt_-1__id_-1',
    'origin.topic_1_diedAt_1__id_1_bytes_1',
    'project_1_activityId_1_diedAt_-1',
    'project_1_code_1_diedAt_-1__id_-1',
    'project_1_diedAt_-1__id_-1',
    'project_1_key_1',
  ],
};

/** Expects that the database has every document with its project and otherwise unchanged, and only the indexes of this version. */
async function expectMigrated({ db, activities, letters }: OlderDatabase): Promise<void> {
  const collections = {
    activities: activities.map(olderActivity),
    dead_letters: letters.map(olderLetter),
  };
  for (const [name, older] of Object.entries(collections)) {
    const documents = await db.collection(name).find().sort({ _id: 1 }).toArray();
    const expected = older.map((document) => ({ ...document, project: 'default' }));
    expect(documents).toEqual(expected.toSorted((a, b) => (a._id < b._id ? -1 : 1)));
  }
  expect(await indexNames(db, 'activities')).toEqual(newIndexNames.activities);
  expect(await indexNames(db, 'dead_letters')).toEqual(newIndexNames.dead_letters);
}

/** Reads all pages of the activities, from the oldest. */
async function activitiesIn(repository: MongoActivityRepository) {
  const found: StoredActivity[] = [];
  for (let query = ActivityQuery.of({ filter: filterOf(), order: 'asc', limit: 499 }); ; ) {
    const page = await repository.find(query);
    found.push(...page.activities);
    if (!page.hasMore) return found;
    query = query.with({ after: page.activities.at(-1) });
  }
}

/** Reads all pages of the dead letters, from the oldest. */
async function lettersIn(repository: MongoDeadLetterRepository) {
  const found: ListedLetter[] = [];
  const filter = DeadLetterFilter.of({ project });
  for (let query = DeadLetterQuery.of({ filter, order: 'asc', limit: 499 }); ; ) {
    const page = await repository.find(query);
    found.push(...page.letters);
    if (!page.hasMore) return found;
    query = query.with({ after: page.letters.at(-1) });
  }
}

/** Opens a store in a process of its own. Resolves with the signal that ended the process, if any. */
async function openInProcess({ database }: OlderDatabase, ...killed: readonly string[]) {
  const program = fileURLToPath(new URL('migrating-process.ts', import.meta.url));
  const flags = ['--conditions=@user-activity/source', program, mongodbUri(), database, ...killed];
  const child = spawn(process.execPath, flags, { stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ?? code;
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('a database of an older version keeps every activity and dead letter', async () => {
  const older = await olderDatabase();
  const { activities, letters, db } = older;
  const progress: number[] = [];
  const store = await openStore(older, (documents) => progress.push(documents));
  await expectMigrated(older);
  expect(progress.filter((documents) => documents > 0)).toEqual([1000, 2000, 2500, 3500, 3700]);

  const repository = new MongoActivityRepository(store);
  const inOrder = activities.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  expect((await activitiesIn(repository)).map((activity) => activity.toActivity())).toEqual(inOrder);
  for (const [filter, count] of [
    [filterOf(), 2500],
    [filterOf({ userIds: ['user-0'] }), 834],
    [filterOf({ types: ['TYPE_1'] }), 1250],
    [filterOf({ project: ProjectId.parse('other') }), 0],
  ] as const)
    expect(await repository.count(filter)).toBe(count);
  expect(await repository.countByKey(filterOf(), 'type', 2)).toEqual(
    expect.arrayContaining(['TYPE_0', 'TYPE_1'].map((key) => ({ key, count: 1250 }))),
  );
  expect((await repository.findById(sampleActivity({ id: 'older-7' })))?.toActivity()).toEqual(activities[7]);
  expect(await repository.findByIds(activities)).toHaveLength(2500);
  expect(await repository.save(activities)).toEqual(activities.map(() => 'redelivered'));
  // The id is free in another project.
  const other = sampleActivity({ project: ProjectId.parse('other'), id: 'older-7' });
  expect(await repository.save([other])).toEqual(['stored']);

  const deadLetters = new MongoDeadLetterRepository(store);
  const ids = (await lettersIn(deadLetters)).map(({ id }) => id);
  const idOf = (letter: (typeof letters)[number]) => DeadLetterId.of(letter.origin);
  expect(ids.toSorted()).toEqual(letters.map(idOf).toSorted());
  expect(await deadLetters.findByIds(project, letters.slice(0, 20).map(idOf), 1_000_000)).toEqual(
    letters.slice(0, 20),
  );
  const keys = activities.slice(0, 100).map(({ id }) => ({ project, id }));
  expect(await deadLetters.findLatestLetters(keys)).toHaveLength(50);
  expect(await db.collection('activities').countDocuments()).toBe(2501);
});

test('a database of an older version is untracked, and its topic and activities get the ids and origins that they lack', async () => {
  const older = await olderDatabase(activitiesOf(3), []);
  const store = await openStore(older);
  const settled = new MongoSettledOffsets(store);
  expect(await settled.history()).toBe('untracked');

  const topics = new MongoTopicRegistry(store);
  const [name, log] = ['user-activity', LogId.parse('log-1')];
  const adopted = { partitions: 12, log, isFirst: true };
  expect(await topics.register({ name, partitions: 6 }, log)).toEqual(adopted);
  const nextLog = LogId.parse('log-2');
  expect(await topics.register({ name, partitions: 12, topicId: 'id-1' }, nextLog)).toEqual(adopted);
  expect(await topics.register({ name, partitions: 6, topicId: 'id-2' }, nextLog)).toEqual({
    partitions: 6,
    log: nextLog,
    isFirst: false,
  });
  expect(await older.db.collection('topics').find().sort({ _id: 1 }).toArray()).toEqual([
    { _id: name, partitions: 12, log, topicId: 'id-1' },
    { _id: `${name} id-2`, partitions: 6, log: nextLog, topicId: 'id-2' },
  ]);

  const repository = new MongoActivityRepository(store);
  const origin = { log, partition: 3, offset: 2 ** 40 };
  const [known, fresh] = [older.activities[0], sampleActivity({ id: 'newer' })];
  if (known === undefined) throw new Error('There is no activity.');
  expect(await repository.save([known, fresh], [origin, origin])).toEqual(['redelivered', 'stored']);
  const found = await activitiesIn(repository);
  const origins = new Map(found.map((activity) => [activity.id, activity.origin]));
  expect(origins).toEqual(
    new Map<string, object | undefined>([
      ...older.activities.map(({ id }) => [id, undefined] as const),
      // An activity that is delivered again gets the origin that it lacked.
      [known.id, origin],
      [fresh.id, origin],
    ]),
  );
  await settled.begin(log, [7]);
  expect(await settled.history()).toBe('tracked');
});

test('the second start migrates nothing, and reads at most one key in each collection to know that', async () => {
  const older = await olderDatabase();
  await openStore(older);
  const writes = ['updateMany', 'dropIndex'].map((name) =>
    vi.spyOn(Collection.prototype, name as 'updateMany'),
  );
  await openStore(older);
  for (const write of writes) expect(write).not.toHaveBeenCalled();
  for (const indexes of collectionIndexes) {
    const { plan, examined, keys } = await explained(findWithoutProject(older.db, indexes));
    expect(plan).toContain('IXSCAN');
    expect(examined).toBe(0);
    expect(keys).toBeLessThanOrEqual(1);
  }
});

test('a migration examines only the documents without a project', async () => {
  const older = await olderDatabase();
  const [indexes] = collectionIndexes;
  if (indexes === undefined) throw new Error('There is no collection.');
  await openStore(older);
  await older.db.collection('activities').updateMany({ userId: 'user-1' }, { $unset: { project: 1 } });
  const { plan, examined, keys } = await explained(findWithoutProject(older.db, indexes));
  expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
  expect(plan).toContain('IXSCAN');
  expect(examined).toBeLessThanOrEqual(833);
  expect(keys).toBeLessThanOrEqual(834);
});

test('indexes of an operator stay, even if they resemble the indexes of an older version', async () => {
  const older = await olderDatabase([], []);
  const activities = older.db.collection('activities');
  const [byType, byTime] = [
    { type: 1, createdAt: -1, _id: -1 },
    { createdAt: -1, _id: -1 },
  ] as const;
  await activities.dropIndex('type_1_createdAt_-1__id_-1');
  await activities.createIndex(byType, { name: 'mine' }, {});
  await activities.dropIndex('createdAt_-1__id_-1');
  await activities.createIndex(byTime, { partialFilterExpression: { type: 'LOGIN' } }, {});
  await activities.createIndex({ userId: 1, _id: -1, createdAt: -1 });
  await openStore(older);
  expect(await indexNames(older.db, 'activities')).toEqual(
    [...newIndexNames.activities, 'mine', 'createdAt_-1__id_-1', 'userId_1__id_-1_createdAt_-1'].toSorted(),
  );
});

test('a migration that is killed ten times continues at the next start', async () => {
  const older = await olderDatabase(activitiesOf(6500), lettersOf(2500));
  const kills = [
    ['createIndexes', '1', 'before'],
    ['createIndexes', '1', 'during'],
    ['createIndexes', '2', 'during'],
    ['createIndexes', '2', 'after'],
    ['updateMany', '1', 'before'],
    ['updateMany', '1', 'during'],
    ['updateMany', '2', 'after'],
    ['updateMany', '1', 'during'],
    ['dropIndex', '1', 'after'],
    ['dropIndex', '2', 'during'],
  ] as const;
  const remaining: number[] = [];
  for (const kill of kills) {
    expect(await openInProcess(older, ...kill)).toBe('SIGKILL');
    remaining.push(await older.db.collection('activities').countDocuments({ project: { $exists: false } }));
    expect(await older.db.collection('activities').countDocuments()).toBe(6500);
    expect(await older.db.collection('dead_letters').countDocuments()).toBe(2500);
  }
  // The process was killed before, during and after the batches.
  expect(remaining.slice(0, 5)).toEqual([6500, 6500, 6500, 6500, 6500]);
  expect(remaining[6]).toBeLessThan(6500);
  expect(remaining[7]).toBeGreaterThan(0);
  expect(remaining.slice(8)).toEqual([0, 0]);
  await openStore(older);
  await expectMigrated(older);
});

test('several processes may migrate at the same time', async () => {
  const older = await olderDatabase();
  const opened = Array.from({ length: 2 }, () => openStore(older));
  const processes = Array.from({ length: 2 }, () => openInProcess(older));
  await Promise.all(opened);
  expect(await Promise.all(processes)).toEqual([0, 0]);
  await expectMigrated(older);
});
