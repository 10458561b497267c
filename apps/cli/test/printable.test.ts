import { expect, test } from 'vitest';
import { printable, table } from '../src/printable.ts';

test('a text can not command a terminal', () => {
  expect(printable('a\u001b[31mb\r\nc\u202ed\u0000')).toBe('a\ufffd[31mb\ufffd\ufffdc\ufffdd\ufffd');
  expect(printable('Grüße, 😀')).toBe('Grüße, 😀');
});

test('columns are as wide as they need to be, up to a point', () => {
  const rows = [
    ['ID', 'REASON'],
    ['a:0:1', 'x'.repeat(12)],
    ['long:0:10', '😀'],
  ];
  expect(table(rows, 10)).toBe(`ID         REASON\na:0:1      ${'x'.repeat(9)}…\nlong:0:10  😀\n`);
});
