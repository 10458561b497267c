import { DatabaseSync } from 'node:sqlite';
import { MetadataCondition } from '@user-activity/domain';
import { expect, onTestFinished, test } from 'vitest';
import { teachTest } from '../src/reader/metadata-test.ts';
import { spanOf } from '../src/protocol/branches.ts';
import { schema } from '../src/writer/schema.ts';
import { searchJobs } from '../src/reader/search-jobs.ts';
import { preparing } from '../src/protocol/statements.ts';

/** Two thousand activities, a tenth of which match, and what is asked of them. */
function filled() {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  db.exec(schema);
  const insert = db.prepare("INSERT INTO activities VALUES (?, 'u', 'T', ?, ?, 0)");
  for (let index = 0; index < 2000; index += 1)
    insert.run(`id-${index}`, index % 10 === 0 ? '{"a":"rare"}' : '{"a":"common"}', index);
  const jobs = searchJobs(preparing(db), teachTest(db));
  return (order: 'asc' | 'desc', limit: number) => {
    const span = spanOf({ from: undefined, to: undefined }, undefined, order, limit);
    const metadata = [{ path: ['a'], scalars: MetadataCondition.scalarsOf(['rare']) }];
    const search = jobs.search({ ...span, maxBytes: 1e6, userIds: ['u'], types: [], metadata, until: 0 });
    for (let steps = 0; ; steps += 1) {
      const { done, value } = search.next();
      if (done === true) return { found: value.length, steps };
    }
  };
}

test.each(['asc', 'desc'] as const)(
  'a page by metadata, %s, is looked for no further than to the first behind it',
  (order) => {
    const search = filled();
    expect(search(order, 10)).toEqual({ found: 11, steps: 1 });
    expect(search(order, 55)).toEqual({ found: 56, steps: 3 });
    expect(search(order, 500)).toEqual({ found: 200, steps: 9 });
  },
);
