import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DeadLetterId,
  LogId,
  type LogRecord,
  ProjectId,
  replayed,
  replayHeader,
  replayOf,
  firstCopyOf,
} from '../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const anyOrigin = fc.record(
  {
    topic: fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/),
    log: fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/).map((id) => LogId.parse(id)),
    partition: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    offset: fc.maxSafeNat(),
  },
  { requiredKeys: ['topic', 'partition', 'offset'] },
);

describe('DeadLetterId', () => {
  test('of an origin converts back to the same origin', () => {
    fc.assert(
      fc.property(anyOrigin, (origin) => {
        expect(DeadLetterId.originOf(DeadLetterId.parse(DeadLetterId.of(origin)))).toEqual(origin);
      }),
    );
  });

  test('has the id of the log, unless it is the first log of its topic', () => {
    const first = { topic: 'user-activity', partition: 3, offset: 1042 };
    expect(DeadLetterId.of(first)).toBe('user-activity:3:1042');
    expect(DeadLetterId.of({ ...first, log: LogId.parse('01-A') })).toBe('user-activity@01-A:3:1042');
  });

  test.each([
    undefined,
    7,
    '',
    'a',
    'a:0',
    ':0:0',
    'a:0:0:0',
    'a b:0:0',
    'a/b:0:0',
    'a:00:0',
    'a:0:01',
    'a:-1:0',
    'a:0:1e3',
    'a:2147483648:0',
    'a:0:9007199254740992',
    ' a:0:0',
    'a:0:0\n',
    `${'x'.repeat(250)}:0:0`,
    'a@:0:0',
    '@b:0:0',
    'a@b@c:0:0',
    'a@b.c:0:0',
    'a%40b:0:0',
    'a@b',
    `a@${'x'.repeat(65)}:0:0`,
  ])('refuses %j', (raw) => {
    expect(() => DeadLetterId.parse(raw)).toThrow(/^must be/);
  });
});

describe('a replay', () => {
  const originIn = (...texts: readonly string[]) => replayOf({ [replayHeader]: texts.map(bytes) }, 't');

  test('has the origin of the original record in the last replay header', () => {
    expect(originIn('t:1:99')).toEqual({ topic: 't', partition: 1, offset: 99 });
    expect(originIn('t:2:100')).toEqual({ topic: 't', partition: 2, offset: 100 });
    expect(originIn('garbled', 't:1:5')).toEqual({ topic: 't', partition: 1, offset: 5 });
    expect(originIn('t@log-2:1:5')).toEqual({ topic: 't', log: 'log-2', partition: 1, offset: 5 });
  });

  test.each(['', 't:1', 'other:1:5', 'other@t:1:5', 't@:1:5', 't:1:05', 'x'.repeat(401), 'té:1:5'])(
    'is not recognised by the replay header %.20s',
    (text) => {
      expect(originIn(text)).toBeUndefined();
      expect(originIn('t:1:5', text)).toBeUndefined();
    },
  );

  test('is not recognised without a replay header', () => {
    expect(replayOf({}, 't')).toBeUndefined();
    expect(replayOf({ [replayHeader]: [] }, 't')).toBeUndefined();
  });

  test('converts back to the original record, whatever headers that has', () => {
    const value = fc.uint8Array({ maxLength: 20 });
    const names = fc.oneof(fc.string(), fc.constantFrom(replayHeader, '__proto__', 'constructor'));
    const headers = fc.dictionary(names, fc.array(value, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(anyOrigin, fc.option(value), fc.option(value), headers, (origin, key, bytesOf, given) => {
        const first = { origin, key, value: bytesOf, headers: given };
        const record: LogRecord = {
          origin: { ...origin, partition: origin.partition + 1 },
          replayOf: origin,
          content: { name: 'Unreadable', project: ProjectId.default, reason: '' },
          raw: () => replayed(first),
        };
        expect(replayOf(record.raw().headers, origin.topic)).toEqual(origin);
        expect(firstCopyOf(record)).toEqual(first);
      }),
    );
  });
});
