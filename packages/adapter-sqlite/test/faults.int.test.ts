import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { activityLogged, ActivityQuery, type LogRecord } from '@user-activity/domain';
import { filterOf, sampleActivities } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { SqliteActivityRepository, SqliteEventConsumer, SqliteEventPublisher } from '../src/index.ts';
import { commitTogether } from '../src/writer/group-commit.ts';
import type { Job } from '../src/protocol/messages.ts';
import { schema } from '../src/writer/schema.ts';
import { statementCache } from '../src/protocol/statements.ts';
import { writeJobs } from '../src/writer/write-jobs.ts';
import { holdWriteLock, scratch } from './sqlite-subjects.ts';

const events = (count: number) => sampleActivities(count).map(activityLogged);

function recordCount(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const count = Number(db.prepare('SELECT count(*) AS count FROM log').get()?.['count']);
  db.close();
  return count;
}

describe('while another connection holds the write lock', () => {
  test('a publish is rejected, and the first one after the release of the lock succeeds', async () => {
    const scratchStore = await scratch({ busyTimeoutMs: 100 });
    const publisher = new SqliteEventPublisher(scratchStore.database);
    const release = holdWriteLock(scratchStore.database.file);
    await expect(publisher.publish(events(1))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await expect(publisher.ping()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    release();
    await publisher.publish(events(1));
    expect(recordCount(scratchStore.database.file)).toBe(1);
  });

  test('a publish is rejected at its time limit, before that of the lock', async () => {
    const scratchStore = await scratch({ busyTimeoutMs: 1500 });
    const publisher = new SqliteEventPublisher(scratchStore.database, { publishTimeoutMs: 50 });
    const release = holdWriteLock(scratchStore.database.file);
    await expect(publisher.publish(events(1))).rejects.toThrow('it took longer than 50 ms');
    release();
  });

  test('queries are answered', async () => {
    const scratchStore = await scratch({ busyTimeoutMs: 100 });
    const release = holdWriteLock(scratchStore.database.file);
    await expect(new SqliteActivityRepository(scratchStore.database).ping()).resolves.toBeUndefined();
    release();
  });
});

describe('the buffer', () => {
  test('refuses a publish as a whole while it is full, and accepts others later', async () => {
    const scratchStore = await scratch();
    const publisher = new SqliteEventPublisher(scratchStore.database, { bufferedEvents: 10 });
    const first = publisher.publish(events(8));
    await expect(publisher.publish(events(3))).rejects.toMatchObject({ code: 'LOG_BUSY' });
    await first;
    await publisher.publish(events(3));
    expect(recordCount(scratchStore.database.file)).toBe(11);
  });

  test('refuses a publish that exceeds the limit of characters', async () => {
    const scratchStore = await scratch();
    const publisher = new SqliteEventPublisher(scratchStore.database, { bufferedCharacters: 100 });
    await expect(publisher.publish(events(1))).rejects.toMatchObject({ code: 'LOG_BUSY' });
  });
});

describe('a full disk', () => {
  function fullDatabase() {
    const db = new DatabaseSync(':memory:');
    db.exec(schema);
    const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
    db.exec(`PRAGMA max_page_count = ${pages}`);
    const count = () => Number(db.prepare('SELECT count(*) AS count FROM log').get()?.['count']);
    const run = (...jobs: Job[]) =>
      commitTogether(db, writeJobs(statementCache(db), 0, { add: () => undefined }), jobs);
    return { db, run, count };
  }
  const small: Job = { id: 1, name: 'append', input: [['u', 'x', null]] };
  const large: Job = { id: 2, name: 'append', input: [['u', 'x'.repeat(100_000), null]] };

  test('fails every job whose changes SQLite has rolled back', () => {
    const { run, count } = fullDatabase();
    const outcomes = run(small, large);
    const kept = outcomes.filter((outcome) => 'result' in outcome).length;
    expect(outcomes.at(1)).toEqual({ id: 2, fault: { code: 13, text: 'database or disk is full' } });
    expect(count()).toBe(kept);
  });

  test('fails the probe, although a small record would still fit', () => {
    const { run } = fullDatabase();
    expect(run({ id: 3, name: 'probe', input: null })).toEqual([
      { id: 3, fault: { code: 13, text: 'database or disk is full' } },
    ]);
  });

  test('fails no job after space is free again', () => {
    const { db, run, count } = fullDatabase();
    run(large);
    db.exec('PRAGMA max_page_count = 100000');
    expect(run(large, small)).toStrictEqual([
      { id: 2, result: 1 },
      { id: 1, result: 2 },
    ]);
    expect(count()).toBe(2);
  });
});

describe('trimming', () => {
  const consume = async (scratchStore: Awaited<ReturnType<typeof scratch>>, group: string, count: number) => {
    const consumer = new SqliteEventConsumer(scratchStore.database, group);
    const done = Promise.withResolvers<void>();
    let seen = 0;
    await consumer.start(async (records: readonly LogRecord[]) => {
      seen += records.length;
      if (seen === count) done.resolve();
    });
    await done.promise;
    await consumer.stop();
  };

  test('deletes records that every group has handled, except those kept for new groups', async () => {
    const scratchStore = await scratch({ retainedRecords: 10 });
    await new SqliteEventPublisher(scratchStore.database).publish(events(500));
    await consume(scratchStore, 'store', 500);
    expect(recordCount(scratchStore.database.file)).toBe(10);
  });

  test('keeps the records that a slower group still needs', async () => {
    const scratchStore = await scratch({ retainedRecords: 0 });
    const publisher = new SqliteEventPublisher(scratchStore.database);
    await publisher.publish(events(20));
    await consume(scratchStore, 'analytics', 20);
    // The group has joined, but reads nothing while more records are appended.
    const slow = new SqliteEventConsumer(scratchStore.database, 'slow');
    await slow.start(() => Promise.reject(new Error('not now')));
    await publisher.publish(events(30));
    await slow.stop();
    await consume(scratchStore, 'analytics', 30);
    expect(recordCount(scratchStore.database.file)).toBe(30);
  });

  test('never uses an offset twice, even if the log was empty at a restart', async () => {
    const scratchStore = await scratch({ retainedRecords: 0 });
    const publisher = new SqliteEventPublisher(scratchStore.database);
    await publisher.publish(events(3));
    await consume(scratchStore, 'store', 3);
    expect(recordCount(scratchStore.database.file)).toBe(0);
    await publisher.publish(events(2));
    await consume(scratchStore, 'store', 2);
  });
});

test('queries do not delay a publish, however many wait', async () => {
  const scratchStore = await scratch();
  const repository = new SqliteActivityRepository(scratchStore.database);
  const activities = sampleActivities(20_000);
  await repository.save(activities);
  const query = ActivityQuery.of({ filter: filterOf(), limit: 500 });
  let answered = 0;
  const questions = Array.from({ length: 400 }, async () => {
    await repository.find(query);
    answered += 1;
  });
  await new SqliteEventPublisher(scratchStore.database).publish(events(1));
  const answeredBefore = answered;
  await Promise.all(questions);
  expect(answeredBefore).toBeLessThan(400);
});

test('up to 1,000 queries may wait, and more are rejected at once', async () => {
  const scratchStore = await scratch();
  const repository = new SqliteActivityRepository(scratchStore.database);
  const asked = Array.from({ length: 1100 }, async () => repository.ping());
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(100);
  expect(refused[0]).toMatchObject({ reason: { code: 'STORE_UNAVAILABLE' } });
  await repository.ping();
});

test('a consumer ends when its thread has ended', async () => {
  const scratchStore = await scratch();
  const consumer = new SqliteEventConsumer(scratchStore.database, 'group');
  await consumer.start(async () => undefined);
  await consumer.ping();
  await scratchStore.database.log.close();
  await new SqliteEventPublisher(scratchStore.database).publish(events(1));
  await expect(consumer.ended).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await expect(consumer.ping()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await consumer.stop();
});

test('the observer is notified when the log can not be read, and when it can again', async () => {
  const scratchStore = await scratch();
  const notified: string[] = [];
  const observer = {
    failed: (_error: unknown, failures: number) => notified.push(`failed ${failures}`),
    recovered: () => notified.push('recovered'),
  };
  const consumer = new SqliteEventConsumer(scratchStore.database, 'group', { observer });
  const handled = Promise.withResolvers<void>();
  await consumer.start(async () => handled.resolve());
  const db = new DatabaseSync(scratchStore.database.file, { timeout: 5000 });
  db.exec('ALTER TABLE log RENAME TO hidden');
  scratchStore.database.watch.announce();
  while (notified.length === 0) await delay(10);
  await expect(consumer.ping()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  db.exec('ALTER TABLE hidden RENAME TO log');
  db.close();
  await new SqliteEventPublisher(scratchStore.database).publish(events(1));
  await handled.promise;
  expect(notified[0]).toBe('failed 1');
  expect(notified).toContain('recovered');
  await consumer.stop();
});
