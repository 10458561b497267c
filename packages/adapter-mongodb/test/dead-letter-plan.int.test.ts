import {
  ActivityId,
  type DeadLetterFilter,
  DeadLetterQuery,
  Timestamp,
  TimeRange,
} from '@user-activity/domain';
import { letterOf } from '@user-activity/port-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MongoDeadLetterQueue, MongoDeadLetterRepository } from '../src/index.ts';
import { deadLetterRanges, findDeadLetters, latestLetters } from '../src/read-dead-letters.ts';
import { edgeBytes, edgeTotals, oldestOfEdge, oldestOfLog } from '../src/sweep-dead-letters.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const limit = 10;
const codes = ['unreadable', 'conflict', 'refused'] as const;

let fixture: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  fixture = await freshStore();
  // Twenty share each moment.
  const letters = Array.from({ length: 300 }, (_, offset) =>
    letterOf(offset, {
      code: codes[offset % 3] ?? 'refused',
      diedAt: Timestamp.fromMillis(start + Math.floor(offset / 20) * 5000),
    }),
  );
  await new MongoDeadLetterQueue(fixture.store).add(letters);
});
afterAll(() => fixture.close());

const always = TimeRange.between(undefined, undefined);
const span = TimeRange.between(Timestamp.fromMillis(start + 20_000), Timestamp.fromMillis(start + 60_000));

describe.each([
  ['no code', [], 1],
  ['a code', ['conflict'], 1],
  ['every code', [...codes], 3],
] as const)('a page of dead letters with %s', (_name, codesAsked, ranges) => {
  test.each([
    ['newest first', 'desc', always],
    ['oldest first', 'asc', always],
    ['within a time range', 'desc', span],
  ] as const)('%s, and the next page, examine little more than the page', async (_title, order, diedAt) => {
    const filter: DeadLetterFilter = { codes: codesAsked, diedAt };
    const first = DeadLetterQuery.of({ filter, order, limit });
    const { letters } = await new MongoDeadLetterRepository(fixture.store).find(first);
    expect(letters).toHaveLength(limit);
    for (const query of [first, first.with({ after: letters.at(-1) })]) {
      for (const range of deadLetterRanges(query)) {
        const { plan, examined } = await explained(findDeadLetters(fixture.store, query, range, limit + 1));
        expect(plan).toContain('IXSCAN');
        expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
        expect(examined).toBeLessThanOrEqual(limit + ranges);
      }
    }
  });
});

test('the latest dead letter of each activity takes one key of an index, and no document', async () => {
  const lettersOf = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      letterOf(1000 + index, {
        origin: { topic: name, partition: 0, offset: index },
        activityId: ActivityId.parse(name),
        diedAt: Timestamp.fromMillis(start + index),
      }),
    );
  await new MongoDeadLetterQueue(fixture.store).add([
    ...lettersOf('activity-1', 300),
    ...lettersOf('activity-2', 100),
  ]);
  const ids = ['activity-1', 'activity-2', 'unknown'].map((name) => ActivityId.parse(name));
  const explanation = JSON.stringify(await latestLetters(fixture.store, ids).explain('executionStats'));
  expect(explanation).toContain('DISTINCT_SCAN');
  expect(explanation).not.toMatch(/COLLSCAN|"stage":"FETCH"/);
  const examined = [...explanation.matchAll(/"totalKeysExamined":(\d+)/g)].map(([, keys]) => Number(keys));
  expect(Math.max(...examined)).toBeLessThan(10);
  expect(await latestLetters(fixture.store, ids).toArray()).toHaveLength(2);
});

test('a sweep reads only indexes, and computes the sizes of letters of older versions once', async () => {
  const { store } = fixture;
  const ofEdge = [1, 2, 3].map((offset) =>
    letterOf(offset, { origin: { topic: 'http', partition: 0, offset }, code: 'invalid' }),
  );
  await new MongoDeadLetterQueue(store).add(ofEdge);
  const bytes = await edgeBytes(store);
  await store.deadLetters.updateOne({ _id: 'http:0:2' }, { $unset: { bytes: 1 } });
  expect(await edgeTotals(store).toArray()).toEqual([{ _id: null, bytes: (bytes / 3) * 2, unsized: 1 }]);
  expect(await edgeBytes(store)).toBeGreaterThan((bytes / 3) * 2);
  expect((await edgeTotals(store).toArray())[0]?.unsized).toBe(0);
  const before = new Date(start + 20_000);
  for (const cursor of [edgeTotals(store), oldestOfEdge(store, 2), oldestOfLog(store, before, 10)]) {
    const { plan, examined } = await explained(cursor);
    expect(plan).toContain('IXSCAN');
    expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    expect(examined).toBe(0);
  }
});
