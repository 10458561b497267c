import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  isDomainError,
  Metadata,
  parseExactJson,
  parseMendedJson,
  UnfitNumber,
  type Violation,
  Violations,
} from '../src/index.ts';

const repeated = 'must not be repeated: the object has this key more than once';

/** Returns the paths of repeated keys, none if the text is accepted. */
function repeatsIn(text: string): readonly Violation[] {
  try {
    parseExactJson(text);
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return error.violations;
  }
}

const held = [
  '0',
  '-0',
  '-0.0',
  '0e999999999999999999999',
  '1.0',
  '1e3',
  '1E+2',
  '100',
  '0.10',
  '0.1',
  '1e22',
  '1e21',
  '123456789012345e-99',
  '9007199254740991',
  '9007199254740992',
  '9007199254740992.0',
  '900719925474099.2e1',
  '1577730467436138500',
  '10000000000000000000000000000000',
  '0.30000000000000004',
  '-13.404953999999975',
  '1.7976931348623157e308',
  '17976931348623157e292',
  '5e-324',
  '2.2250738585072014e-308',
  '1e0000000000000000000003',
  `1${'0'.repeat(22)}`,
  `0.${'0'.repeat(322)}5e-1`,
];

const changed = [
  '9007199254740993',
  '-9007199254740993',
  '9007199254740993.0',
  '9007199254740993e0',
  '1577730467436138524',
  // A double has exactly this value, but JavaScript writes it as 1577730467436138500.
  '1577730467436138496',
  '1234567890.1234567890',
  '0.1000000000000000055',
  '0.10000000000000001',
  '1.00000000000000001',
  '0.0000000000000001000000000000000055',
  '1e400',
  '-1e400',
  '1e-400',
  '-1e-400',
  '3e-324',
  '1.2345e-320',
  '1e999999999999999999999999',
  '1e-99999999999999999999999',
  '1'.repeat(400),
  `0.${'0'.repeat(400)}1`,
];

describe('a number', () => {
  const places: readonly ((number: string) => string)[] = [
    (number) => number,
    (number) => `[${number}]`,
    (number) => `[1, ${number}]`,
    (number) => `[ "a",\n${number} ,2]`,
    (number) => `{"a":${number}}`,
    (number) => `{"a" : ${number} }`,
    (number) => `{"b":{"a":[[${number}]]}}`,
    (number) => String.raw`{"\u0061":${number}}`,
    (number) => String.raw`{"b":"\":","a":${number}}`,
  ];

  test.each(held)('%s is kept as a number', (source) => {
    for (const text of places.map((place) => place(source))) {
      expect(parseExactJson(text)).toEqual(JSON.parse(text));
      expect(parseMendedJson(text)).toEqual(JSON.parse(text));
    }
  });

  test.each(changed)('%s becomes an UnfitNumber, or a string if it is mended', (source) => {
    for (const place of places) {
      const [exact, mended] = [parseExactJson(place(source)), parseMendedJson(place(source))];
      const marked = JSON.parse(place('"number"'), (_, value: unknown) =>
        value === 'number' ? new UnfitNumber(source) : value,
      ) as unknown;
      expect(exact).toStrictEqual(marked);
      expect(mended).toEqual(JSON.parse(place(`"${source}"`)));
    }
  });

  test.each(changed)('%s in a string stays a string', (source) => {
    for (const text of [
      source,
      `: ${source}`,
      `, ${source} ,`,
      `[${source}]`,
      `":${source}`,
      `"a":${source}`,
    ]) {
      const json = JSON.stringify({ a: text, [text]: [1, text] });
      expect(parseExactJson(json)).toEqual(JSON.parse(json));
      expect(parseMendedJson(json)).toEqual(JSON.parse(json));
    }
  });

  test('that no double holds exactly is refused in metadata, with its path and the remedy', () => {
    const violations = new Violations();
    Metadata.parse(parseExactJson('{"a/b":[1,9007199254740993]}'), '/metadata', violations, 1024);
    expect(violations.list).toEqual([
      {
        path: '/metadata/a~1b/1',
        message: 'must be a number that a double can hold exactly; send it as a string',
      },
    ]);
    const whole = new Violations();
    Metadata.parse(parseExactJson('9007199254740993'), '/metadata', whole, 1024);
    expect(whole.list).toEqual([{ path: '/metadata', message: 'must be a JSON object' }]);
  });
});

describe('a repeated key', () => {
  test.each<[string, string, unknown]>([
    ['{"a":1,"a":2}', '/a', { a: 2 }],
    ['{"a":1,"a":1}', '/a', { a: 1 }],
    ['{"a":1,"a":2,"a":3}', '/a', { a: 3 }],
    ['{"":1,"":2}', '/', { '': 2 }],
    ['{"a" :1,"a"\n: 2}', '/a', { a: 2 }],
    ['{"metadata":{"status":400,"status":200}}', '/metadata/status', { metadata: { status: 200 } }],
    ['[{"a":1},{"b":[0,{"a/b":1,"a/b":2}]}]', '/1/b/1/a~1b', [{ a: 1 }, { b: [0, { 'a/b': 2 }] }]],
    ['{"a":{"b":1},"a":{"b":2}}', '/a', { a: { b: 2 } }],
    [String.raw`{"a":1,"\u0061":2}`, '/a', { a: 2 }],
    [String.raw`{"\u0061":1,"a":2}`, '/a', { a: 2 }],
    [String.raw`{"\n":1,"\u000a":2}`, '/\n', { '\n': 2 }],
    ['{"1":1,"1":2}', '/1', { '1': 2 }],
    // A string that looks like a member must not count in place of the member that is lost.
    [String.raw`{"a":1,"a":"\":"}`, '/a', { a: '":' }],
    ['{"a":1,"a":":"}', '/a', { a: ':' }],
    ['{"toString":1,"toString":2}', '/toString', { toString: 2 }],
  ])(
    'in %s is refused with the path %s by parseExactJson, and mended to the last value',
    (text, path, value) => {
      expect(repeatsIn(text)).toEqual([{ path, message: repeated }]);
      expect(parseMendedJson(text)).toEqual(value);
    },
  );

  test('may be __proto__ too', () => {
    for (const text of [
      '{"__proto__":1,"__proto__":{"x":2}}',
      String.raw`{"__proto__":1,"\u005f_proto__":{"x":2}}`,
    ]) {
      expect(repeatsIn(text)).toEqual([{ path: '/__proto__', message: repeated }]);
      const mended = parseMendedJson(text) as object;
      expect(Object.getOwnPropertyDescriptor(mended, '__proto__')?.value).toEqual({ x: 2 });
      expect(Object.getPrototypeOf(mended)).toBe(Object.prototype);
    }
  });

  test.each([
    '{"a":1,"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"b:","c":":","d":"\\":\\":","":""}',
    '{"toString":1,"__proto__":1,"constructor":2,"hasOwnProperty":3}',
    '{}',
    '[]',
    '"a:a"',
    'null',
  ])('is not in %s', (text) => expect(parseExactJson(text)).toEqual(JSON.parse(text)));

  test.each<[string, string, number]>([
    ['of one place', `${'"":1,'.repeat(6500)}"":1`, 1],
    ['of a place in each of many objects', `"a":[${'{"":1,"":1},'.repeat(6500)}0]`, 1],
    ['of many places', Array.from({ length: 6500 }, (_, index) => `"${index}":1,"${index}":1`).join(), 1],
  ])('%s, deeply nested, takes time in proportion to the text only', (_, members, listed) => {
    const text = `{"metadata":${'['.repeat(16_000)}{${members}}${']'.repeat(16_000)}}`;
    // A JSON Pointer escapes each of these keys.
    const escapes = vi.spyOn(String.prototype, 'replaceAll');
    try {
      expect(repeatsIn(text)).toHaveLength(listed);
      expect(escapes.mock.calls.length).toBeLessThan(3000);
    } finally {
      escapes.mockRestore();
    }
  });

  test('has the right path after nested objects and arrays have ended', () => {
    const text = '[{"a":{"b":1,"b":1}},[[{"c":1,"c":1}],{"d":1,"d":1}],{"e":1,"e":1}]';
    expect(repeatsIn(text).map(({ path }) => path)).toEqual(['/0/a/b', '/1/0/0/c', '/1/1/d', '/2/e']);
  });

  test('up to 32 are listed, among the first 1,000 repetitions', () => {
    expect(repeatsIn(`{${'"a":1,'.repeat(1000)}"b":1,"b":2}`).map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(repeatsIn(`{${'"a":1,'.repeat(1001)}"b":1,"b":2}`).map(({ path }) => path)).toEqual(['/a']);

    const text = `{${Array.from({ length: 1000 }, (_, index) => `"${index}":1,"${index}":2`).join(',')}}`;
    expect(repeatsIn(text)).toHaveLength(33);
    expect(repeatsIn(text).at(-1)).toEqual({
      path: '',
      message: 'has more violations than the 32 listed',
    });
  });
});

test.each(['', '{', '{"a":1,"a":}', '{"a":9007199254740993', '{"a":01}', '{"a":1e}'])(
  '%j is refused, because it is not JSON',
  (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
    expect(() => parseMendedJson(text)).toThrow(SyntaxError);
  },
);

test('a million levels, keys or digits do not overflow the stack, and take time in proportion to the text only', () => {
  const levels = 200_000;
  const keys = Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(',');
  expect(parseExactJson(`${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`)).toBeInstanceOf(Array);
  expect(repeatsIn(`{${keys},${keys}}`)).toHaveLength(33);
  expect(repeatsIn(`${'{"b":1,"b":2,"a":'.repeat(levels)}1${'}'.repeat(levels)}`)).toHaveLength(33);
  expect(parseMendedJson(`[${'1'.repeat(1_000_000)}]`)).toEqual(['1'.repeat(1_000_000)]);
  expect(parseMendedJson(`[0.${'0'.repeat(1_000_000)}1e1000000]`)).toEqual([0.1]);
});

test('JSON that this service wrote is read unchanged', () => {
  fc.assert(
    fc.property(anyMetadata, fc.constantFrom(undefined, 1), (metadata, indent) => {
      const text = JSON.stringify(metadata, undefined, indent);
      expect(parseExactJson(text)).toEqual(metadata);
      expect(parseMendedJson(text)).toEqual(metadata);
    }),
  );
});
