import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyMetadata } from '@user-activity/port-contracts';
import {
  defaultRecordingRules,
  isDomainError,
  parseJson,
  type JsonValue,
  UserActivity,
  type Violation,
  ProjectId,
} from '../src/index.ts';

const deps = {
  clock: { now: () => 0 as never },
  ids: { next: () => 'id-1' as never, sha256: () => expect.unreachable() },
  rules: defaultRecordingRules,
};
const recorded = (metadata: unknown): UserActivity =>
  UserActivity.record({ project: ProjectId.default }, { userId: 'u', type: 'T', metadata }, deps);

function faultsOf(metadata: unknown): readonly Violation[] {
  try {
    recorded(metadata);
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return error.violations;
  }
}

/** Returns an object with this many levels. The object itself is level 1. */
function nested(levels: number, inArrays = false): unknown {
  let value: unknown = inArrays ? [] : {};
  for (let level = 2; level < levels; level += 1) value = inArrays ? [value] : { a: value };
  return levels === 1 ? {} : { a: value };
}

test('any valid metadata is copied, and the copy is deep-equal', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const { metadata: kept } = recorded(metadata);
      expect(kept).toEqual(metadata);
      expect(kept).not.toBe(metadata);
      expect(parseJson(JSON.stringify(kept))).toEqual(metadata);
    }),
  );
});

test('absent metadata is the empty object', () => {
  expect(
    UserActivity.record({ project: ProjectId.default }, { userId: 'u', type: 'T' }, deps).metadata,
  ).toEqual({});
  expect(recorded(null).metadata).toEqual({});
});

test('-0 becomes 0', () => {
  const { metadata } = recorded({ zero: -0, list: [-0] });
  expect(Object.is(metadata['zero'], 0)).toBe(true);
  expect(Object.is((metadata['list'] as readonly JsonValue[])[0], 0)).toBe(true);
});

test('changing the draft afterwards does not change the activity', () => {
  const draft = { list: [1], inner: { a: 1 } };
  const { metadata } = recorded(draft);
  draft.list.push(2);
  draft.inner.a = 2;
  expect(metadata).toEqual({ list: [1], inner: { a: 1 } });
});

describe('size', () => {
  const tooLarge = [{ path: '/metadata', message: 'must be at most 32768 bytes of JSON in UTF-8' }];
  // {"a":"…"} has 8 bytes besides the text.
  test.each([
    ['plain', 'x', 1],
    ['two bytes', 'é', 2],
    ['three bytes', '購', 3],
    ['a pair of surrogates', '😀', 4],
    ['a quote', '"', 2],
    ['a control character', '\u0001', 6],
    ['a line feed', '\n', 2],
    ['DEL', '\u007f', 1],
  ])('counts %s', (_, character, bytes) => {
    const most = Math.floor((32_768 - 8) / bytes);
    expect(Buffer.byteLength(JSON.stringify({ a: character.repeat(most) }))).toBeLessThanOrEqual(32_768);
    expect(faultsOf({ a: character.repeat(most) })).toEqual([]);
    expect(faultsOf({ a: character.repeat(most + 1) })).toEqual(tooLarge);
  });

  test('is exactly the number of bytes of the JSON', () => {
    fc.assert(
      fc.property(anyMetadata, (metadata) => {
        const rest = 32_768 - Buffer.byteLength(JSON.stringify({ metadata, fill: '' }));
        fc.pre(rest >= 0);
        expect(faultsOf({ metadata, fill: 'x'.repeat(rest) })).toEqual([]);
        expect(faultsOf({ metadata, fill: 'x'.repeat(rest + 1) })).toEqual(tooLarge);
      }),
    );
  });

  test.each([
    [100, 100],
    [262_144, 262_144],
    // Rules with a higher limit do not accept what could not be read back.
    [1_000_000, 262_144],
  ])('a configured limit of %d bytes is in fact one of %d', (maxMetadataBytes, actual) => {
    const rules = { ...defaultRecordingRules, maxMetadataBytes };
    const record = (bytes: number) => () =>
      UserActivity.record(
        { project: ProjectId.default },
        { userId: 'u', type: 'T', metadata: { a: 'x'.repeat(bytes - 8) } },
        { ...deps, rules },
      );
    expect(record(actual)).not.toThrow();
    const violations = [{ path: '/metadata', message: `must be at most ${actual} bytes of JSON in UTF-8` }];
    expect(record(actual + 1)).toThrow(expect.objectContaining({ violations }));
  });

  test('a value that is far too large is refused without any other check', () => {
    expect(
      faultsOf(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index, index]))),
    ).toEqual(tooLarge);
  });
});

describe('depth', () => {
  test.each([false, true])(
    '16 levels are accepted, and 17 are refused (nested in arrays: %s)',
    (inArrays) => {
      expect(faultsOf(nested(16, inArrays))).toEqual([]);
      const [fault, ...more] = faultsOf(nested(17, inArrays));
      expect(fault?.message).toBe('must not be nested deeper than 16 levels');
      expect(fault?.path).toMatch(/^\/metadata\/a(?:\/[a0]){15}$/);
      expect(more).toEqual([]);
    },
  );

  test('100,000 levels do not overflow the stack', () => {
    expect(faultsOf(nested(100_000))).toHaveLength(1);
  });
});

describe('is refused with the path of the value:', () => {
  test.each([
    [
      'JSON.parse with __proto__',
      JSON.parse('{"a":{"__proto__":{"x":1}}}'),
      '/metadata/a/__proto__',
      'is not allowed as a key',
    ],
    [
      'constructor with prototype',
      { constructor: { prototype: {} } },
      '/metadata/constructor',
      'must not contain a key "prototype"',
    ],
    ['U+0000 in a key', { 'a\0b': 1 }, '/metadata/a\0b', 'must not contain U+0000 in its key'],
    [
      'unpaired surrogate in a value',
      { 'a/b': ['\ud800'] },
      '/metadata/a~1b/0',
      'must be well-formed Unicode (it has an unpaired surrogate)',
    ],
    [
      'unpaired surrogate in a key',
      { '\udc00': 1 },
      '/metadata/\ufffd',
      'must have a key of well-formed Unicode (it has an unpaired surrogate)',
    ],
    ['overflow', JSON.parse('{"a":1e999}'), '/metadata/a', 'must be a number that fits a double'],
    ['NaN', { a: Number.NaN }, '/metadata/a', 'must be a number that fits a double'],
    ['undefined', { a: undefined }, '/metadata/a', 'must be a JSON value'],
    ['a function', { a: () => 1 }, '/metadata/a', 'must be a JSON value'],
    ['a bigint', { a: 1n }, '/metadata/a', 'must be a JSON value'],
    ['a Date', { a: new Date(0) }, '/metadata/a', 'must be a JSON value'],
    ['a hole', { a: Array.from({ length: 1 }) }, '/metadata/a/0', 'must be a JSON value'],
    ['an array', [], '/metadata', 'must be a JSON object'],
    ['a text', '{}', '/metadata', 'must be a JSON object'],
    ['a map', new Map(), '/metadata', 'must be a JSON object'],
  ])('%s', (_, metadata, path, message) => {
    expect(faultsOf(metadata)).toEqual([{ path, message }]);
  });

  test('at most 32 violations are listed, and then one entry for the rest', () => {
    const faults = faultsOf(
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}`, undefined])),
    );
    expect(faults).toHaveLength(33);
    expect(faults.at(-1)).toEqual({ path: '', message: 'has more violations than the 32 listed' });
  });

  test.each([
    ['a long key', { ['k'.repeat(5000)]: undefined }, `/metadata/${'k'.repeat(246)}…`],
    [
      'many levels',
      { ['/'.repeat(100)]: { ['~'.repeat(100)]: undefined } },
      `/metadata/${'~1'.repeat(100)}/${'~0'.repeat(22)}~…`,
    ],
    ['half a pair', { [`${'k'.repeat(245)}😀`]: undefined }, `/metadata/${'k'.repeat(245)}\ufffd…`],
  ])('a path of more than 256 characters is cut: %s', (_, metadata, path) => {
    expect(faultsOf(metadata)).toEqual([{ path, message: 'must be a JSON value' }]);
  });
});

test('keys that are special in MongoDB or JavaScript are ordinary keys of metadata', () => {
  const metadata = JSON.parse(
    '{"$set":1,"a.b":2,"":3,"_bsontype":"ObjectId","$ref":"x","toJSON":4,"constructor":5,"prototype":6,"hasOwnProperty":7}',
  ) as Record<string, unknown>;
  expect(recorded(metadata).metadata).toEqual(metadata);
  expect(recorded({ constructor: { prototyp: 1 }, prototype: {} }).metadata).toEqual({
    constructor: { prototyp: 1 },
    prototype: {},
  });
});
