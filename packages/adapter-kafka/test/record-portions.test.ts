import { expect, test } from 'vitest';
import { readRecordBatches } from '../src/own-reader.ts';
import { recordPortions } from '../src/record-portions.ts';
import { batchOf, type RecordParts } from '@user-activity/test-kit';

const portionsOf = async (records: readonly RecordParts[]) =>
  recordPortions('topic', 0, await readRecordBatches(batchOf(records), {}));

test('portions have at most 1,000 records and 2 MiB, in order', async () => {
  const lengths: number[] = [];
  const offsets: string[] = [];
  const large = Array.from({ length: 5 }, () => ({ value: Buffer.alloc(1_000_000) }));
  const small = Array.from({ length: 1001 }, () => ({}));
  for await (const { records, lastOffset } of await portionsOf([...small, ...large])) {
    lengths.push(records.length);
    offsets.push(lastOffset);
  }
  expect(lengths).toEqual([1000, 3, 2, 1]);
  expect(offsets).toEqual(['999', '1002', '1004', '1005']);
});

test('the event loop turns while large records are parsed', async () => {
  const value = Buffer.from(`{${'"\\n":1,'.repeat(130_000)}"a":1}`);
  const headers = [['ce_type', Buffer.from('user-activity.logged.v1')]] as const;
  const portions = await portionsOf(Array.from({ length: 4 }, () => ({ value, headers })));
  let turns = 0;
  let read = 0;
  let done = false;
  const count = (): void => {
    turns += 1;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  for await (const { records } of portions) {
    read += records.length;
    done = read === 4;
  }
  expect(done).toBe(true);
  expect(turns).toBeGreaterThan(3);
});
