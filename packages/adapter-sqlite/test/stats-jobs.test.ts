import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countByKey,
  countBySlot,
  type KeyQuestion,
  nextKeySql,
  usersSql,
} from '../src/threads/stats-jobs.ts';
import { countSql, placeSql, slotsSql, SpanCounter } from '../src/threads/span-counter.ts';
import { schema } from '../src/threads/schema.ts';
import { type Prepare, preparing } from '../src/threads/statements.ts';
import { finished, sharedNow } from '../src/threads/steps.ts';

let db: DatabaseSync;
let prepare: Prepare;
beforeAll(() => {
  db = new DatabaseSync(':memory:');
  db.exec(schema);
  // 30,000 rows: 10 to a millisecond, 300 users, 7 types.
  db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 29999)
    INSERT INTO activities SELECT 'id-' || n, 'user-' || (n % 300), 'TYPE_' || (n % 7), '{}', n / 10, 0 FROM numbers`);
  prepare = preparing(db);
});
afterAll(() => db.close());

const always = { from: -Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };
const soon = () => sharedNow() + 60_000;
const question = (given: Partial<KeyQuestion> = {}): KeyQuestion => ({
  field: 'userId',
  userIds: [],
  types: [],
  ...always,
  most: 1000,
  until: soon(),
  ...given,
});
/** What plain SQL says. */
const plain = (sql: string) => {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  return statement.all() as unknown as readonly (readonly [string, number])[];
};

/** All steps of it, and its result. */
function done<Result>(steps: Generator<undefined, Result, undefined>) {
  for (let count = 0; ; count += 1) {
    const { done: isDone, value } = steps.next();
    if (isDone === true) return { steps: count, result: value };
  }
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
  ])('of %d, which are %d', (rows, steps) => {
    const counter = new SpanCounter(prepare, 'all', rows);
    // More rows share a moment than a small step holds.
    expect(done(counter.count([], { from: 0, to: 100 }))).toEqual({ result: 1000, steps });
    expect(done(counter.count([], { from: 5, to: 6 })).result).toBe(10);
    expect(done(counter.count([], { from: 100, to: 100 })).result).toBe(0);
  });

  test('of which many small counts make one, but not all of them', () => {
    const slots = { unitMs: 1, offsets: [{ from: 0, offsetMs: 0 }] };
    const { steps, result } = done(countBySlot(prepare, { ...question(), ...slots }));
    expect(result).toHaveLength(3000);
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(50);
  });

  test('between which it is given up when it is late', () => {
    const late = sharedNow() - 1;
    expect(finished(countByKey(prepare, question()), late)).toBe('late');
    const once = (function* work(): Generator<undefined, string, undefined> {
      yield;
      return 'result';
    })();
    expect(finished(once, soon())).toBe('result');
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
])('slots of %d ms by an offset of %d hold what plain SQL finds', (unitMs, offsetMs) => {
  const expected = plain(
    `SELECT floor((created_at + ${offsetMs}.0) / ${unitMs}) AS slot, count(*) FROM activities
      WHERE type IN ('TYPE_1', 'TYPE_2') AND created_at BETWEEN 5 AND 2900 GROUP BY slot`,
  );
  const asked = question({ types: ['TYPE_1', 'TYPE_2'], from: 5, to: 2901 });
  const slots = { unitMs, offsets: [{ from: 5, offsetMs }] };
  const { result } = done(countBySlot(prepare, { ...asked, ...slots }));
  expect(new Map(result.map(([, slot, count]) => [slot, count]))).toEqual(
    new Map(expected.map(([slot, count]) => [Number(slot), count])),
  );
  expect(result).toHaveLength(expected.length);
});

describe('users are counted', () => {
  test.each<[string, Partial<KeyQuestion>, string]>([
    ['of many rows', {}, ''],
    [
      'of many rows of some types',
      { types: ['TYPE_1', 'TYPE_2', 'TYPE_3', 'TYPE_4', 'TYPE_5'] },
      "WHERE type BETWEEN 'TYPE_1' AND 'TYPE_5'",
    ],
    ['of few rows', { from: 100, to: 110 }, 'WHERE created_at BETWEEN 100 AND 109'],
    [
      'of few rows of some types',
      { types: ['TYPE_1', 'TYPE_2'], to: 50 },
      "WHERE type BETWEEN 'TYPE_1' AND 'TYPE_2' AND created_at < 50",
    ],
  ])('%s', (_, given, where) => {
    const expected = plain(`SELECT user_id, count(*) FROM activities ${where} GROUP BY user_id`);
    expect(expected.length).toBeGreaterThan(50);
    expect(new Map(done(countByKey(prepare, question(given))).result as [string, number][])).toEqual(
      new Map(expected),
    );
    expect(done(countByKey(prepare, question({ ...given, most: expected.length - 1 }))).result).toBe(
      'too-many',
    );
  });
});

test.each(['user-1', 'user-7'])('types of %s and another are summed', (user) => {
  const expected = plain(
    `SELECT type, count(*) FROM activities WHERE user_id IN ('${user}', 'user-8') GROUP BY type`,
  );
  const counts = done(countByKey(prepare, question({ field: 'type', userIds: [user, 'user-8'] }))).result;
  expect(new Map(counts as [string, number][])).toEqual(new Map(expected));
});

const planOf = (sql: string): string =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail))
    .join('; ');

describe('counting reads indexes alone:', () => {
  const behind = '(created_at,id)>(?,?)';
  test.each([
    ['all', `activities_by_time (${behind} AND created_at<?)`],
    ['user', `activities_by_user (user_id=? AND ${behind} AND created_at<?)`],
    ['type', `activities_by_type (type=? AND ${behind} AND created_at<?)`],
    ['both', `activities_by_user_and_type (user_id=? AND type=? AND ${behind} AND created_at<?)`],
  ] as const)('the rows of %s', (shape, index) => {
    const search = `SEARCH activities USING COVERING INDEX ${index}`;
    expect(planOf(placeSql(shape))).toBe(search);
    expect(planOf(countSql(shape))).toContain(search);
    expect(planOf(countSql(shape))).not.toContain('TEMP B-TREE');
    expect(planOf(slotsSql(shape))).toContain(search);
  });

  test.each([
    ['userId', false, 'activities_by_user (user_id>?)'],
    ['type', false, 'activities_by_type (type>?)'],
    ['type', true, 'activities_by_user_and_type (user_id=? AND type>?)'],
  ] as const)('the next %s (of one user: %s)', (field, ofOneUser, index) => {
    expect(planOf(nextKeySql(field, ofOneUser))).toBe(`SEARCH activities USING COVERING INDEX ${index}`);
  });

  test.each([
    ['all', 'activities_by_time (created_at>? AND created_at<?)'],
    ['type', 'activities_by_type (type=? AND created_at>? AND created_at<?)'],
  ] as const)('but for the users of a few rows of %s', (shape, index) => {
    expect(planOf(usersSql(shape))).toContain(`SEARCH activities USING INDEX ${index}`);
  });
});
