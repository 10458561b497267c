import { FixedClock, MemoryEventPublisher, MemoryLog, SequentialIds } from '@user-activity/adapter-memory';
import type { AuditEvent } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { ReadLog } from '../src/audit/read-log.ts';

function setUp() {
  const log = new MemoryLog({ partitions: 1 });
  let dropped = 0;
  const readLog = new ReadLog({
    publisher: new MemoryEventPublisher(log),
    clock: new FixedClock(),
    ids: new SequentialIds(),
    onDropped: () => {
      dropped += 1;
    },
  });
  return {
    log,
    readLog,
    dropped: () => dropped,
    /** Returns the numbers of the reads on the log. */
    logged() {
      const records = log.claim('test', 0, 100_000)?.records ?? [];
      log.release('test', 0, 0);
      return records.map(({ content }) => 'activity' in content && content.activity.metadata['number']);
    },
  };
}

const read = (number: number): AuditEvent => ({ type: 'SEARCHED', actor: 'anonymous', details: { number } });
const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

test('reads are published in their order, and once', async () => {
  const { readLog, logged } = setUp();
  for (const number of numbers(1200)) readLog.add(read(number));
  expect(await readLog.flush()).toBe(0);
  expect(await readLog.flush()).toBe(0);
  expect(logged()).toEqual(numbers(1200));
});

test('reads wait while the log is down, and those beyond the maximum are dropped and counted', async () => {
  const { log, readLog, logged, dropped } = setUp();
  log.reachable = false;
  for (const number of numbers(10_003)) readLog.add(read(number));
  expect(dropped()).toBe(3);
  await expect(readLog.flush()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  log.reachable = true;
  expect(await readLog.flush()).toBe(3);
  expect(await readLog.flush()).toBe(0);
  expect(logged()).toEqual(numbers(10_000));
});

test('a flush ends even if reads are added all the time, and returns how many were dropped', async () => {
  const { clock, ids } = { clock: new FixedClock(), ids: new SequentialIds() };
  const published: number[] = [];
  const publisher: ConstructorParameters<typeof ReadLog>[0]['publisher'] = {
    async publish(events) {
      published.push(events.length);
      for (const number of numbers(1000)) readLog.add(read(number));
    },
  };
  const readLog = new ReadLog({ publisher, clock, ids, onDropped: () => undefined });
  for (const number of numbers(9600)) readLog.add(read(number));
  // 10,000 events may wait. Of the 1,000 reads after the first portion, 600 are dropped, and 500 after each later one.
  expect(await readLog.flush()).toBe(600 + 19 * 500);
  expect(published).toEqual([...numbers(19).map(() => 500), 100]);
});

test('a read that is added during a flush is kept, and two flushes at once lose nothing', async () => {
  const { readLog, logged } = setUp();
  for (const number of numbers(700)) readLog.add(read(number));
  const flushes = [readLog.flush(), readLog.flush()];
  readLog.add(read(700));
  await Promise.all(flushes);
  await readLog.flush();
  expect(new Set(logged())).toEqual(new Set(numbers(701)));
});
