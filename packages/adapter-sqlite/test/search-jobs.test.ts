import { DatabaseSync } from 'node:sqlite';
import { MetadataCondition } from '@user-activity/domain';
import { expect, onTestFinished, test } from 'vitest';
import { defineRowMatches } from '../src/protocol/row-conditions.ts';
import { insertedColumns } from '../src/protocol/rows.ts';
import { spanOf } from '../src/protocol/branches.ts';
import { schema } from '../src/writer/schema.ts';
import { searchJobs } from '../src/reader/search-jobs.ts';
import { statementCache } from '../src/protocol/statements.ts';

/** Stores 2,000 activities, of which 200 match. Returns a function that searches for these. */
function filledSearch() {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  db.exec(schema);
  const insert = db.prepare(
    `INSERT INTO activities (${insertedColumns}) VALUES (?, 'u', 'T', ?, ?, 0, 'p', NULL, NULL, NULL)`,
  );
  for (let index = 0; index < 2000; index += 1)
    insert.run(`id-${index}`, index % 10 === 0 ? '{"a":"rare"}' : '{"a":"common"}', index);
  const jobs = searchJobs({ prepare: statementCache(db), setConditions: defineRowMatches(db) });
  return (order: 'asc' | 'desc', limit: number) => {
    const span = spanOf({ from: undefined, to: undefined }, undefined, order, limit);
    const metadata = [{ path: ['a'], scalars: MetadataCondition.scalarsOf(['rare']) }];
    const selection = { ...span, project: 'p', userIds: ['u'], types: [], conditions: { metadata } };
    const search = jobs.search({ ...selection, maxBytes: 1e6, deadline: 0 });
    for (let steps = 0; ; steps += 1) {
      const { done, value } = search.next();
      if (done === true) return { found: value.length, steps };
    }
  };
}

test.each(['asc', 'desc'] as const)('a search, %s, ends at the first activity after the page', (order) => {
  const search = filledSearch();
  expect(search(order, 10)).toEqual({ found: 11, steps: 1 });
  expect(search(order, 55)).toEqual({ found: 56, steps: 3 });
  expect(search(order, 500)).toEqual({ found: 200, steps: 9 });
});
