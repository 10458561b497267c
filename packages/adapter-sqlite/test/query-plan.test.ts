import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { deathSql, letterPageSql } from '../src/threads/letter-jobs.ts';
import { branchSql } from '../src/threads/page-job.ts';
import { schema } from '../src/threads/schema.ts';

const planOf = (sql: string): string => {
  const db = new DatabaseSync(':memory:');
  db.exec(schema);
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  db.close();
  return steps.map(({ detail }) => String(detail)).join('; ');
};

const range = '(created_at,id)>(?,?) AND (created_at,id)<(?,?)';

test.each([
  ['all', `activities_by_time (${range})`],
  ['user', `activities_by_user (user_id=? AND ${range})`],
  ['type', `activities_by_type (type=? AND ${range})`],
  ['both', `activities_by_user_and_type (user_id=? AND type=? AND ${range})`],
] as const)('a page of %s is one range of one index, without sorting', (shape, index) => {
  for (const order of ['asc', 'desc'] as const) {
    expect(planOf(branchSql(shape, order))).toBe(`SEARCH activities USING INDEX ${index}`);
  }
});

test.each([
  [false, `dead_letters_by_time ((died_at,id)>(?,?) AND (died_at,id)<(?,?))`],
  [true, `dead_letters_by_code (code=? AND (died_at,id)>(?,?) AND (died_at,id)<(?,?))`],
] as const)('a page of dead letters (of one code: %s) is one range of one index', (ofOneCode, index) => {
  for (const order of ['asc', 'desc'] as const) {
    const sql = letterPageSql(ofOneCode, order);
    expect(planOf(sql)).toBe(`SEARCH dead_letters USING INDEX ${index}`);
  }
});

test('the last death of an activity is one end of a range of one index', () => {
  expect(planOf(deathSql)).toBe(
    'SEARCH dead_letters USING COVERING INDEX dead_letters_by_activity (activity_id=?)',
  );
});
