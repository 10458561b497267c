import { expect, test } from 'vitest';
import { textParts, visibleText } from '../src/shared/hidden-characters.ts';

test.each([
  ['ann', 'ann'],
  ['\u202eevil\u202c', 'U+202EevilU+202C'],
  ['a\u200bnn', 'aU+200Bnn'],
  ['a\u200dnn', 'aU+200Dnn'],
  ['a\ufe0fnn', 'aU+FE0Fnn'],
  ['a\u00adn\u3164', 'aU+00ADnU+3164'],
  ['a\nb\u0000\u007f', 'aU+000AbU+0000U+007F'],
  ['\ud800', 'U+D800'],
  ['\u{e0041}', 'U+E0041'],
  // Joiners and format characters of ordinary text stay as they are.
  ['سبتا می\u200cخواهم', 'سبتا می\u200cخواهم'],
  ['👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3', '👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3'],
  ['क\u094d\u200dष \u0600\u0661', 'क\u094d\u200dष \u0600\u0661'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('a multiline text keeps its tabs and line breaks', () => {
  expect(textParts('a\n\tb\u202e', true)).toEqual([
    { text: 'a\n\tb', isHidden: false },
    { text: 'U+202E', isHidden: true },
  ]);
});

test('a text is truncated after 500 hidden characters', () => {
  expect(textParts('\u202ea'.repeat(10_000))).toHaveLength(1001);
});
