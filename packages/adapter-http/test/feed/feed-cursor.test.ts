import { FeedPosition, LogId, RuleBroken } from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';

const offset = fc.oneof(fc.maxSafeNat(), fc.nat(100), fc.constant(Number.MAX_SAFE_INTEGER));
const position = fc.record({
  log: fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/).map((text) => LogId.parse(text)),
  offsets: fc.array(offset, { maxLength: 200 }),
  turn: fc.nat(100_000),
});

test('any position can be encoded and parsed, and its text needs no escape in a URL or a header', () => {
  fc.assert(
    fc.property(position, (any) => {
      const text = FeedCursor.text(any);
      // Unreserved characters (RFC 3986, section 2.3).
      expect(text).toMatch(/^[A-Za-z0-9._~-]+$/);
      expect(encodeURIComponent(text)).toBe(text);
      expect(FeedCursor.parse(text)).toEqual(any);
    }),
  );
});

test('the text of a position stays the same in later versions', () => {
  const log = LogId.parse('0197a1c2');
  expect(FeedCursor.text(FeedPosition.start(log))).toBe('1_0197a1c2_0');
  expect(FeedCursor.text({ log, offsets: [100, 0, 51], turn: 0 })).toBe('1_0197a1c2_0_2s_0_1f');
  expect(FeedCursor.text({ log, offsets: [Number.MAX_SAFE_INTEGER], turn: 36 })).toBe(
    '1_0197a1c2_10_2gosa7pa2gv',
  );
});

test.each([
  '',
  '1',
  'abc',
  '1_log',
  '1_log_',
  '1_log__5',
  '1__0_5',
  '2_log_0_5',
  '01_log_0_5',
  '1_log_0_5_',
  '1_log_0__5',
  '1_log_0_5__6',
  '1_log_0_-5',
  '1_log_0_5,6',
  '1_log_0_5.6',
  '1_log_0_A',
  '1_log_0_5 ',
  ' 1_log_0_5',
  '1_log_0_5\n',
  '1_lo.g_0_5',
  '1_l\u{f6}g_0_5',
  `1_${'x'.repeat(65)}_0_5`,
  '1_log_1000000_5',
  // One more than the largest safe integer.
  '1_log_0_2gosa7pa2gw',
  '1_log_0_zzzzzzzzzzz',
  '1_log_0_100000000000',
])('%j is not a position', (text) => {
  expect(() => FeedCursor.parse(text)).toThrow(RuleBroken);
  expect(() => FeedCursor.parse(text)).toThrow(
    'is not a position of this service: send "nextCursor", or the id of an event, unchanged',
  );
});

test('any other text is refused, or is a position', () => {
  const part = fc.constantFrom('1', '.', '_', 'log', '0', 'z', '-', 'Z', ' ', '\n', '2gosa7pa2gw');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const isPosition = /^1_[A-Za-z0-9-]+_[0-9a-z]+(?:_[0-9a-z]+)*$/.test(text);
      fc.pre(!isPosition);
      expect(() => FeedCursor.parse(text)).toThrow(RuleBroken);
    }),
  );
});

test('a long text takes linear time', () => {
  for (const text of [`1_log_0${'_5'.repeat(100_000)}_`, `1_log_0_${'5'.repeat(100_000)}`])
    expect(() => FeedCursor.parse(text)).toThrow(RuleBroken);
  const long = FeedCursor.parse(`1_log_0_5${'_5'.repeat(100_000)}`);
  expect(long.offsets).toHaveLength(100_001);
});
