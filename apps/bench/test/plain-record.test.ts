import { expect, test } from 'vitest';
import { makePlainRecord } from '../src/programs/plain-record.ts';

test('a record has the JSON and the headers of the service', () => {
  const now = new Date('2026-11-30T12:00:00.000Z');
  const draft = {
    userId: 'a "b"',
    type: 'log in',
    metadata: { n: 1 },
    createdAt: '2026-11-30T13:00:00+02:00',
  };
  const { id, value, headers } = makePlainRecord(draft, now);
  expect(JSON.parse(value)).toEqual({
    id,
    userId: 'a "b"',
    type: 'LOG IN',
    metadata: { n: 1 },
    createdAt: '2026-11-30T11:00:00.000Z',
    receivedAt: '2026-11-30T12:00:00.000Z',
  });
  expect(headers).toMatchObject({ ce_id: id, ce_time: '2026-11-30T11:00:00.000Z', ce_subject: 'a "b"' });
});
