import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PositionRange, spanOf } from '../src/protocol/branches.ts';
import { defineRowMatches } from '../src/protocol/row-conditions.ts';
import { insertedColumns } from '../src/protocol/rows.ts';
import type { Reader } from '../src/reader/portions.ts';
import { schema } from '../src/writer/schema.ts';
import { SpanCounter } from '../src/reader/span-counter.ts';
import { statementCache } from '../src/protocol/statements.ts';
import { countByKey, countBySlot, type KeyQuery } from '../src/reader/stats-jobs.ts';
import type { Steps } from '../src/protocol/job-scheduler.ts';

let db: DatabaseSync;
let reader: Reader;
beforeAll(() => {
  db = new DatabaseSync(':memory:');
  db.exec(schema);
  // 30,000 rows: 10 to a millisecond, 300 users, 7 types.
  db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 29999)
    INSERT INTO activities (${insertedColumns})
      SELECT 'id-' || n, 'user-' || (n % 300), 'TYPE_' || (n % 7), '{}', n / 10, 0, 'p', NULL, NULL, NULL FROM numbers`);
  // Two other projects have the same users and types, and also users and types of their own.
  for (const neighbour of ['o', 'q'])
    db.exec(`INSERT INTO activities (${insertedColumns})
      SELECT '${neighbour} ' || id, user_id, type, '{}', created_at, 0, '${neighbour}', NULL, NULL, NULL
        FROM activities WHERE project = 'p' AND rowid % 3 = 0
      UNION ALL SELECT '${neighbour}-own', '${neighbour}', '${neighbour}', '{}', 105, 0, '${neighbour}', NULL, NULL, NULL`);
  db.exec("CREATE TEMP VIEW own AS SELECT * FROM activities WHERE project = 'p'");
  reader = { prepare: statementCache(db), setConditions: defineRowMatches(db) };
});
afterAll(() => db.close());

function between(from?: number, to?: number): PositionRange {
  const { above, below } = spanOf({ from, to }, undefined, 'asc', 0);
  return { above, below };
}
const query = (parts: Partial<KeyQuery> = {}): KeyQuery => ({
  project: 'p',
  field: 'userId',
  userIds: [],
  types: [],
  conditions: undefined,
  ...between(),
  maxKeys: 1000,
  ...parts,
});
const rowsOf = (sql: string) => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement.all() as unknown as readonly (readonly [string, number])[];
};

/** Runs all steps of a job. Returns their number and the result. */
function runAll<Result>(steps: Steps<Result>) {
  for (let count = 0; ; count += 1) {
    const { done: isDone, value } = steps.next();
    if (isDone === true) return { steps: count, result: value };
  }
}

/** Returns the result. Throws if it is 'too-many'. */
function counted<Count>(result: readonly Count[] | 'too-many'): readonly Count[] {
  if (result === 'too-many') throw new Error('There are too many slots or keys.');
  return result;
}

describe('rows are counted in steps', () => {
  test.each([
    [1, 1002],
    [3, 335],
    [10, 102],
    [999, 3],
    [1000, 3],
    [1001, 1],
    [30_000, 0],
  ])('with %d rows per step, a count of 1,000 rows takes %d further steps', (rows, steps) => {
    const counter = new SpanCounter(reader.prepare, 'all', rows);
    // More rows have the same time than a small step reads.
    expect(runAll(counter.count(['p'], between(0, 100)))).toEqual({ result: 1000, steps });
    expect(runAll(counter.count(['p'], between(5, 6))).result).toBe(10);
    expect(runAll(counter.count(['p'], between(100, 100))).result).toBe(0);
  });

  test('many small counts share a step, but one step does not run all of them', () => {
    const slots = { unitMs: 1, offsets: [{ from: 0, offsetMs: 0 }], maxSlots: 3000 };
    const { steps, result } = runAll(countBySlot(reader, { ...query(), ...slots }));
    expect(result).toHaveLength(3000);
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(50);
    // The count ends as soon as there are too many slots.
    const few = runAll(countBySlot(reader, { ...query(), ...slots, maxSlots: 100 }));
    expect(few).toEqual({ result: 'too-many', steps: 1 });
    const late = runAll(countBySlot(reader, { ...query(), ...slots, maxSlots: 2999 }));
    expect(late.result).toBe('too-many');
  });

  test('many users, types and offsets with few rows each need several steps', () => {
    const listOf = <Value>(count: number, of: (index: number) => Value) =>
      Array.from({ length: count }, (_, index) => of(index));
    const narrow = query({
      userIds: listOf(20, (index) => `user-${index}`),
      types: listOf(7, (index) => `TYPE_${index}`),
    });
    const slots = { unitMs: 1000, offsets: listOf(30, (index) => ({ from: index * 100, offsetMs: index })) };
    const { steps, result } = runAll(countBySlot(reader, { ...narrow, ...slots, maxSlots: 1000 }));
    expect(counted(result).reduce((sum, { count }) => sum + count, 0)).toBe(2000);
    expect(steps).toBeGreaterThan(50);
  });
});

test.each([
  [1, 0],
  [3, -1],
  [49, 7],
  [50, 0],
  [51, 0],
  [1000, 999],
  [100_000, 5],
])('counts by slots of %d ms with an offset of %d equal counts in plain SQL', (unitMs, offsetMs) => {
  const expected = rowsOf(
    `SELECT floor((created_at + ${offsetMs}.0) / ${unitMs}) AS slot, count(*) FROM own
      WHERE type IN ('TYPE_1', 'TYPE_2') AND created_at BETWEEN 5 AND 2900 GROUP BY slot`,
  );
  const narrow = query({ types: ['TYPE_1', 'TYPE_2'], ...between(5, 2901) });
  const slots = { unitMs, offsets: [{ from: 5, offsetMs }], maxSlots: 3000 };
  const { result } = runAll(countBySlot(reader, { ...narrow, ...slots }));
  expect(new Map(counted(result).map(({ slot, count }) => [slot, count]))).toEqual(
    new Map(expected.map(([slot, count]) => [Number(slot), count])),
  );
  expect(result).toHaveLength(expected.length);
});

describe('a count by user', () => {
  test.each<[string, Partial<KeyQuery>, string]>([
    ['many rows', {}, ''],
    [
      'many rows of some types',
      { types: ['TYPE_1', 'TYPE_2', 'TYPE_3', 'TYPE_4', 'TYPE_5'] },
      "WHERE type BETWEEN 'TYPE_1' AND 'TYPE_5'",
    ],
    ['few rows', between(100, 110), 'WHERE created_at BETWEEN 100 AND 109'],
    [
      'few rows of some types',
      { types: ['TYPE_1', 'TYPE_2'], ...between(undefined, 50) },
      "WHERE type BETWEEN 'TYPE_1' AND 'TYPE_2' AND created_at < 50",
    ],
  ])('over %s equals a count in plain SQL', (_, parts, where) => {
    const expected = rowsOf(`SELECT user_id, count(*) FROM own ${where} GROUP BY user_id`);
    expect(expected.length).toBeGreaterThan(50);
    const counts = counted(runAll(countByKey(reader, query(parts))).result);
    expect(new Map(counts.map(({ key, count }) => [key, count]))).toEqual(new Map(expected));
    const tooFew = query({ ...parts, maxKeys: expected.length - 1 });
    expect(runAll(countByKey(reader, tooFew)).result).toBe('too-many');
  });
});

test.each(['user-1', 'user-7'])('a count by type adds up the activities of %s and user-8', (user) => {
  const expected = rowsOf(
    `SELECT type, count(*) FROM own WHERE user_id IN ('${user}', 'user-8') GROUP BY type`,
  );
  const ofBoth = query({ field: 'type', userIds: [user, 'user-8'] });
  const counts = counted(runAll(countByKey(reader, ofBoth)).result);
  expect(new Map(counts.map(({ key, count }) => [key, count]))).toEqual(new Map(expected));
});
