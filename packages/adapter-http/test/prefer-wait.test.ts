import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { preferredWaitSeconds } from '../src/requests/prefer-wait.ts';

test.each([
  ['wait=10', 10],
  ['wait=0', 0],
  ['wait=30', 30],
  ['wait=31', 30],
  ['wait=007', 7],
  [`wait=${'9'.repeat(400)}`, 30],
  ['WAIT=5', 5],
  ['wait="5"', 5],
  [String.raw`wait="\5"`, 5],
  ['wait = 5', 5],
  ['\twait\t=\t5 ', 5],
  ['respond-async, wait=10', 10],
  ['respond-async,wait=10', 10],
  ['return=minimal; foo="a, wait=3; b", wait=10', 10],
  ['foo="a\\", wait=3", wait=10', 10],
  ['foo="", , ,wait=4', 4],
  ['foo=, wait=4', 4],
  ['priority=5;wait=3, wait=4', 4],
  ['wait=2;foo=bar;;baz="x y"', 2],
  ['wait=2, wait=9', 2],
  ['(what), wait=9', 9],
  ['a b, wait=9', 9],
])('%s means a wait of %j seconds', (prefer, seconds) => {
  expect(preferredWaitSeconds({ prefer })).toBe(seconds);
});

test.each([
  '',
  'respond-async',
  'wait',
  'wait=',
  'wait=""',
  'wait=5.5',
  'wait=-1',
  'wait=1e1',
  'wait=0x10',
  'wait=ten',
  'wait=" 5"',
  'wait="5',
  'await=5',
  'wait-for=5',
  'foo="wait=5"',
  'foo; wait=5',
  'foo="unclosed, wait=5',
  'wait=x, wait=5',
])('%s has no valid wait', (prefer) => {
  expect(preferredWaitSeconds({ prefer })).toBeUndefined();
});

test('no header means no wait', () => {
  expect(preferredWaitSeconds({})).toBeUndefined();
});

test('parsing any header ends', () => {
  const parts = fc.constantFrom('wait', '=', '"', '\\', ',', ';', ' ', '5', 'a', '(', '\t');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 2000 }), (some) => {
      const seconds = preferredWaitSeconds({ prefer: some.join('') });
      expect(seconds === undefined || (seconds >= 0 && seconds <= 30)).toBe(true);
    }),
  );
});

test.each(['a', 'a;', '"', 'a=', '=', ' ', ', ', 'a="b";', '\\', ' ;', '; ', '\t=', 'a ', 'a= ', 'a= ;'])(
  'the longest header that repeats %j takes linear time',
  (part) => {
    const prefer = `x${part.repeat(16_000 / part.length)}\u{1}`;
    expect(preferredWaitSeconds({ prefer })).toBeUndefined();
  },
);
