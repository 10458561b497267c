import { parseJson } from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isShallow, stringifyDeep } from '../../src/segment/whole-json.ts';

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

test('returns the JSON of a value with any number of levels', () => {
  expect(stringifyDeep('\ud800')).toBe(String.raw`"\ud800"`);
  for (const text of [
    lists(999),
    lists(30_000),
    `{"a":[1,${lists(20_000)},{},"b\\n"],"c":null}`,
    `${'{"__proto__":'.repeat(20_000)}true${'}'.repeat(20_000)}`,
  ])
    expect(stringifyDeep(parseJson(text))).toBe(text);
});

test('returns the result of JSON.stringify for a shallow value, also if a deep value was serialized before', () => {
  const deep = parseJson(lists(1100));
  expect(isShallow(deep)).toBe(false);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(stringifyDeep(value)).toBe(JSON.stringify(value));
      expect(stringifyDeep([value, deep])).toBe(`[${JSON.stringify(value)},${lists(1100)}]`);
    }),
  );
});
