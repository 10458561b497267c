import { erasureLog, erasureOf } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decidingErasure,
  edgeTopic,
  isCovered,
  isLetterCovered,
  LogId,
  type LogPosition,
  type Origin,
  Timestamp,
} from '../src/index.ts';

const other = LogId.parse('other-log');
const { requestedAt } = erasureOf();
const [before, after] = [Timestamp.fromMillis(requestedAt - 1), Timestamp.fromMillis(requestedAt + 1)];
const at = (offset: number, partition = 0, log = erasureLog): LogPosition => ({ log, partition, offset });

// The request is at offset 100 of partition 0.
test.each<[string, LogPosition | undefined, Timestamp, boolean]>([
  ['just below the request, received later', at(99), after, true],
  ['at the place of the request, received earlier', at(100), before, false],
  ['above the request, received earlier', at(101), before, false],
  ['without a place, received later', undefined, after, true],
  ['on another partition, at a high offset, received earlier', at(500, 1), before, true],
  ['on another partition, at a low offset, received at the same time', at(5, 1), requestedAt, true],
  ['on another partition, at a low offset, received later', at(5, 1), after, false],
  ['on another log, at a high offset, received at the same time', at(500, 0, other), requestedAt, true],
  ['on another log, at a low offset, received later', at(5, 0, other), after, false],
])('an activity %s: is it covered?', (_, origin, receivedAt, expected) => {
  expect(isCovered({ origin, receivedAt }, erasureOf())).toBe(expected);
});

test.each<[string, Partial<Origin>, Timestamp, boolean]>([
  ['just below the request, that died later', { offset: 99 }, after, true],
  ['at the place of the request, that died earlier', { offset: 100 }, before, false],
  ['on another partition, that died at the same time', { offset: 500, partition: 1 }, requestedAt, true],
  ['on another partition, that died later', { offset: 5, partition: 1 }, after, false],
  ['of another log of the topic, that died earlier', { offset: 500, log: other }, before, true],
  ['of another log of the topic, that died later', { offset: 5, log: other }, after, false],
  ['of the edge, that died at the same time', { offset: 500, topic: edgeTopic }, requestedAt, true],
  ['of the edge, that died later', { offset: 5, topic: edgeTopic }, after, false],
])('a letter %s: is it covered?', (_, change, diedAt, expected) => {
  const origin = { topic: 'user-activity', partition: 0, offset: 0, ...change };
  expect(isLetterCovered({ origin, diedAt }, erasureOf())).toBe(expected);
});

test('whether a letter of a later log is covered depends on its offset if the request is on the same log', () => {
  const erasure = { ...erasureOf(), topic: `user-activity@${other}` };
  const origin = { topic: 'user-activity', partition: 0, offset: 99 };
  expect(isLetterCovered({ origin: { ...origin, log: other }, diedAt: after }, erasure)).toBe(true);
  expect(isLetterCovered({ origin, diedAt: after }, erasure)).toBe(false);
});

describe('the erasure that decides', () => {
  test('is the first one that covers the activity, whatever the order of the list', () => {
    const erasures = [
      erasureOf({ id: 'third', offset: 30, second: 3 }),
      erasureOf({ id: 'first', offset: 10, second: 1, mode: 'anonymise' }),
      erasureOf({ id: 'second', offset: 20, second: 2 }),
    ];
    const decides = (offset: number) =>
      decidingErasure(erasures, { origin: at(offset), receivedAt: before })?.id;
    expect([5, 10, 19, 20, 29, 30].map(decides)).toEqual([
      'first',
      'second',
      'second',
      'third',
      'third',
      undefined,
    ]);
    expect(erasures.map(({ id }) => id)).toEqual(['third', 'first', 'second']);
  });

  test('is the one with the lower offset if both were requested at the same time', () => {
    const erasures = [erasureOf({ id: 'later', offset: 200 }), erasureOf({ id: 'earlier', offset: 50 })];
    expect(decidingErasure(erasures, { origin: at(1), receivedAt: before })?.id).toBe('earlier');
  });

  test('is the one with the lower offset if both are on one partition, whatever the clocks said', () => {
    const erasures = [
      erasureOf({ id: 'later', offset: 200, second: -9 }),
      erasureOf({ id: 'earlier', offset: 50, second: 9 }),
    ];
    for (const order of [erasures, erasures.toReversed()])
      expect(decidingErasure(order, { origin: at(1), receivedAt: before })?.id).toBe('earlier');
  });

  test('covers the activity, and is undefined if no erasure covers it', () => {
    const anyErasure = fc
      .record({ offset: fc.nat(9), partition: fc.nat(1), second: fc.integer({ min: -2, max: 2 }) })
      .map((fields) => erasureOf(fields));
    const anyPlaced = fc.record({
      origin: fc.option(
        fc.record({
          log: fc.constantFrom(erasureLog, other),
          partition: fc.nat(1),
          offset: fc.nat(9),
        }),
        { nil: undefined },
      ),
      receivedAt: fc
        .integer({ min: -2, max: 2 })
        .map((second) => Timestamp.fromMillis(requestedAt + second * 1000)),
    });
    fc.assert(
      fc.property(fc.array(anyErasure, { maxLength: 4 }), anyPlaced, (erasures, placed) => {
        const found = decidingErasure(erasures, placed);
        const covering = erasures.filter((erasure) => isCovered(placed, erasure));
        expect(found !== undefined).toBe(covering.length > 0);
        expect(found === undefined || isCovered(placed, found)).toBe(true);
      }),
    );
  });
});
