import { describe, expect, test } from 'vitest';
import { DeadLetterId, locatedRecord, LogId, type LogRecord, type Origin, ProjectId } from '../src/index.ts';

const log = LogId.parse('log-2');
const raw = { key: null, value: Uint8Array.of(1), headers: {} };
const place = { topic: 't', partition: 1, offset: 100 };

const recordAt = (origin: Origin, replayOf?: string): LogRecord => ({
  origin,
  ...(replayOf === undefined ? {} : { replayOf: DeadLetterId.originOf(DeadLetterId.parse(replayOf)) }),
  content: { name: 'Unreadable', project: ProjectId.default, reason: '' },
  raw: () => raw,
});

test('a record on the first log of a topic stays as it is', () => {
  const record = recordAt(place);
  expect(locatedRecord(record, { log, isFirst: true })).toBe(record);
});

test('a record on a later log gets the id of the log, and keeps its content and bytes', () => {
  const record = recordAt(place);
  const located = locatedRecord(record, { log, isFirst: false });
  expect(located).toEqual({ ...record, origin: { ...place, log }, raw: expect.any(Function) as unknown });
  expect(located.raw()).toBe(raw);
});

describe.each([
  ['the first log', true, 't', 't@log-2'],
  ['a later log', false, 't@log-2', 't'],
])('a record on %s that is marked as a replay', (_, isFirst, own, other) => {
  const idOfOriginal = (replayOf: string): string | undefined => {
    const located = locatedRecord(recordAt(place, replayOf), { log, isFirst });
    expect(located.origin).toEqual(isFirst ? place : { ...place, log });
    return located.replayOf && DeadLetterId.of(located.replayOf);
  };

  test.each([`${own}:1:99`, `${own}:1:0`, `${own}:2:100`, `${own}:0:999`])('of %s stays a replay', (id) => {
    expect(idOfOriginal(id)).toBe(id);
  });

  test.each([`${own}:1:100`, `${own}:1:101`])(
    'of %s is no longer a replay, because that record is not before it',
    (id) => {
      expect(idOfOriginal(id)).toBeUndefined();
    },
  );

  test.each([`${other}:1:99`, `${other}:1:100`, `${other}:1:101`, 't@log-3:1:100'])(
    'of %s stays a replay, because that record is on another log',
    (id) => {
      expect(idOfOriginal(id)).toBe(id);
    },
  );
});
