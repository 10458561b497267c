import { parseJson } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isMetadata, mendJson as mendedWithin } from '../../src/segment/mended-json.ts';

const maxBytes = 256 * 1024;
const mendJson = (sent: unknown) => mendedWithin(sent, maxBytes);
const nested = (levels: number): unknown => parseJson('['.repeat(levels) + ']'.repeat(levels));
const mend = (json: string): unknown => mendJson(parseJson(json))?.value;

test.each([
  '{}',
  '[]',
  '7',
  'null',
  '"a"',
  '{"a":[{"b":"\u{1f600}"},null,true,-1.5]}',
  '{"constructor":{"a":1}}',
  '{"a~1":1}',
])('%s stays as it is', (json) => {
  expect(mendJson(parseJson(json))).toEqual({ value: parseJson(json), isChanged: false });
});

describe('a mended value', () => {
  test.each([
    [String.raw`"a\ud800b"`, '"a\ufffdb"'],
    [String.raw`{"a":["\udc00",{"b":"\ud800"}]}`, '{"a":["\ufffd",{"b":"\ufffd"}]}'],
    [String.raw`{"a\ud800":1}`, '{"a\ufffd":1}'],
    [String.raw`{"a\u0000b":1}`, '{"a\ufffdb":1}'],
    ['{"__proto__":{"a":1}}', '{"__proto__~1":{"a":1}}'],
    ['{"constructor":{"prototype":1}}', '{"constructor~1":{"prototype":1}}'],
    ['{"a":{"__proto__":{"__proto__":1}}}', '{"a":{"__proto__~1":{"__proto__~1":1}}}'],
  ])('%s becomes %s', (json, mended) => {
    expect(mendJson(parseJson(json))).toEqual({ value: parseJson(mended), isChanged: true });
  });

  test('a new key never replaces another one', () => {
    expect(mend(String.raw`{"a\ud800":1,"a\ud801":2,"a\u0000":3,"a�":4,"a�~2":5}`)).toEqual({
      'a\ufffd~1': 3,
      'a\ufffd~3': 1,
      'a\ufffd~4': 2,
      'a\ufffd': 4,
      'a\ufffd~2': 5,
    });
    expect(mend('{"__proto__":1,"__proto__~1":2}')).toEqual({ '__proto__~2': 1, '__proto__~1': 2 });
  });

  test('the order of the members does not matter', () => {
    const [one, other] = [
      String.raw`"\ud800":1,"\u0000":3`,
      String.raw`"\ud801":2,"\ud802":{"\ud801":5,"\ud800":4}`,
    ];
    const made = { '\ufffd': 3, '\ufffd~1': 1, '\ufffd~2': 2, '\ufffd~3': { '\ufffd': 4, '\ufffd~1': 5 } };
    expect(mend(`{${one},${other}}`)).toEqual(made);
    expect(mend(`{${other},${one}}`)).toEqual(made);
  });

  test('many keys that map to one name get numbers in order', () => {
    const keys = Array.from({ length: 2048 }, (_, index) => String.fromCharCode(0xd800 + index));
    const value = mendJson(Object.fromEntries(keys.map((key, index) => [key, index])))?.value;
    expect(Object.values(value ?? {}).toSorted((one, other) => Number(one) - Number(other))).toEqual(
      keys.map((_, index) => index),
    );
  });
});

test('more than 16 levels are too many', () => {
  expect(mendJson(nested(16))).toEqual({ value: nested(16), isChanged: false });
  expect(mendJson(nested(17))).toBeUndefined();
  expect(mendJson({ a: nested(60_000) })).toBeUndefined();
});

test('a value that is too large is not read to its end', () => {
  const list = Array.from({ length: 1000 }, () => '\ud800');
  expect(mendedWithin(list, 1001)).toBeDefined();
  expect(mendedWithin(list, 1000)).toBeUndefined();
  expect(mendedWithin('x'.repeat(11), 10)).toBeUndefined();
  expect(mendedWithin({ ['x'.repeat(11)]: 1 }, 10)).toBeUndefined();
  const huge = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`\ud800${index}`, [0]]));
  const keys = vi.spyOn(String.prototype, 'toWellFormed');
  const isMended = mendedWithin({ huge, more: [huge, huge] }, 1000) !== undefined;
  const looks = keys.mock.calls.length;
  keys.mockRestore();
  expect(isMended).toBe(false);
  expect(looks).toBeLessThan(1000);
});

test('for any value, nothing is lost and metadata can hold the result', () => {
  const key = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', 'constructor', 'prototype', '\ud800', '\ud801', '\0', '\ufffd', '\ufffd~1'),
  );
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', 'a'));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('object'),
    ),
    object: fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  }));
  const leaves = (sent: unknown): number =>
    typeof sent === 'object' && sent !== null
      ? Object.values(sent).reduce<number>((sum, member) => sum + leaves(member), 0)
      : 1;
  fc.assert(
    fc.property(value, (sent) => {
      const mended = mendJson(sent);
      expect(isMetadata({ a: mended?.value }, maxBytes)).toBe(true);
      expect(mended?.isChanged).toBe(!isMetadata({ a: sent }, maxBytes));
      expect(leaves(mended?.value)).toBe(leaves(sent));
    }),
  );
});
