import {
  ActivityId,
  DeadLetterFilter,
  DeadLetterQuery,
  ProjectId,
  Timestamp,
  TimeRange,
} from '@user-activity/domain';
import { letterOf } from '@user-activity/port-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MongoDeadLetterQueue, MongoDeadLetterRepository } from '../src/index.ts';
import { latestLetters } from '../src/latest-letters.ts';
import { deadLetterRanges, findDeadLetters } from '../src/read-dead-letters.ts';
import { edgeBytes, edgeTotals, oldestOfEdge, oldestOfLog } from '../src/sweep-dead-letters.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const limit = 10;
const codes = ['unreadable', 'conflict', 'refused'] as const;
const project = ProjectId.default;
const otherProjects = ['a', 'z'].map((name) => ProjectId.parse(name));

let fixture: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  fixture = await freshStore();
  // Twenty letters share each time. Other projects have as many letters at the same times.
  const letters = [project, ...otherProjects].flatMap((each, partition) =>
    Array.from({ length: 300 }, (_, offset) =>
      letterOf(offset, {
        project: each,
        origin: { topic: 'user-activity', partition, offset },
        code: codes[offset % 3] ?? 'refused',
        diedAt: Timestamp.fromMillis(start + Math.floor(offset / 20) * 5000),
      }),
    ),
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
    const filter = DeadLetterFilter.of({ project, codes: codesAsked, diedAt });
    const first = DeadLetterQuery.of({ filter, order, limit });
    const { letters } = await new MongoDeadLetterRepository(fixture.store).find(first);
    expect(letters).toHaveLength(limit);
    for (const query of [first, first.with({ after: letters.at(-1) })]) {
      for (const range of deadLetterRanges(query)) {
        const { plan, examined, keys } = await explained(
          findDeadLetters(fixture.store, query, range, limit + 1),
        );
        expect(plan).toContain('IXSCAN');
        expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
        expect(examined).toBeLessThanOrEqual(limit + ranges);
        expect(keys).toBeLessThanOrEqual(limit + 2 * ranges);
      }
    }
  });
});

describe('the latest dead letter of each activity', () => {
  const lettersOf = (each: ProjectId, name: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      letterOf(1000 + index, {
        project: each,
        origin: { topic: `${each}-${name}`, partition: 0, offset: index },
        activityId: ActivityId.parse(name),
        diedAt: Timestamp.fromMillis(start + index),
      }),
    );
  const keysIn = (each: ProjectId) =>
    ['activity-1', 'activity-2', 'unknown'].map((name) => ({ project: each, id: ActivityId.parse(name) }));
  beforeAll(async () => {
    const letters = [project, ...otherProjects].flatMap((each) => [
      ...lettersOf(each, 'activity-1', 300),
      ...lettersOf(each, 'activity-2', 100),
    ]);
    await new MongoDeadLetterQueue(fixture.store).add(letters);
  });

  test.each([
    ['one project', [project], 2],
    ['three projects', [project, ...otherProjects], 6],
  ] as const)('takes one key of an index, and no document, in %s', async (_title, projects, found) => {
    const cursor = () => latestLetters(fixture.store, projects.flatMap(keysIn));
    const explanation = JSON.stringify(await cursor().explain('executionStats'));
    expect(explanation.match(/"winningPlan":\{"stage":"PROJECTION_COVERED"/g)).toHaveLength(projects.length);
    expect(explanation).toContain('DISTINCT_SCAN');
    expect(explanation).not.toMatch(/COLLSCAN|IXSCAN|"stage":"FETCH"/);
    const examined = [...explanation.matchAll(/"totalKeysExamined":(\d+)/g)].map(([, keys]) => Number(keys));
    expect(examined).toHaveLength(projects.length);
    expect(Math.max(...examined)).toBeLessThan(10);
    expect(await cursor().toArray()).toHaveLength(found);
  });

  test('is found for keys of 1,200 projects', async () => {
    const names = Array.from({ length: 1200 }, (_, index) => ProjectId.parse(`project-${index}`));
    const id = ActivityId.parse('shared');
    const letters = names.map((each, offset) =>
      letterOf(offset, {
        project: each,
        origin: { topic: 'many', partition: 0, offset },
        activityId: id,
        diedAt: Timestamp.fromMillis(start + offset),
      }),
    );
    await new MongoDeadLetterQueue(fixture.store).add(letters);
    const repository = new MongoDeadLetterRepository(fixture.store);
    const latest = await repository.findLatestLetters(names.map((each) => ({ project: each, id })));
    const expected = letters.map((letter) => ({ project: letter.project, id, diedAt: letter.diedAt }));
    expect(latest.toSorted((a, b) => a.diedAt - b.diedAt)).toEqual(expected);
  });
});

test('letters are found by their ids, and no other letters are examined', async () => {
  const repository = new MongoDeadLetterRepository(fixture.store);
  const { letters } = await repository.find(
    DeadLetterQuery.of({ filter: DeadLetterFilter.of({ project }), order: 'asc', limit }),
  );
  const ids = letters.map(({ id }) => id);
  const query = fixture.store.deadLetters.find({ _id: { $in: ids }, project }, { hint: { _id: 1 } });
  const { examined } = await explained(query);
  expect(examined).toBe(limit);
  expect(await repository.findByIds(project, ids, 1_000_000)).toHaveLength(limit);
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
  for (const [cursor, maxKeys] of [
    [edgeTotals(store), ofEdge.length + 1],
    [oldestOfEdge(store, 2), 3],
    // One range for each code, over the letters of all projects.
    [oldestOfLog(store, before, 10), 10 + 2 * codes.length],
  ] as const) {
    const { plan, examined, keys } = await explained(cursor);
    expect(plan).toContain('IXSCAN');
    expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
    expect(examined).toBe(0);
    expect(keys).toBeLessThanOrEqual(maxKeys);
  }
});
