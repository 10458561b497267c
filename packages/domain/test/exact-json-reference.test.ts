import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isDomainError,
  parseExactJson,
  parseLosslessJson,
  parseMendedJson,
  pointer,
  UnfitNumber,
} from '../src/index.ts';

/** A part of a JSON text, with the value that a parser must return for it. */
interface Sample {
  readonly text: string;
  readonly value: unknown;
  /** The paths of the keys that are repeated in it. */
  readonly repeats: readonly (readonly (string | number)[])[];
}

/** Computes with integers only: returns the digits without zeros at the end, and the power of ten. */
function reference(source: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e(.+))?$/i.exec(source) ?? [];
  let [digits, power] = [BigInt(whole + fraction), BigInt(exponent) - BigInt(fraction.length)];
  if (digits === 0n) return '0';
  for (; digits % 10n === 0n; power += 1n) digits /= 10n;
  return `${sign}${digits}e${power}`;
}

function isHeld(source: string): boolean {
  const double = Number(source);
  return Number.isFinite(double) && reference(String(double)) === reference(source);
}

const numbers: fc.Arbitrary<Sample> = fc
  .oneof(
    fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,4})?$/),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => JSON.stringify(double)),
    fc.constantFrom(
      '9007199254740992',
      '9007199254740993',
      '1e22',
      '1e400',
      '3e-324',
      '5e-324',
      '0.10',
      '0e999',
    ),
  )
  .map((source) => ({
    text: source,
    value: isHeld(source) ? Number(source) : new UnfitNumber(source),
    repeats: [],
  }));
const strings = fc
  .oneof(fc.string(), fc.constantFrom(':', '":', 'a":1,"a":', '\\', ': 9007199254740993', ',[:'))
  .map((string) => ({ text: JSON.stringify(string), value: string, repeats: [] }));
const key = fc.constantFrom('a', 'b', '', '0', '":', ':', '\n', '__proto__', 'toString');
const spelt = fc.tuple(key, fc.boolean()).map(([name, escaped]) => ({
  name,
  text: escaped
    ? `"${Array.from(name, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
    : JSON.stringify(name),
}));
const space = fc.constantFrom('', '', '', ' ', '\r\n\t');

const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numbers,
    strings,
    fc.tuple(fc.array(tie('sample'), { maxLength: 4 }), space).map(([items, gap]) => ({
      text: `[${gap}${items.map(({ text }) => text).join(`${gap},${gap}`)}${gap}]`,
      value: items.map(({ value }) => value),
      repeats: items.flatMap(({ repeats }, index) => repeats.map((path) => [index, ...path])),
    })),
    fc.tuple(fc.array(fc.tuple(spelt, tie('sample')), { maxLength: 5 }), space).map(([members, gap]) => {
      const names = members.map(([{ name }]) => name);
      return {
        text: `{${gap}${members.map(([{ text }, member]) => `${text}${gap}:${gap}${member.text}`).join(`${gap},`)}${gap}}`,
        value: Object.fromEntries(members.map(([{ name }, { value }]) => [name, value])),
        repeats: members.flatMap(([{ name }, { repeats }], index) => [
          ...(names.indexOf(name) < index ? [[name]] : []),
          ...repeats.map((path) => [name, ...path]),
        ]),
      };
    }),
  ),
}));

/** Returns the parsed value, or the paths of the keys that are repeated. */
function readExactly(text: string): object {
  try {
    return { value: parseExactJson(text) };
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return { repeats: error.violations.map(({ path }) => path).toSorted() };
  }
}

const withTexts = (value: unknown): unknown => {
  if (value instanceof UnfitNumber) return value.source;
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member)]));
};

test('any JSON is read as a simple reference parser reads it', () => {
  fc.assert(
    fc.property(sample, ({ text, value, repeats }) => {
      const paths = new Set(repeats.map((path) => pointer('', ...path)));
      fc.pre(paths.size <= 32);
      expect(readExactly(text)).toStrictEqual(
        paths.size === 0 ? { value } : { repeats: [...paths].toSorted() },
      );
      expect(parseMendedJson(text)).toEqual(withTexts(value));
    }),
    { numRuns: 2000 },
  );
});

test('parseLosslessJson returns what parseExactJson and parseMendedJson return, or undefined', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 4 }), fc.string(), (samples, noise) => {
      const text = `[${samples.map((each) => each.text).join(',')}]`;
      const value = parseLosslessJson(text);
      const isRead = value !== undefined;
      expect(isRead ? readExactly(text) : { value }).toStrictEqual({ value });
      expect(isRead ? parseMendedJson(text) : value).toStrictEqual(value);
      expect(parseLosslessJson(`${text}x${noise}`)).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
  expect(parseLosslessJson('[{"userId":"u"},null,7]')).toEqual([{ userId: 'u' }, null, 7]);
  expect(parseLosslessJson('null')).toBeNull();
  for (const lossy of ['{"a":1,"a":2}', '[1e400]', String.raw`{"\n":1}`, '{"a":9007199254740993}'])
    expect(parseLosslessJson(lossy)).toBeUndefined();
});
