import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMetadata, encodeKey, encodeMetadata } from '../src/metadata-codec.ts';

test('any metadata comes out as it went in', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      expect(decodeMetadata(encodeMetadata(metadata))).toEqual(metadata);
    }),
  );
});

test('no two keys are spelt the same, and none means anything to MongoDB or its driver', () => {
  const key = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('$', '.', '%', '2', '4', 'E', 'a') }));
  fc.assert(
    fc.property(key, key, (one, other) => {
      const spelt = encodeKey(one);
      expect(spelt === encodeKey(other)).toBe(one === other);
      expect(spelt).toMatch(/^[^$.][^.]*$/s);
      expect(spelt in {}).toBe(false);
    }),
  );
});

test.each([
  ['ip', 'ip'],
  ['$set', '%24set'],
  ['a$b', 'a$b'],
  ['a.b.c', 'a%2Eb%2Ec'],
  ['', '%'],
  ['%', '%25'],
  ['_bsontype', '%5Fbsontype'],
  ['constructor', '%63onstructor'],
])('%j is spelt %j', (key, spelt) => expect(encodeKey(key)).toBe(spelt));
