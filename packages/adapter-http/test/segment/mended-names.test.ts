import { createHash } from 'node:crypto';
import { ActivityId, ActivityType, UserId } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reservedIds } from '../../src/openapi/reserved-ids.ts';
import { mendId, mendType, mendUserId } from '../../src/segment/mended-names.ts';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('base64url');
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.of(0xff), Buffer.from(text, 'utf16le')]);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc
    .array(fc.constantFrom('a', '\ud800', '\udc00', '\0', '.', ' ', 'ß', '😀'), { maxLength: 400 })
    .map((units) => units.join('')),
);
const named = anyText.filter((text) => text.trim() !== '').map((text) => text.trim());

describe('a user', () => {
  test.each(['u', 'größe 😀', 'x'.repeat(256), '😀'.repeat(256), '...', 'a b'])(
    '%j stays as it is',
    (text) => {
      expect(mendUserId(text)).toBe(text);
    },
  );

  test.each([
    ['x'.repeat(257), 'x'.repeat(200)],
    ['😀'.repeat(257), '😀'.repeat(200)],
    ['.', '.'],
    ['..', '..'],
    ['a\0b\u0085\n', 'a_b__'],
  ])('%j keeps its beginning, and ends with the digest of its UTF-8', (text, beginning) => {
    expect(mendUserId(text)).toBe(`${beginning}~${sha256(text)}`);
  });

  test.each([
    ['a\ud800', 'a\ufffd'],
    ['\udc00\ud800', '\ufffd\ufffd'],
    [`${'x'.repeat(300)}\ud800`, 'x'.repeat(200)],
  ])('%j has unpaired surrogates, so its digest is that of its UTF-16', (text, beginning) => {
    expect(mendUserId(text)).toBe(`${beginning}~${sha256(utf16(text))}`);
  });

  test('is always valid and unique', () => {
    fc.assert(
      fc.property(named, named, (one, other) => {
        expect(UserId.parse(mendUserId(one))).toBe(mendUserId(one));
        expect(mendUserId(one) === mendUserId(other)).toBe(one === other);
      }),
    );
    expect(mendUserId('\ud800')).not.toBe(mendUserId('\ud801'));
    expect(mendUserId('\ud800')).not.toBe(mendUserId('\ufffd'));
  });
});

describe('an id', () => {
  test.each(['m', '!~', 'x'.repeat(128), 'counts'])('%j stays as it is', (text) => {
    expect(mendId(text)).toBe(text);
  });

  test.each<[string, string]>([
    ['x'.repeat(129), 'x'.repeat(84)],
    ['a b', 'a_b'],
    [' a', '_a'],
    ['größe', 'gr__e'],
    ['😀'.repeat(100), '_'.repeat(84)],
    ['...', '...'],
    ...[...reservedIds].map((word): [string, string] => [word, word]),
  ])('%j keeps its beginning, and ends with the digest of its UTF-8', (text, beginning) => {
    expect(mendId(text)).toBe(`${beginning}~${sha256(text)}`);
    expect(mendId(text).length).toBeLessThanOrEqual(128);
  });

  test('is always valid for clients and unique', () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ''),
        anyText.filter((text) => text !== ''),
        (one, other) => {
          expect(ActivityId.parse(mendId(one))).toBe(mendId(one));
          expect(reservedIds.has(mendId(one))).toBe(false);
          expect(mendId(one) === mendId(other)).toBe(one === other);
        },
      ),
    );
  });
});

describe('a type', () => {
  test.each([
    ['Order Completed', 'ORDER_COMPLETED'],
    ['a\0b', 'A_B'],
    ['a\u001b[31m', 'A_[31M'],
    ['a\n\0b\u0085', 'A_B'],
    ['a\ud800', 'A\ufffd'],
    [`  ${'x'.repeat(2000)}`, 'X'.repeat(256)],
    ['😀'.repeat(300), '😀'.repeat(256)],
    // These become longer in upper case.
    ['ß'.repeat(200), 'S'.repeat(256)],
    ['x'.repeat(1_000_000), 'X'.repeat(256)],
  ])('%j', (name, type) => {
    expect(mendType(name)).toBe(type);
  });

  test.each(['', ' ', ' \n\t', '\0', ' '.repeat(5000), `${' '.repeat(10_000)}x`])(
    'is undefined for %j',
    (name) => {
      expect(mendType(name)).toBeUndefined();
    },
  );

  test('is always canonical', () => {
    const special = Array.from('ßﬃΐǰẖՙև\u0958\ufb2c\u0344İ\u1fb7\u0390');
    const longer = fc.tuple(
      fc.constantFrom(...special),
      fc.constantFrom(...special),
      fc.integer({ min: 1, max: 300 }),
    );
    const name = fc.oneof(
      named.filter((text) => /[^\s\p{Cc}]/u.test(text)),
      longer.map(([one, other, count]) => (one + other).repeat(count)),
    );
    fc.assert(
      fc.property(name, (text) => {
        const type = mendType(text);
        expect(type).toBeDefined();
        expect(ActivityType.parse(type)).toBe(type);
      }),
    );
  });
});
