import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../src/index.ts';

/** What happens to a bucket: time passes, or tokens are taken. */
type Step = readonly [kind: 'pass', ms: number] | readonly [kind: 'take', amount: number];

const usable = (bucket: TokenBucket, now: number): boolean => bucket.waitMs(now) === 0;

test.each<[perSecond: number, steps: readonly Step[], left: number, waitMs: number]>([
  [10, [], 50, 0],
  [10, [['take', 50]], 0, 100],
  [10, [['take', 49]], 1, 0],
  // More tokens may be taken than the bucket holds.
  [10, [['take', 70]], 0, 2100],
  [1, [['take', 10_000]], 0, 9_996_000],
  [
    10,
    [
      ['take', 70],
      ['pass', 2100],
    ],
    1,
    0,
  ],
  [
    10,
    [
      ['take', 70],
      ['pass', 2099],
    ],
    0,
    1,
  ],
  // It never holds more than the tokens of 5 s.
  [10, [['pass', 3_600_000]], 50, 0],
  [
    10,
    [
      ['take', 30],
      ['take', -10],
    ],
    30,
    0,
  ],
  [10, [['take', -10]], 50, 0],
  [
    1,
    [
      ['take', 5],
      ['pass', 999],
    ],
    0,
    1,
  ],
  [
    1,
    [
      ['take', 5],
      ['pass', 1000],
    ],
    1,
    0,
  ],
  // The time that a query takes is not a whole number of milliseconds.
  [1, [['take', 4.5]], 0, 500],
])('with %d per second, %j leaves %d tokens and a wait of %d ms', (perSecond, steps, left, waitMs) => {
  let now = 1_000_000;
  const bucket = new TokenBucket(perSecond, now);
  for (const [kind, amount] of steps)
    if (kind === 'pass') now += amount;
    else bucket.take(amount, now);
  expect(bucket.wholeTokens(now)).toBe(left);
  expect(bucket.waitMs(now)).toBeCloseTo(waitMs, 6);
});

const perSecond = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 1_000_000 })));

test('a client that waits as told uses at most the limit over time, plus the burst and its last request', () => {
  fc.assert(
    fc.property(perSecond, steps, (limit, uses) => {
      let [now, used, last] = [0, 0, 0];
      const bucket = new TokenBucket(limit, now);
      for (const [ms, amount] of uses) {
        now += ms;
        if (!usable(bucket, now)) continue;
        bucket.take(amount, now);
        used += amount;
        last = Math.max(last, amount);
      }
      expect(used).toBeLessThanOrEqual((limit * now) / 1000 + limit * TokenBucket.burstSeconds + last);
    }),
  );
});

test('the wait, rounded up to a millisecond, is exact: the bucket is usable after it, and not before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), steps, (limit, uses) => {
      let now = 0;
      const bucket = new TokenBucket(limit, now);
      for (const [ms, amount] of uses) {
        now += ms;
        bucket.take(amount, now);
      }
      expect(usable(bucket, now + Math.ceil(bucket.waitMs(now)))).toBe(true);
    }),
  );
});

describe('a change of the limit', () => {
  test('keeps the debt, which is then paid back at the new rate', () => {
    const bucket = new TokenBucket(10, 0);
    bucket.take(1050, 0);
    for (const limit of [10, 1000, 10, 1000]) bucket.change(limit, 0);
    expect(bucket.perSecond).toBe(1000);
    expect(bucket.waitMs(0)).toBe(1001);
  });

  test('counts the time before the change at the old rate', () => {
    const bucket = new TokenBucket(10, 0);
    bucket.take(50, 0);
    bucket.change(1000, 1000);
    expect(bucket.wholeTokens(1000)).toBe(10);
  });

  test('gives no free tokens, and removes tokens above the new maximum', () => {
    const bucket = new TokenBucket(10, 0);
    bucket.change(1000, 0);
    expect([bucket.capacity, bucket.wholeTokens(0)]).toEqual([5000, 50]);
    bucket.change(1, 0);
    expect([bucket.capacity, bucket.wholeTokens(0)]).toEqual([5, 5]);
  });
});
