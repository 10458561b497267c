import { RuleBroken } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePath } from '../../src/query/metadata-parameters.ts';

describe('a path', () => {
  test.each([
    ['a', ['a']],
    ['', ['']],
    ['a.b', ['a', 'b']],
    ['.a.', ['', 'a', '']],
    [String.raw`a\.b`, ['a.b']],
    [String.raw`a\\.b`, ['a\\', 'b']],
    [String.raw`\a\b`, ['ab']],
    [String.raw`\😀`, ['😀']],
    ['a.'.repeat(15), [...Array.from({ length: 15 }, () => 'a'), '']],
  ])('%j is %j', (text, keys) => expect(parsePath(text)).toEqual(keys));

  test.each([
    ['\\', 'must not end with a single backslash'],
    ['a.b\\\\\\', 'must not end with a single backslash'],
    ['a.'.repeat(16), 'must be a path of at most 16 levels'],
    ['\ud800', 'must be well-formed Unicode'],
    [undefined, 'is required'],
  ])('%j is refused', (text, message) => {
    expect(() => parsePath(text)).toThrow(RuleBroken);
    expect(() => parsePath(text)).toThrow(message);
  });

  test('can name any keys if they are escaped', () => {
    const spelt = (key: string): string => key.replaceAll(/[.\\]/g, String.raw`\$&`);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 16 }), (keys) => {
        expect(parsePath(keys.map(spelt).join('.'))).toEqual(keys);
      }),
    );
  });
});
