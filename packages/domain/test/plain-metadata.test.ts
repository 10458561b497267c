import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyPlainMetadata } from '../src/activity/plain-metadata.ts';
import { Metadata, UnfitNumber, Violations } from '../src/index.ts';

class Money {
  readonly amount = 1;
}

const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'a\0b',
  '\ud800',
  '0',
  '',
);
const key = fc.oneof({ weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) }, hostileKey);
const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom('\ud800', 'a\0', '\udc00x', '"\\\n', '\u2028'),
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, 5e-324),
  fc.boolean(),
  fc.constant(null),
);
const noJson = fc.constantFrom<readonly unknown[]>(
  [undefined],
  [1n],
  [Symbol('s')],
  [() => 1],
  [new Date(0)],
  [new Money()],
  [new UnfitNumber('1e400')],
  [new Map()],
  [Array.from({ length: 3 })],
);

/** Makes an object in which each key is an own member, also `__proto__`. */
function withMembers(target: object, entries: readonly (readonly [string, unknown])[]): object {
  for (const [name, value] of entries)
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  return target;
}

const { value, object } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  object: fc
    .tuple(fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }), fc.integer({ min: 0, max: 9 }))
    .map(([entries, kind]) => withMembers(kind === 0 ? (Object.create(null) as object) : {}, entries)),
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    { weight: 8, arbitrary: scalar },
    { weight: 1, arbitrary: noJson.map(([hidden]) => hidden) },
    { weight: 3, arbitrary: tie('object') },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
  ),
}));

/** Parses a value without the fast path, which is skipped if the collector of violations lists nothing. */
const byRules = (raw: unknown, maxBytes: number, maxLevels: number): Metadata | undefined =>
  Metadata.parse(raw, '/metadata', new Violations(0), maxBytes, maxLevels);

test('the fast path makes the same copy as the full rules, whatever the value and the limits are', () => {
  let copies = 0;
  fc.assert(
    fc.property(
      fc.oneof({ weight: 5, arbitrary: object }, value, anyMetadata),
      fc.oneof(fc.constant(32 * 1024), fc.integer({ min: 0, max: 300 })),
      fc.integer({ min: 1, max: 5 }),
      (raw, maxBytes, maxLevels) => {
        const plain = copyPlainMetadata(raw, maxBytes, maxLevels);
        if (plain === undefined) return;
        copies += 1;
        const expected = byRules(raw, maxBytes, maxLevels);
        expect(plain).toStrictEqual(expected);
        expect(plain).not.toBe(raw);
        expect(JSON.stringify(plain)).toBe(JSON.stringify(expected));
      },
    ),
    { numRuns: 3000 },
  );
  expect(copies).toBeGreaterThan(100);
});

test('each text counts with its worst size, so no copy of the fast path exceeds the limit', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const bytes = new TextEncoder().encode(JSON.stringify(metadata)).length;
      expect(copyPlainMetadata(metadata, bytes - 1, 64)).toBeUndefined();
    }),
  );
});

test.each([
  [{}],
  [{ ip: '127.0.0.1', success: true, durationMs: 12.5, coupon: null }],
  [{ name: 'Zoë 😀', device: { os: 'iOS', tags: ['a', ['b']] } }],
])('%j, as clients send it, takes the fast path', (metadata) => {
  expect(copyPlainMetadata(metadata, 32 * 1024, 16)).toStrictEqual(metadata);
});

test('each member of an object is read only once, so what is copied is what was checked', () => {
  let readings = 0;
  const metadata = {
    get ip(): unknown {
      readings += 1;
      return readings === 1 ? 'first' : new Money();
    },
  };
  expect(copyPlainMetadata(metadata, 1000, 16)).toStrictEqual({ ip: 'first' });
});
