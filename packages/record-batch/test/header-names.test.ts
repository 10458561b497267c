import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeaderNames } from '../src/header-names.ts';

const anyName = fc.oneof(
  fc
    .constantFrom('ce_id', 'ce_type', '__proto__', '', 'x'.repeat(64), 'x'.repeat(65))
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);

test('any names in any order are decoded as they would be without the cache', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), anyName), { maxLength: 60 }), (headers) => {
      const names = new HeaderNames();
      for (const [index, name] of headers) {
        const bytes = Buffer.concat([Buffer.from('before'), name, Buffer.from('after')]);
        expect(names.textOf(index, bytes, 6, 6 + name.length)).toBe(name.toString());
        // A later change of the buffer must not change the cache.
        bytes.fill(0);
      }
    }),
    { numRuns: 1000 },
  );
});
