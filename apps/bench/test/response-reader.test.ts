import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResponseReader } from '../src/load/response-reader.ts';

const response = (status: number, body: string): Buffer =>
  Buffer.from(`HTTP/1.1 ${status} Text\r\nServer: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

test('a response is read correctly in any division into parts', () => {
  const bytes = response(202, '{"id":"1"}\r\n\r\n');
  const ends = fc.array(fc.integer({ min: 1, max: bytes.length - 1 }));
  fc.assert(
    fc.property(ends, (positions) => {
      const reader = new ResponseReader();
      const parts = [...new Set(positions)].toSorted((left, right) => left - right);
      const found = [...parts, bytes.length].map((end, index) =>
        reader.read(bytes.subarray(index === 0 ? 0 : parts[index - 1], end)),
      );
      expect(found.at(-1)).toBe(202);
      expect(found.slice(0, -1)).toEqual(parts.map(() => undefined));
    }),
  );
});

test('a reader reads several responses one after the other, including one without a body', () => {
  const reader = new ResponseReader();
  expect(reader.read(response(202, 'a'))).toBe(202);
  expect(reader.read(response(503, ''))).toBe(503);
});

test.each([
  ['without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'Content-Length'],
  ['of another protocol', 'SSH-2.0-x\r\nContent-Length: 1\r\n\r\n', 'Content-Length'],
  ['longer than its Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab', 'longer'],
])('a response %s is an error', (_, text, message) => {
  expect(() => new ResponseReader().read(Buffer.from(text))).toThrow(message);
});
