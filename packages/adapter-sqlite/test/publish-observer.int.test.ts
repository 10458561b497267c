import { activityLogged } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { SqliteActivityRepository, SqliteEventPublisher } from '../src/index.ts';
import { holdWriteLock, scratch } from './sqlite-subjects.ts';

const events = (count: number) => sampleActivities(count).map(activityLogged);

/** Collects the notifications of a publisher. */
function listening() {
  const buffers: [events: number, bytes: number][] = [];
  const flushes: { events: number; bytes: number; seconds: number; failed: boolean }[] = [];
  return {
    buffers,
    flushes,
    observer: {
      buffered: (...buffer: [number, number]) => void buffers.push(buffer),
      flushed: (flush: (typeof flushes)[number]) => void flushes.push(flush),
    },
  };
}

test('concurrent publishes are reported as one transaction, without other writes', async () => {
  const { database } = await scratch();
  const { buffers, flushes, observer } = listening();
  const publisher = new SqliteEventPublisher(database, { observer });
  const [first, second] = [events(1), events(2)];
  const bytes = [...first, ...second].reduce((sum, { activity }) => sum + JSON.stringify(activity).length, 0);
  const repository = new SqliteActivityRepository(database);
  await Promise.all([
    publisher.publish(first),
    repository.save(sampleActivities(5)),
    publisher.publish(second),
  ]);
  await repository.save(sampleActivities(1));
  expect(flushes).toMatchObject([{ events: 3, bytes, failed: false }]);
  expect(buffers.map(([count]) => count)).toEqual([1, 3, 2, 0]);
  expect(buffers.at(1)?.[1]).toBe(bytes);
  expect(buffers.at(-1)).toEqual([0, 0]);
});

test('a failed transaction is reported, and its events leave the buffer', async () => {
  const { database } = await scratch({ busyTimeoutMs: 50 });
  const { buffers, flushes, observer } = listening();
  const publisher = new SqliteEventPublisher(database, { observer });
  const release = holdWriteLock(database.file);
  await expect(publisher.publish(events(2))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  release();
  expect(flushes).toMatchObject([{ events: 0, bytes: 0, failed: true }]);
  expect(buffers.at(-1)).toEqual([0, 0]);
});

test('a closed publisher does not report the transactions of other publishers', async () => {
  const { database } = await scratch();
  const { flushes, observer } = listening();
  const closed = new SqliteEventPublisher(database, { observer });
  await closed.close();
  await new SqliteEventPublisher(database).publish(events(1));
  expect(flushes).toEqual([]);
});
