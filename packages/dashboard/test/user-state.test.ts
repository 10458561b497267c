import { expect, test } from 'vitest';
import { rangeLengthMs, parseUserState, userParameters } from '../src/user/user-state.ts';

test.each([
  ['-24h', 86_400_000],
  ['-7d', 604_800_000],
  ['', undefined],
])('the range %j has a length of %j ms', (from, length) => {
  expect(rangeLengthMs(from)).toBe(length);
});

test.each([
  '',
  'userId=ann',
  'userId=ann&from=-7d&type=LOGIN',
  'userId=ann&from=',
  'userId=%D7%A1&erasure=0197a1c2',
])('the query %j is parsed and written unchanged', (query) => {
  expect(String(userParameters(parseUserState(new URLSearchParams(query))))).toBe(query);
});

test.each([
  ['from=-30d', ''],
  ['from=-99y', ''],
  ['type=&erasure=', ''],
])('the query %j is written as %j', (query, short) => {
  expect(String(userParameters(parseUserState(new URLSearchParams(query))))).toBe(short);
});
