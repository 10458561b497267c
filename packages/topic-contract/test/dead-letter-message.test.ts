import { ActivityId, type DeadLetter, Timestamp } from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadLetterMessage, readDeadLetter } from '../src/index.ts';

const bytes = fc.uint8Array({ maxLength: 50 });
const headerName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    'ce_id',
    '__proto__',
    'user-activity-dead-letter-code',
    'original-user-activity-dead-letter-code',
  ),
);
const isId = (text: string): boolean => /^[\x21-\x7e]{1,128}$/.test(text) && /[^.]/.test(text);
const anyLetter: fc.Arbitrary<DeadLetter> = fc.record(
  {
    origin: fc.record({ topic: fc.string(), partition: fc.nat(), offset: fc.maxSafeNat() }),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(headerName, fc.array(bytes, { minLength: 1, maxLength: 3 })),
    code: fc.constantFrom('unreadable', 'conflict', 'refused', 'invalid'),
    reason: fc.string(),
    diedAt: fc.integer({ min: 0, max: 4e12 }).map((millis) => Timestamp.fromMillis(millis)),
    activityId: fc
      .string({ unit: 'binary-ascii' })
      .filter(isId)
      .map((text) => ActivityId.parse(text)),
  },
  { requiredKeys: ['origin', 'key', 'value', 'headers', 'code', 'reason', 'diedAt'] },
);

test('any letter is equal after writing and reading, also one that failed again', () => {
  fc.assert(
    fc.property(anyLetter, (letter) => {
      const message = deadLetterMessage(letter);
      expect(readDeadLetter(message)).toEqual(letter);
      const again = { ...letter, ...message };
      expect(readDeadLetter(deadLetterMessage(again))).toEqual(again);
    }),
  );
});

test('a record with a missing or broken header is not read as a dead letter', () => {
  fc.assert(
    fc.property(anyLetter, fc.nat(5), (letter, which) => {
      const { headers, ...message } = deadLetterMessage({ ...letter, headers: {} });
      const [missing = ''] = Object.keys(headers).slice(which);
      const { [missing]: _left, ...others } = headers;
      expect(readDeadLetter({ ...message, headers: others })).toBeUndefined();
      const broken = { ...headers, [missing]: [Uint8Array.of(0xff)] };
      expect(readDeadLetter({ ...message, headers: broken })).toBeUndefined();
    }),
  );
});

test('a letter with a missing or invalid activity id can be read', () => {
  fc.assert(
    fc.property(anyLetter, ({ activityId: _none, ...letter }) => {
      const { headers, ...message } = deadLetterMessage(letter);
      const strange = { 'user-activity-dead-letter-activity-id': [Uint8Array.of(0x20)] };
      expect(readDeadLetter({ ...message, headers })).toEqual(letter);
      expect(readDeadLetter({ ...message, headers: { ...headers, ...strange } })).toEqual(letter);
    }),
  );
});
