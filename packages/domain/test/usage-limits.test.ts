import { describe, expect, test } from 'vitest';
import { RuleBroken, UsageLimits } from '../src/index.ts';

describe('parse', () => {
  test.each([1, 500, Number.MAX_SAFE_INTEGER])('accepts %s', (limit) =>
    expect(UsageLimits.parse(limit)).toBe(limit),
  );

  test.each([null, undefined])('%s means no limit', (raw) => expect(UsageLimits.parse(raw)).toBeUndefined());

  test.each([0, -1, 0.5, Number.NaN, Infinity, 2 ** 53, '5', true, [5], {}])('refuses %j', (raw) =>
    expect(() => UsageLimits.parse(raw)).toThrow(RuleBroken),
  );
});

test('trusted omits limits that this version does not know', () => {
  expect(UsageLimits.trusted({ itemsPerSecond: 5, itemsPerYear: 7, storedBytes: 9 })).toEqual({
    itemsPerSecond: 5,
    storedBytes: 9,
  });
  expect(UsageLimits.isNone(UsageLimits.trusted({ itemsPerYear: 7 }))).toBe(true);
});
