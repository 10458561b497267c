import { expect, test } from 'vitest';
import { preview } from '../src/shared/preview.ts';

test.each([
  [{}, ''],
  [
    { ip: '10.0.0.1', device: { os: 'ios', app: { version: 3 } } },
    'ip=10.0.0.1  device.os=ios  device.app.version=3',
  ],
  [{ tags: ['a', 'b'], none: null, deep: { a: { b: { c: 1 } } } }, 'tags=[2]  none=null  deep.a.b={…}'],
])('the preview of %j is %j', (metadata, text) => {
  expect(preview(metadata)).toBe(text);
});

test('a preview of large metadata is truncated', () => {
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, 'x'.repeat(200)]));
  expect(preview(wide)).toHaveLength(301);
  expect(preview({ text: 'x'.repeat(10_000) })).toHaveLength(86);
});
