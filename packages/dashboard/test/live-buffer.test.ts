import type { Activity } from '@user-activity/client';
import { describe, expect, test } from 'vitest';
import { LiveBuffer, maxRows } from '../src/live/live-buffer.ts';

const activity = (number: number): Activity => ({
  id: `a${number}`,
  userId: 'ann',
  type: 'VIEW',
  metadata: {},
  createdAt: '2026-11-30T12:00:00.000Z',
  receivedAt: '2026-11-30T12:00:00.000Z',
});

const filled = (count: number, now = 0): LiveBuffer => {
  const buffer = new LiveBuffer(0);
  for (let number = 0; number < count; number += 1) buffer.add(activity(number), now);
  return buffer;
};

const idsOf = ({ rows }: { readonly rows: readonly Activity[] }): readonly string[] =>
  rows.map(({ id }) => id);

describe('the buffer of Live', () => {
  test('returns the newest activity first', () => {
    const buffer = filled(2);
    expect(idsOf(buffer.snapshot(false))).toEqual(['a1', 'a0']);
    buffer.add(activity(2), 0);
    expect(idsOf(buffer.snapshot(false))).toEqual(['a2', 'a1', 'a0']);
  });

  test('lets new activities wait while the list is held', () => {
    const buffer = filled(1);
    expect(idsOf(buffer.snapshot(false))).toEqual(['a0']);
    buffer.add(activity(1), 0);
    expect(buffer.snapshot(true)).toMatchObject({ rows: [{ id: 'a0' }], waiting: 1, total: 2 });
    expect(buffer.snapshot(false)).toMatchObject({ rows: [{ id: 'a1' }, { id: 'a0' }], waiting: 0 });
  });

  test.each([maxRows, 2 * maxRows - 1, 2 * maxRows, 5 * maxRows + 7])(
    'keeps only the newest of %i activities',
    (count) => {
      const { rows, total } = filled(count).snapshot(false);
      expect([rows.length, total, rows[0]?.id, rows.at(-1)?.id]).toEqual([
        maxRows,
        count,
        `a${count - 1}`,
        `a${count - maxRows}`,
      ]);
    },
  );

  test('counts the activities of each complete second', () => {
    const buffer = new LiveBuffer(0);
    for (const now of [1000, 1999, 2000, 4500]) buffer.add(activity(now), now);
    expect(buffer.rates(5000).slice(-4)).toEqual([2, 1, 0, 1]);
    expect(buffer.rates(100_000).every((count) => count === 0)).toBe(true);
  });
});
