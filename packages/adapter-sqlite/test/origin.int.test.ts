import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ActivityQuery, activityLogged, LogId, type LogRecord, type ResumeAt } from '@user-activity/domain';
import { filterOf, sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import {
  SqliteActivityRepository,
  SqliteDatabase,
  SqliteEventConsumer,
  SqliteEventPublisher,
  SqliteSettledOffsets,
  SqliteTopicRegistry,
} from '../src/index.ts';
import { activityRow, activityFromRow } from '../src/ports/activity-row.ts';
import { statementCache } from '../src/protocol/statements.ts';
import { readJobs } from '../src/reader/read-jobs.ts';
import { commitTogether } from '../src/writer/group-commit.ts';
import { schema } from '../src/writer/schema.ts';
import { writeJobs } from '../src/writer/write-jobs.ts';
import { scratch, scratchFolder } from './sqlite-subjects.ts';

const group = 'user-activity-store';

/** Changes a file by hand. */
function change(file: string, sql: string): void {
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec(sql);
  db.close();
}

/** Starts a member, and collects the offsets of each batch it handles, after `from`. `waitFor` waits for an offset. */
async function read(database: SqliteDatabase, resumeAt?: ResumeAt, handle = async (): Promise<void> => {}) {
  const consumer = new SqliteEventConsumer(database, group);
  const batches: (readonly [from: number, ...offsets: number[]])[] = [];
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  await consumer.start(async (records: readonly LogRecord[], _, { from }) => {
    await handle();
    const offsets = records.map(({ origin }) => origin.offset);
    batches.push([from, ...offsets]);
    for (const offset of offsets) waiting.get(offset)?.resolve();
  }, resumeAt);
  return {
    batches,
    stop: () => consumer.stop(),
    async waitFor(offset: number): Promise<void> {
      const arrival = Promise.withResolvers<void>();
      waiting.set(offset, arrival);
      if (!batches.flat().includes(offset)) await arrival.promise;
    },
  };
}

const publish = (database: SqliteDatabase, count: number): Promise<void> =>
  new SqliteEventPublisher(database).publish(sampleActivities(count).map(activityLogged));

test.each([
  ['version-1', 4],
  ['version-4', 4],
  ['version-5', 4],
  ['commit-9c81301', 6],
])(
  'activities of an older file, %s, have no origin, and its settled offsets begin where its group continues',
  async (fixture, committed) => {
    const { folder } = await scratchFolder();
    const file = join(folder, 'user-activity.db');
    change(file, readFileSync(join(import.meta.dirname, 'fixtures', `${fixture}.sql`), 'utf8'));
    const database = await SqliteDatabase.open({ folder });
    const repository = new SqliteActivityRepository(database);
    const { activities } = await repository.find(ActivityQuery.of({ filter: filterOf() }));
    expect(activities.length).toBeGreaterThan(0);
    for (const { origin } of activities) expect(origin).toBeUndefined();
    const settled = new SqliteSettledOffsets(database);
    expect(await settled.history()).toBe('untracked');
    const [progress] = await new SqliteEventConsumer(database, group).progress();
    expect(progress).toMatchObject({ committed, end: committed });
    expect(progress?.oldest).toBeLessThan(committed);

    // After a restart, the file has the rows of the new version beside the older ones.
    const log = LogId.parse('log-1');
    await settled.begin(log, [committed]);
    const activity = sampleActivity();
    await repository.save([activity], [{ log, partition: 0, offset: committed }]);
    await database.close();
    const later = await SqliteDatabase.open({ folder });
    expect(await new SqliteSettledOffsets(later).find(log)).toEqual([committed]);
    const found = await new SqliteActivityRepository(later).findById(activity);
    expect(found?.origin).toEqual({ log, partition: 0, offset: committed });
    await later.close();
  },
);

test('a log of a failed save gets no key, and the next log gets its own', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(schema);
  const prepare = statementCache(db);
  const jobs = writeJobs(prepare, 0, { add: () => undefined });
  const [one, two, three] = sampleActivities(3);
  if (one === undefined || two === undefined || three === undefined) throw new Error('There are too few.');
  const rowAt = (activity: typeof one, log: string) =>
    activityRow(activity, { log: LogId.parse(log), partition: 1, offset: 2 ** 40 });
  const invalid = [...rowAt(one, 'failed')].with(1, null);
  const outcomes = commitTogether(db, jobs, [
    { id: 1, name: 'save', input: [invalid] },
    { id: 2, name: 'save', input: [rowAt(two, 'log-2'), rowAt(three, 'log-3')] },
    { id: 3, name: 'save', input: [rowAt(one, 'failed')] },
  ]);
  expect(outcomes.map((outcome) => 'result' in outcome)).toEqual([false, true, true]);
  const rows = readJobs(prepare).activities([one.id, two.id, three.id]);
  expect(rows.map((row) => activityFromRow(row).origin)).toEqual(
    ['failed', 'log-2', 'log-3'].map((log) => ({ log, partition: 1, offset: 2 ** 40 })),
  );
  db.close();
});

test('a topic that an operator removes is registered as another log, and the origins of activities stay', async () => {
  const { database } = await scratch();
  const topics = new SqliteTopicRegistry(database);
  const [first, second] = [LogId.parse('first'), LogId.parse('second')];
  const topic = { name: 'user-activity', partitions: 1 };
  expect(await topics.register(topic, first)).toEqual({ partitions: 1, log: first, isFirst: true });
  const repository = new SqliteActivityRepository(database);
  const activity = sampleActivity();
  await repository.save([activity], [{ log: first, partition: 0, offset: 7 }]);
  change(database.file, "DELETE FROM topics WHERE name = 'user-activity'");
  expect(await topics.register(topic, second)).toEqual({ partitions: 1, log: second, isFirst: true });
  expect(await new SqliteSettledOffsets(database).find(second)).toBeUndefined();
  expect((await repository.findById(activity))?.origin).toMatchObject({ log: 'first', offset: 7 });
});

test('a member that goes back to a gap of the log goes back once, and passes the offset to its handler', async () => {
  const { database } = await scratch();
  await publish(database, 6);
  change(database.file, 'DELETE FROM log WHERE offset BETWEEN 3 AND 4');
  const asked: number[] = [];
  const reader = await read(database, async (_, next) => {
    asked.push(next);
    return Math.min(next, 3);
  });
  await reader.waitFor(6);
  expect(asked).toEqual([1]);
  await publish(database, 1);
  await reader.waitFor(7);
  await reader.stop();

  change(database.file, 'DELETE FROM log WHERE offset < 5');
  await publish(database, 1);
  const next = await read(database, async (_, offset) => {
    asked.push(offset);
    return Math.min(offset, 3);
  });
  await next.waitFor(8);
  await next.stop();
  // The group has committed offset 8. The member goes back to offset 3, and the log continues with offset 5.
  expect(asked).toEqual([1, 8, 5]);
  expect(next.batches).toEqual([[3, 5, 6, 7, 8]]);
});

test('no record is deleted between the offset to which a member went back and the end of its batch', async () => {
  const { database } = await scratch({ retainedRecords: 10 });
  await publish(database, 20);
  const first = await read(database);
  await first.waitFor(20);
  await first.stop();
  await publish(database, 1);
  const gate = Promise.withResolvers<void>();
  const back = await read(
    database,
    async (_, next) => Math.min(next, 12),
    () => gate.promise,
  );
  // Another group commits, and its commit deletes old records.
  const other = new SqliteEventConsumer(database, 'other');
  const caughtUp = Promise.withResolvers<void>();
  await publish(database, 20);
  await other.start(async (records) => {
    if (records.at(-1)?.origin.offset === 41) caughtUp.resolve();
  });
  await caughtUp.promise;
  await other.stop();
  gate.resolve();
  await back.waitFor(41);
  await back.stop();
  expect(back.batches.flatMap(([, ...offsets]) => offsets)).toEqual(
    Array.from({ length: 30 }, (_, index) => 12 + index),
  );
});
