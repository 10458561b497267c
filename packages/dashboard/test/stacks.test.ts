import { describe, expect, test } from 'vitest';
import { stacksOf } from '../src/shared/stacks.ts';
import { assignColors } from '../src/shared/type-colors.ts';

const at = (text: string): number => Date.parse(text);

describe('bars over time', () => {
  const range = { unit: 'hour', from: at('2026-11-30T10:15:00Z'), to: at('2026-11-30T13:00:00Z') } as const;

  test('exist for each hour, even without an activity, and have a series for each type', () => {
    const lines = [
      { key: '2026-11-30T10:00:00Z', type: 'VIEW', count: 3 },
      { key: '2026-11-30T12:00:00Z', type: 'LOGIN', count: 1 },
      { key: '2026-11-30T12:00:00Z', type: 'VIEW', count: 2 },
    ];
    const { times, series, total } = stacksOf(lines, range, new Map());
    expect(times.map((time) => new Date(time).toISOString().slice(11, 13))).toEqual(['10', '11', '12']);
    expect(series).toEqual([
      { type: 'VIEW', name: 'VIEW', color: '--type-0', total: 5, values: [3, 0, 2] },
      { type: 'LOGIN', name: 'LOGIN', color: '--type-1', total: 1, values: [0, 0, 1] },
    ]);
    expect(total).toBe(6);
  });

  test('have one series for all types without their own color, and count every activity once', () => {
    const lines = Array.from({ length: 40 }, (_, n) => ({
      key: '2026-11-30T11:00:00Z',
      type: `T${n}`,
      count: 40 - n,
    }));
    const { series, total } = stacksOf(lines, range, new Map());
    expect(series.map(({ name }) => name)).toEqual(['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'other types']);
    expect(total).toBe(820);
    expect(series.reduce((sum, { values }) => sum + (values[1] ?? 0), 0)).toBe(820);
    expect(new Set(series.map(({ color }) => color)).size).toBe(8);
  });

  test('distinguish a type named "other types" from the series of all other types', () => {
    const lines = [
      { key: '2026-11-30T11:00:00Z', type: 'other types', count: 2 },
      { key: '2026-11-30T11:00:00Z', type: undefined, count: 3 },
    ];
    const { series } = stacksOf(lines, range, new Map());
    expect(series.map(({ type, color, total }) => [type, color, total])).toEqual([
      ['other types', '--type-0', 2],
      [undefined, '--type-other', 3],
    ]);
  });

  test('of one type have the same color in every view of the page', () => {
    const lines = [{ key: '2026-11-30T11:00:00Z', type: 'OF_ALL_VIEWS', count: 1 }];
    const { series } = stacksOf(lines, range);
    const inAnotherView = assignColors(['BEFORE', 'OF_ALL_VIEWS']);
    expect(inAnotherView.get('OF_ALL_VIEWS')).toBe(series[0]?.color);
    expect(inAnotherView.get('BEFORE')).not.toBe(series[0]?.color);
  });

  test('of one type keep their color, and a type that sounds like a failure is red', () => {
    const memory = new Map<string, number>();
    const colors = (...types: string[]): object =>
      Object.fromEntries(
        stacksOf(
          types.map((type, n) => ({ key: '2026-11-30T11:00:00Z', type, count: 9 - n })),
          range,
          memory,
        ).series.map(({ name, color }) => [name, color]),
      );
    expect(colors('VIEW', 'LOGIN_FAILED')).toEqual({ VIEW: '--type-0', LOGIN_FAILED: '--type-7' });
    expect(colors('BUY', 'VIEW')).toEqual({ BUY: '--type-1', VIEW: '--type-0' });
  });

  test('leave out a count whose key is not a time', () => {
    const lines = [{ key: 'no time', type: 'VIEW', count: 1 }];
    expect(stacksOf(lines, range, new Map()).total).toBe(0);
  });
});
