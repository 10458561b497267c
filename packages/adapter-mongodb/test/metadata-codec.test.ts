import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMetadata, encodeKey, encodeMetadata } from '../src/metadata-codec.ts';

test('decoding restores any metadata', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      expect(decodeMetadata(encodeMetadata(metadata))).toEqual(metadata);
    }),
  );
});

test('different keys have different field names without a meaning for MongoDB or its driver', () => {
  const key = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('$', '.', '%', '2', '4', 'E', 'a') }));
  fc.assert(
    fc.property(key, key, (first, second) => {
      const name = encodeKey(first);
      expect(name === encodeKey(second)).toBe(first === second);
      expect(name).toMatch(/^[^$.][^.]*$/s);
      expect(name in {}).toBe(false);
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
])('the key %j has the field name %j', (key, name) => expect(encodeKey(key)).toBe(name));
