import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { BSON } from 'mongodb';
import { expect, test } from 'vitest';
import { encodeKey, encodeMetadata, needsNoEncoding } from '../src/metadata-codec.ts';
import { sizedMetadata } from '../src/sized-metadata.ts';

test('any metadata is encoded in the same way as by the codec, and is not larger than its bound', () => {
  fc.assert(
    fc.property(anyMetadata, (metadata) => {
      const { encoded, maxBytes } = sizedMetadata(metadata);
      expect(encoded).toEqual(encodeMetadata(metadata));
      expect(BSON.calculateObjectSize(encoded)).toBeLessThanOrEqual(maxBytes);
    }),
  );
});

test('the fast check of a key and the codec agree on every key', () => {
  const special = fc.constantFrom(
    'constructor',
    '_bsontype',
    'toBSON',
    'a.b',
    '$a',
    '%',
    '',
    '\0',
    'é',
    'a-1',
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), special), (key) => needsNoEncoding(key) === (encodeKey(key) === key)),
  );
});

test.each([
  ['a long list', { list: Array.from({ length: 120_000 }, () => []) }],
  ['text of 3 bytes for each code unit', { text: '漢'.repeat(80_000) }],
  ['text of 4 bytes for each character', { text: '😀'.repeat(60_000) }],
  ['a list in a member that is renamed', { $list: Array.from({ length: 120_000 }, () => '') }],
])('the bound holds for %s', (_, metadata) => {
  const { encoded, maxBytes } = sizedMetadata(metadata);
  expect(BSON.calculateObjectSize(encoded)).toBeLessThanOrEqual(maxBytes);
  expect(maxBytes).toBeLessThan(4 * 1024 * 1024);
});
