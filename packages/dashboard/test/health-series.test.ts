import type { HealthPoint } from '@user-activity/client/health';
import { expect, test } from 'vitest';
import {
  chartsOf,
  figuresOf,
  hasNoConsumer,
  lastHour,
  dropShortLastPoint,
} from '../src/health/health-series.ts';
import { valueText } from '../src/health/value-text.ts';

const point = (members: Partial<HealthPoint>): HealthPoint => ({
  at: '2026-11-30T12:00:00.000Z',
  seconds: 60,
  ...members,
});

test('counts become rates per second, even if a minute is incomplete', () => {
  const points = [
    point({ accepted: 60 }),
    point({ accepted: 60, seconds: 30 }),
    point({ accepted: 0, seconds: 0 }),
  ];
  expect(chartsOf(points).map(({ title, series }) => [title, series.map(({ values }) => values)])).toEqual([
    ['Accepted and stored', [[1, 2, null]]],
  ]);
});

test('a process that measures nothing has no charts', () => {
  expect(chartsOf([point({}), point({})])).toEqual([]);
  expect(chartsOf([])).toEqual([]);
  expect(Object.values(figuresOf([])).filter((figure) => figure !== undefined)).toEqual([]);
});

test('the figures are from the last minute, except the dead letters, which are from all minutes', () => {
  const storedAfterMs = { p50: 3, p99: 40 };
  const points = [point({ deadLettered: 2, storedAfterMs }), point({ stored: 120, lag: 7, deadLettered: 1 })];
  expect(figuresOf(points)).toEqual({
    acceptedPerSecond: undefined,
    storedPerSecond: 2,
    handledPerSecond: undefined,
    lag: 7,
    storedAfterMs,
    deadLettered: 3,
  });
});

test('a process without a consumer shows what all consumers handled', () => {
  const points = [point({ accepted: 60, lag: 5 }), point({ accepted: 60, lag: 7, handled: 120 })];
  expect(chartsOf(points).map(({ title, series }) => [title, series.map(({ name }) => name)])).toEqual([
    ['Accepted and handled', ['accepted', 'handled']],
    ['Lag', ['not handled yet']],
  ]);
  expect(figuresOf(points)).toMatchObject({ handledPerSecond: 2, lag: 7 });
  expect(hasNoConsumer(points)).toBe(true);
  expect(hasNoConsumer([point({ accepted: 1, stored: 1 })])).toBe(false);
});

test('the charts show an hour that ends with the current minute', () => {
  const now = Date.parse('2026-11-30T12:00:07Z');
  const range = lastHour(now);
  expect(range).toEqual({ from: Date.parse('2026-11-30T11:01:00Z'), to: Date.parse('2026-11-30T12:01:00Z') });
  expect(lastHour(now + 50_000)).toEqual(range);
});

test('a last minute of less than 5 seconds is left out, unless it is the only one', () => {
  expect(dropShortLastPoint([point({}), point({ seconds: 1 })])).toHaveLength(1);
  expect(dropShortLastPoint([point({ seconds: 1 })])).toHaveLength(1);
  expect(dropShortLastPoint([point({}), point({ seconds: 30 })])).toHaveLength(2);
});

test.each([
  [{ text: '{"a" :1}' }, '{"a" :1}'],
  [{ text: 'no { JSON' }, 'no { JSON'],
  [{ base64: 'AAE=' }, 'base64: AAE='],
  [null, 'The record has no value.'],
])('the dead letter value %j is shown as %j', (value, text) => {
  expect(valueText({ value, size: 3, omitted: [] })).toBe(text);
});

test('a large value is truncated, and for an omitted value the size is shown', () => {
  expect(valueText({ value: { text: 'x'.repeat(9000) }, size: 9000, omitted: [] })).toHaveLength(4001);
  expect(valueText({ value: null, size: 90_000, omitted: ['value'] })).toContain('90000 bytes');
});
