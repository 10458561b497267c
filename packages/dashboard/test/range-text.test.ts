import { expect, test } from 'vitest';
import { toInputText, fromInputText, rangeLabel } from '../src/explore/range-text.ts';

test('an unchanged input keeps the exact time', () => {
  const exact = '2026-11-30T11:45:12.345Z';
  expect(toInputText(exact)).toMatch(/:45:12$/);
  expect(fromInputText(toInputText(exact), exact)).toBe(exact);
  // Browsers leave out the seconds if they are zero.
  const whole = '2026-11-30T11:45:00.000Z';
  expect(fromInputText(toInputText(whole).slice(0, 16), whole)).toBe(whole);
  expect(fromInputText('2026-11-30T12:00:01', exact)).toBe(new Date(2026, 10, 30, 12, 0, 1).toISOString());
  expect(fromInputText('', exact)).toBe('');
});

test.each([
  ['-1h', '', 'Last hour'],
  ['-365d', '', 'Last 365 days'],
  ['-1w', '', 'Last 1 week'],
  ['all', '', 'All time'],
])('the range from %j to %j has the label %j', (from, to, label) => {
  expect(rangeLabel(from, to)).toBe(label);
});
