import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../src/index.ts';

/** Returns a value as text. Equal values with their keys in the same order give the same text. */
const spelt = (value: unknown): string => JSON.stringify(value);

const troublesome = [
  '"',
  '\\',
  '\n',
  'a',
  '',
  '\\n',
  '"a',
  '\n1',
  '\\u0',
  '\u0001',
  'x\\',
  'x\n',
  '#',
  '#0',
  '##',
];

test('reads the right keys, also where JSON.parse of V8 confuses them', () => {
  for (const one of troublesome)
    for (const two of troublesome)
      for (const three of troublesome) {
        const value = [{ [one]: 1, [two]: 2, [three]: 3 }, { [one]: { [two]: 2 } }, { [two]: 1, [three]: 1 }];
        expect(parseJson(spelt(value))).toEqual(value);
      }
});

test('any value is the same after JSON.stringify and parseJson', () => {
  fc.assert(
    fc.property(fc.array(anyMetadata), fc.constantFrom(undefined, 1), (value, indent) => {
      expect(parseJson(JSON.stringify(value, undefined, indent))).toEqual(value);
    }),
  );
});

describe('keys with escapes', () => {
  test.each([
    [String.raw`{"\u0061":1,"a":2}`, { a: 2 }],
    [String.raw`{"a":1,"\u0061":2}`, { a: 2 }],
    [String.raw`{"\u0031":1,"1":2}`, { '1': 2 }],
    [String.raw`{"1":1,"\u0031":2}`, { '1': 2 }],
    [String.raw`{"\n":1,"\u000a":2}`, { '\n': 2 }],
    [String.raw`{"\/":1,"\u00e9":{"\ud83d\ude00":[]}}`, { '/': 1, é: { '😀': [] } }],
    [String.raw`{"\ud800":"\\"}`, { '\ud800': '\\' }],
    [String.raw`{"a\"" : "b\":", "c\\":"\\"}`, { 'a"': 'b":', 'c\\': '\\' }],
  ])('in %s: the last value of a repeated key wins', (text, value) => expect(parseJson(text)).toEqual(value));

  test('__proto__ is an ordinary key', () => {
    const parsed = parseJson(String.raw`{"\u005f_proto__":{"x":1},"\n":1}`) as object;
    expect(Object.getOwnPropertyNames(parsed)).toEqual(['__proto__', '\n']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});

test.each([
  '',
  '{',
  String.raw`{"\x":1}`,
  String.raw`{"\n":1`,
  String.raw`"\"\"\"\"`,
  '{"\n":1}',
  String.raw`{"\":1}`,
])('%j is refused, because it is not JSON', (text) => expect(() => parseJson(text)).toThrow(SyntaxError));

test('a million levels, strings or escapes do not overflow the stack, and take time in proportion to the text only', () => {
  const levels = 200_000;
  expect(parseJson(`${'[{"\\n":'.repeat(levels)}1${'}]'.repeat(levels)}`)).toBeInstanceOf(Array);
  expect(parseJson(JSON.stringify({ '\n': '"\\'.repeat(1_000_000) }))).toEqual({
    '\n': '"\\'.repeat(1_000_000),
  });
  expect(() => parseJson(`"${'\\"'.repeat(1_000_000)}`)).toThrow(SyntaxError);
});

test('a hundred thousand different keys with an escape take time in proportion to the text only', () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `\n${index}`);
  const parsed = parseJson(JSON.stringify(Object.fromEntries(keys.map((key) => [key, 1])))) as object;
  expect(Object.keys(parsed)).toEqual(keys);
});

test('numbers, literals and white space are read in a text that has an escaped key', () => {
  const text = String.raw`  { "\n" : [ -0.5e+3 , 1E2,0 ,true,false , null,"" ] , "a\"":{} ,"b" :[]${'\r\n\t'} } `;
  expect(parseJson(text)).toEqual({ '\n': [-500, 100, 0, true, false, null, ''], 'a"': {}, b: [] });
});
