import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  defaultRecordingRules,
  isErased,
  nextErasedAt,
  ProjectId,
  RetentionDays,
  Timestamp,
  UserActivity,
} from '../src/index.ts';

const dayMs = 24 * 60 * 60 * 1000;
const now = Timestamp.parse('2026-01-02T03:04:05.678Z');
const shop = ProjectId.parse('shop');
const days = (count: number): RetentionDays => RetentionDays.parse(count);

describe('RetentionDays', () => {
  test.each([1, 30, 36_500])('accepts %s', (count) => expect(RetentionDays.parse(count)).toBe(count));

  test.each([0, -1, 1.5, 36_501, 1e9, Number.NaN, Infinity, '30', null, undefined, true, [7], {}])(
    'refuses %s',
    (raw) => expect(() => RetentionDays.parse(raw)).toThrow('must be a whole number from 1 to 36500'),
  );

  test('the shorter one of two retentions applies; if there is only one, it applies', () => {
    const optional = fc.option(fc.integer({ min: 1, max: 36_500 }).map(days), { nil: undefined });
    fc.assert(
      fc.property(optional, optional, (own, deployment) => {
        const both = [own, deployment].filter((each) => each !== undefined);
        expect(RetentionDays.effective(own, deployment)).toBe(
          both.length === 0 ? undefined : Math.min(...both),
        );
      }),
    );
  });
});

describe('a new activity', () => {
  const record = (createdAt: Timestamp | undefined, retention: RetentionDays | undefined) =>
    UserActivity.record(
      { project: shop },
      {
        id: 'a',
        userId: 'ann',
        type: 'LOGIN',
        ...(createdAt === undefined ? {} : { createdAt: Timestamp.toISO(createdAt) }),
      },
      {
        clock: { now: () => now },
        ids: { next: () => expect.unreachable(), sha256: () => expect.unreachable() },
        rules: {
          ...defaultRecordingRules,
          retentionOf: (project) => (project === shop ? retention : undefined),
        },
      },
    );
  const aged = (age: number): Timestamp => Timestamp.fromMillis(now - age);

  test('may be as old as the retention of its project, but no older', () => {
    expect(record(aged(7 * dayMs), days(7)).createdAt).toBe(aged(7 * dayMs));
    for (const [count, text] of [
      [7, '7 days'],
      [1, '1 day'],
    ] as const)
      expect(() => record(aged(count * dayMs + 1), days(count))).toThrow(
        expect.objectContaining({
          violations: [
            { path: '/createdAt', message: `must not be older than ${text}, the retention of this project` },
          ],
        }),
      );
  });

  test('may have any age if its project has no retention, and needs no createdAt if it has one', () => {
    expect(record(Timestamp.parse('0001-01-01T00:00:00Z'), undefined).createdAt).toBeLessThan(0);
    expect(record(undefined, days(1)).createdAt).toBe(now);
  });

  test('that is too far in the future is refused for that reason', () => {
    expect(() => record(Timestamp.fromMillis(now + dayMs), days(1))).toThrow(
      expect.objectContaining({ violations: [expect.objectContaining({ path: '/createdAt' })] }),
    );
  });
});

describe('an erasure', () => {
  test('covers what the service received for its project at or before erasedAt', () => {
    const erasure = { project: shop, erasedAt: now };
    const received = (millis: number, project = shop) => ({
      project,
      receivedAt: Timestamp.fromMillis(now + millis),
    });
    expect([-1, 0, 1].map((millis) => isErased(received(millis), erasure))).toEqual([true, true, false]);
    expect(isErased(received(-1, ProjectId.default), erasure)).toBe(false);
  });

  test.each([
    ['none', undefined, 0],
    ['an earlier one', -1, 0],
    ['a later one', 1, 1],
    ['one 5 minutes ahead', 5 * 60_000, 5 * 60_000],
    ['one further ahead, by a wrong clock', 5 * 60_000 + 1, 0],
  ])('after %s has the right time', (_, previous, expected) => {
    const before = previous === undefined ? undefined : Timestamp.fromMillis(now + previous);
    expect(nextErasedAt(before, now)).toBe(now + expected);
  });
});
