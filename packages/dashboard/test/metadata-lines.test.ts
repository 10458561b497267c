import { expect, test } from 'vitest';
import { metadataLines } from '../src/explore/metadata-lines.ts';

test('each value has a line, with the path for a filter by it', () => {
  const { lines, isTruncated } = metadataLines({ a: { 'b.c': [1, { d: null }] }, e: 'text', f: {}, g: [] });
  expect(isTruncated).toBe(false);
  expect(lines.map(({ name, depth, kind, text, path }) => [name, depth, kind, text, path])).toEqual([
    ['a', 0, 'object', '', undefined],
    ['b.c', 1, 'object', '[2]', undefined],
    ['0', 2, 'number', '1', String.raw`a.b\.c`],
    ['1', 2, 'object', '', undefined],
    ['d', 3, 'word', 'null', String.raw`a.b\.c.d`],
    ['e', 0, 'text', 'text', 'e'],
    ['f', 0, 'object', '{}', undefined],
    ['g', 0, 'object', '[0]', undefined],
  ]);
});

test('large metadata is truncated', () => {
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key${n}`, n]));
  const { lines, isTruncated } = metadataLines(wide);
  expect([lines.length, isTruncated]).toEqual([1000, true]);
  expect(metadataLines({ long: 'x'.repeat(100_000) }).lines[0]?.text.length).toBe(4001);
});

test('a filter gets the whole value, and a value too long for a URL has no filter', () => {
  const long = 'x'.repeat(5000);
  const { lines } = metadataLines({
    long,
    longer: long.repeat(2),
    wide: 'é'.repeat(2000),
    broken: 'a\ud800',
  });
  expect(lines[0]).toMatchObject({ text: `${'x'.repeat(4000)}…`, value: long, path: 'long' });
  expect(lines.slice(1).map(({ path }) => path)).toEqual([undefined, undefined, undefined]);
});
