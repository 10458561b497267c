import { describe, expect, test } from 'vitest';
import {
  beginningOf,
  edgeTopic,
  isClaimBlocked,
  maxEdgeValueBytes,
  type OriginalRecord,
  Timestamp,
  wholeValueOf,
} from '../src/index.ts';

const recordOf = (value: Uint8Array | null, topic: string = edgeTopic): OriginalRecord => ({
  origin: { topic, partition: 1, offset: 2 },
  key: null,
  value,
  headers: {},
});
const whole = { size: 1_000_000, sha256: 'a'.repeat(64) };

describe('the dead letter of a refused call', () => {
  test('is cut between two characters, and has the size and digest of the whole value', () => {
    const text = `a${'\u{1f600}'.repeat(20_000)}`;
    const cut = beginningOf(recordOf(new TextEncoder().encode(text)), whole);
    expect(cut.value).toHaveLength(maxEdgeValueBytes - 3);
    expect(text.startsWith(new TextDecoder('utf-8', { fatal: true }).decode(cut.value ?? undefined))).toBe(
      true,
    );
    expect(wholeValueOf(cut)).toEqual(whole);
  });

  test('has no size and digest if it was not cut; a letter from the log has none even with such headers', () => {
    expect(wholeValueOf(recordOf(null))).toBeUndefined();
    const { headers } = beginningOf(recordOf(new Uint8Array(1)), whole);
    expect(wholeValueOf({ ...recordOf(null, 'user-activity'), headers })).toBeUndefined();
  });
});

test('a claim blocks another one until its end, unless its end is so late that a wrong clock must have set it', () => {
  const claim = { from: Timestamp.fromMillis(1000), until: Timestamp.fromMillis(1100) };
  expect([1000, 1001, 1100, 1200, 1201].map((until) => isClaimBlocked(until, claim))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});
