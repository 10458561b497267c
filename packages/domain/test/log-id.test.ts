import { expect, test } from 'vitest';
import { LogId } from '../src/index.ts';

test.each(['a', 'Z-9', '0198f3c2-7d1e-7a3b-9c55-0123456789ab', 'x'.repeat(64)])(
  '%j is a valid log id',
  (id) => {
    expect(LogId.parse(id)).toBe(id);
  },
);

test.each(['', 'x'.repeat(65), 'a b', 'a.b', 'a\n', 'é', '$set'])('%j is not a valid log id', (id) => {
  expect(() => LogId.parse(id)).toThrow('must be 1-64 characters of A-Z, a-z, 0-9 and "-"');
});
