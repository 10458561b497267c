import { StoredActivity } from '@user-activity/domain';
import { anyMetadata, sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvHeader, loadCsvLines, safeCell } from '../../src/export/csv-lines.ts';
import { cellsOf } from './csv-reader.ts';

const csvLines = await loadCsvLines();

const linesOf = (fields: Parameters<typeof sampleActivity>[0]): string =>
  csvLines([StoredActivity.of(sampleActivity(fields))]);

describe('a line', () => {
  test('has a cell for each column, and ends with a line break', () => {
    expect(csvHeader).toBe('id,userId,type,createdAt,receivedAt,metadata\r\n');
    expect(linesOf({ id: 'a', userId: 'ann', createdAt: '2026-01-01T00:00:00Z' })).toBe(
      'a,ann,LOGIN,2026-01-01T00:00:00.000Z,2026-01-02T03:04:05.678Z,{}\r\n',
    );
  });

  test('quotes commas and quotes', () => {
    expect(linesOf({ id: 'a,b', userId: 'say "x"', metadata: { a: 'b,"c"\r\n' } })).toBe(
      '"a,b","say ""x""",LOGIN,2026-01-02T03:04:05.678Z,2026-01-02T03:04:05.678Z,"{""a"":""b,\\""c\\""\\r\\n""}"\r\n',
    );
  });

  test('has exactly the values of its activity, once the added quotes are removed', async () => {
    // Ids of printable ASCII without spaces, and user ids without control characters, that begin with any character.
    const ids = fc.string({
      unit: fc.constantFrom(...Array.from('=+-@\'",;~a1|%')),
      minLength: 1,
      maxLength: 6,
    });
    const users = fc.string({
      unit: fc.constantFrom(...Array.from('=+-@\'",;＝＋－＠aé😀|%')),
      minLength: 1,
      maxLength: 6,
    });
    const anyFields = fc.record({ id: ids, userId: users, metadata: anyMetadata });
    fc.assert(
      fc.property(fc.array(anyFields, { minLength: 1, maxLength: 5 }), (records) => {
        const activities = records.map((fields) => sampleActivity(fields));
        const rows = cellsOf(csvLines(activities.map((activity) => StoredActivity.of(activity))));
        expect(
          rows.map(([id = '', userId = '', , , , metadata = '']) => [
            id.replace(/^'/, ''),
            userId.replace(/^'/, ''),
            JSON.parse(metadata) as unknown,
          ]),
        ).toEqual(
          activities.map(({ id, userId, metadata }) => [
            id,
            userId,
            JSON.parse(JSON.stringify(metadata)) as unknown,
          ]),
        );
        for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
      }),
    );
  });
});

describe('a safe cell', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠a', "'a", "''"])(
    '%j gets a quote',
    (text) => {
      expect(safeCell(text)).toBe(`'${text}`);
    },
  );

  test.each(['', 'a', 'a=1', '1-2', ' =1', '{"a":"=1"}', '~', '|a', '%a'])('%j stays', (text) => {
    expect(safeCell(text)).toBe(text);
  });
});
