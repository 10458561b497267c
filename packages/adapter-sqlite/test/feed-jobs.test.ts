import { DatabaseSync } from 'node:sqlite';
import { maxPageBytes, MetadataCondition } from '@user-activity/domain';
import { expect, onTestFinished, test } from 'vitest';
import { defineRowMatches } from '../src/protocol/row-conditions.ts';
import { insertedColumns } from '../src/protocol/rows.ts';
import { statementCache } from '../src/protocol/statements.ts';
import { type FeedJob, readFeed } from '../src/reader/feed-job.ts';
import { schema } from '../src/writer/schema.ts';

const conditions = { metadata: [{ path: ['a'], scalars: MetadataCondition.scalarsOf(['rare']) }] };

/** Stores activities at every second offset of partition 0. Returns a function that reads a portion and counts its steps. */
function filledFeed(count: number, metadataAt: (index: number) => string) {
  const db = new DatabaseSync(':memory:');
  onTestFinished(() => db.close());
  db.exec(schema);
  const { lastInsertRowid } = db.prepare("INSERT INTO logs (id) VALUES ('log')").run();
  const insert = db.prepare(
    `INSERT INTO activities (${insertedColumns}) VALUES (?, 'u', 'T', ?, 0, 0, 'p', ${lastInsertRowid}, 0, ?)`,
  );
  for (let index = 0; index < count; index += 1) insert.run(`id-${index}`, metadataAt(index), 2 * index);
  const reader = { prepare: statementCache(db), setConditions: defineRowMatches(db) };
  const max = Number.MAX_SAFE_INTEGER;
  return (job: Pick<FeedJob, 'to' | 'max' | 'maxExamined'> & Partial<FeedJob>) => {
    const selection = {
      project: 'p',
      userIds: [],
      types: [],
      createdAt: [-max, max] as const,
      conditions: undefined,
    };
    const portion = readFeed(reader, {
      ...selection,
      log: 'log',
      partition: 0,
      from: 0,
      deadline: 0,
      ...job,
    });
    for (let steps = 0; ; steps += 1) {
      const { done, value } = portion.next();
      if (done === true) return { ...value, rows: value.rows.map((row) => row[9]), steps };
    }
  };
}

const small = (index: number): string => (index % 10 === 0 ? '{"a":"rare"}' : '{"a":"common"}');

test.each([
  ['the maximum of matches', { to: 9000, max: 30 }, { found: 30, end: 581, examined: 331, steps: 1 }],
  ['the maximum of entries', { to: 9000, max: 500 }, { found: 60, end: 1200, examined: 600, steps: 3 }],
  ['the end of the span', { to: 901, max: 500 }, { found: 46, end: 901, examined: 500, steps: 2 }],
  ['the end of a span with few offsets', { to: 7, max: 500 }, { found: 1, end: 7, examined: 7, steps: 1 }],
])('a portion ends at %s', (_, job, { found, ...expected }) => {
  const read = filledFeed(1000, small);
  const portion = read({ ...job, maxExamined: 600, conditions });
  expect(portion).toMatchObject({ ...expected, rows: { length: found } });
});

test('a portion ends after 4 MiB, although small activities came first', () => {
  const large = `{"a":"${'x'.repeat(256 * 1024)}"}`;
  const read = filledFeed(300, (index) => (index < 100 ? '{}' : large));
  const { rows, end } = read({ to: 600, max: 500, maxExamined: 5000 });
  expect(rows).toHaveLength(100 + maxPageBytes / (256 * 1024));
  expect(end).toBe((rows.at(-1) ?? 0) + 1);
  const next = read({ from: end, to: 600, max: 500, maxExamined: 5000 });
  expect(next.rows[0]).toBe(end + 1);
});
