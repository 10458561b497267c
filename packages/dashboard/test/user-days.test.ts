import { expect, test } from 'vitest';
import { startOfDay, startsOfDays } from '../src/user/days.ts';
import { parseUserState, userParameters } from '../src/user/user-state.ts';

test('each day from one moment to another is there once, also when clocks change', () => {
  const from = new Date(2026, 0, 1, 15).getTime();
  const to = new Date(2026, 11, 31, 1).getTime();
  const starts = startsOfDays(from, to, 1000);
  expect(starts).toHaveLength(365);
  expect(starts[0]).toBe(new Date(2026, 0, 1).getTime());
  expect(starts.at(-1)).toBe(startOfDay(to));
  expect(new Set(starts.map((start) => new Date(start).toDateString())).size).toBe(365);
  expect(startsOfDays(from, to, 7)).toEqual(starts.slice(-7));
  expect(startsOfDays(to, to, 7)).toEqual([startOfDay(to)]);
});

test.each([
  '',
  'userId=ann',
  'userId=ann&from=-7d&type=LOGIN',
  'userId=ann&from=',
  'userId=%D7%A1&erasure=0197a1c2',
])('%j is in the URL as it was', (query) => {
  expect(String(userParameters(parseUserState(new URLSearchParams(query))))).toBe(query);
});

test.each([
  ['from=-30d', ''],
  ['from=-99y', ''],
  ['type=&erasure=', ''],
])('%j is shortened to %j', (query, short) => {
  expect(String(userParameters(parseUserState(new URLSearchParams(query))))).toBe(short);
});
