import { expect, test } from 'vitest';
import { printable, formatTable } from '../src/printable.ts';

test('a printable text has no control characters', () => {
  expect(printable('a\u001b[31mb\r\nc\u202ed\u0000')).toBe('a\ufffd[31mb\ufffd\ufffdc\ufffdd\ufffd');
  expect(printable('Grüße, 😀')).toBe('Grüße, 😀');
});

test('columns of a table are as wide as their widest cell, up to a maximum', () => {
  const rows = [
    ['ID', 'REASON'],
    ['a:0:1', 'x'.repeat(12)],
    ['long:0:10', '😀'],
  ];
  expect(formatTable(rows, 10)).toBe(`ID         REASON\na:0:1      ${'x'.repeat(9)}…\nlong:0:10  😀\n`);
});
