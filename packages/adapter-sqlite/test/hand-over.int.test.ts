import { DatabaseSync } from 'node:sqlite';
import { activityLogged, type LogRecord } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { SqliteEventConsumer, SqliteEventPublisher } from '../src/index.ts';
import { scratch } from './sqlite-subjects.ts';

const events = (count: number) => sampleActivities(count).map(activityLogged);

/** Starts a member. `waitFor` waits until it has handled the record at an offset. */
async function read(consumer: SqliteEventConsumer, handle = async (): Promise<void> => {}) {
  const records: LogRecord[] = [];
  let arrival = Promise.withResolvers<void>();
  await consumer.start(async (batch) => {
    await handle();
    records.push(...batch);
    arrival.resolve();
  });
  return {
    records,
    async waitFor(offset: number): Promise<void> {
      while (!records.some(({ origin }) => origin.offset === offset)) {
        await arrival.promise;
        arrival = Promise.withResolvers<void>();
      }
    },
  };
}

const offsetsOf = (records: readonly LogRecord[]) => records.map(({ origin }) => origin.offset);

test('a member that reads from the cache gets the same records in the same order as one that reads the file', async () => {
  const { database } = await scratch();
  const publisher = new SqliteEventPublisher(database);
  const member = new SqliteEventConsumer(database, 'group');
  const live = await read(member);
  await publisher.publish(events(3));
  await live.waitFor(3);
  const [first] = live.records;
  if (first === undefined) throw new Error('There is no record.');
  const copy = { ...first.raw(), origin: first.origin };
  await Promise.all([
    publisher.publish(events(2)),
    publisher.republish([copy, copy]),
    publisher.publish(events(2)),
    new SqliteEventPublisher(database).publish(events(2)),
  ]);
  await live.waitFor(11);
  await member.stop();
  database.recentEvents.clear();
  const reader = new SqliteEventConsumer(database, 'later group');
  const later = await read(reader);
  await later.waitFor(11);
  await reader.stop();
  expect(offsetsOf(live.records)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const plain = (records: readonly LogRecord[]) =>
    records.map((record) => ({ ...record, raw: record.raw() }));
  expect(plain(live.records)).toEqual(plain(later.records));
  expect(offsetsOf(live.records.filter(({ replayOf }) => replayOf !== undefined))).toEqual([6, 7]);
});

test('events whose commit failed are not cached', async () => {
  const { database } = await scratch();
  const publisher = new SqliteEventPublisher(database);
  const member = new SqliteEventConsumer(database, 'group');
  const live = await read(member);
  const db = new DatabaseSync(database.file, { timeout: 5000 });
  db.exec('ALTER TABLE log RENAME TO hidden');
  await expect(publisher.publish(events(2))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  db.exec('ALTER TABLE hidden RENAME TO log');
  db.close();
  const [lost] = events(1);
  if (lost === undefined) throw new Error('There are too few.');
  await publisher.publish([lost]);
  await live.waitFor(1);
  await member.stop();
  expect(live.records.map(({ content }) => content)).toEqual([lost]);
});

test('a batch that was rejected is read again from the file', async () => {
  const { database } = await scratch();
  const publisher = new SqliteEventPublisher(database);
  const member = new SqliteEventConsumer(database, 'group');
  let attempts = 0;
  const live = await read(member, async () => {
    attempts += 1;
    if (attempts > 1) return;
    const db = new DatabaseSync(database.file, { timeout: 5000 });
    db.exec("UPDATE log SET value = 'x' WHERE offset = 2");
    db.close();
    throw new Error('not now');
  });
  await publisher.publish(events(3));
  await live.waitFor(3);
  await member.stop();
  expect(live.records.map(({ content }) => content.name)).toEqual([
    'ActivityLogged',
    'Unreadable',
    'ActivityLogged',
  ]);
});

test('concurrent publishes share a job, except those beyond its limit', async () => {
  const { database } = await scratch();
  const publisher = new SqliteEventPublisher(database);
  const jobs: number[] = [];
  database.commitListeners.add((reply) => {
    for (const { input } of reply.jobs) jobs.push(Array.isArray(input) ? input.length : 0);
  });
  await Promise.all([1, 2, 998, 1, 1500, 3].map((count) => publisher.publish(events(count))));
  expect(jobs.toSorted((a, b) => a - b)).toEqual([3, 3, 999, 1500]);
});
