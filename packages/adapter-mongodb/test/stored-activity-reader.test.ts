import type { JsonObject } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { BSON, Decimal128, Double, Long, ObjectId, Timestamp } from 'mongodb';
import { expect, test } from 'vitest';
import { activityDocument, type ActivityDocument, activityFromDocument } from '../src/activity-document.ts';
import { encodeMetadata } from '../src/metadata-codec.ts';
import { readActivity } from '../src/stored-activity-reader.ts';

const encode = (document: object): Buffer => Buffer.from(BSON.serialize(document));
const byDriver = (bytes: Buffer) => activityFromDocument(BSON.deserialize(bytes) as ActivityDocument);

/** Expects that an activity is read from its bytes as from the document that the driver decodes. */
function expectSame(document: object): void {
  const bytes = encode(document);
  expect(readActivity(bytes)).toEqual(byDriver(bytes));
  expect(readActivity(bytes).toText()).toBe(byDriver(bytes).toText());
}

const usual = activityDocument(sampleActivity({ metadata: { ip: '127.0.0.1' } }));

const specialKeys = [
  '__proto__',
  'constructor',
  'toJSON',
  '$ref',
  '$id',
  'a.b',
  '%',
  '',
  '0',
  '10',
  '01',
  '-1',
  'é',
];
const keys = fc.oneof(fc.constantFrom(...specialKeys), fc.string({ unit: 'grapheme' }), fc.string());
const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u2028', '\uFFFD', '\uD800', 'a"b', 'a\\b', '\u0000', '\u007F', '</script>'),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, 2 ** 31, -(2 ** 31), 2 ** 53, Number.POSITIVE_INFINITY),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    strings,
    numbers,
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  object: fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
}));

test('metadata of any kind is read as the driver and the codec read it', () => {
  fc.assert(
    fc.property(json.object, (metadata) =>
      expectSame({ ...usual, metadata: encodeMetadata(metadata as JsonObject) }),
    ),
    { numRuns: 300 },
  );
});

test('metadata that was never encoded is read as the driver and the codec read it', () => {
  fc.assert(
    fc.property(json.object, (metadata) => {
      // BSON has no U+0000 in keys.
      fc.pre(!JSON.stringify(metadata).includes('\\u0000'));
      expectSame({ ...usual, metadata });
    }),
    { numRuns: 200 },
  );
});

test('texts, times and origins of any kind are read as the driver reads them', () => {
  const origin = fc.record({ log: strings, partition: fc.nat(), offset: fc.maxSafeNat() });
  const fields = fc.record(
    {
      _id: strings,
      project: strings,
      userId: strings,
      type: strings,
      createdAt: fc.date(),
      receivedAt: fc.date(),
      origin,
    },
    { requiredKeys: ['_id', 'userId', 'type'] },
  );
  fc.assert(
    fc.property(fields, (changed) => {
      fc.pre(![changed.createdAt, changed.receivedAt].some((date) => Number.isNaN(date?.getTime())));
      const [createdAt, receivedAt] = [changed.createdAt ?? new Date(0), changed.receivedAt ?? new Date(-1)];
      const bytes = encode({ ...usual, ...changed, createdAt, receivedAt });
      expect(readActivity(bytes)).toEqual(byDriver(bytes));
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['no project', { project: undefined }],
  // These bytes look like the BSON of a text in the field `type`.
  ['bytes as its type', { type: Buffer.from('\u0002type\0\u0002\0\0\0A\0', 'latin1') }],
  ['an origin that is a text', { origin: 'log' }],
  ['metadata that is a list', { metadata: [1] }],
  ['metadata of more than 64 KiB', { metadata: { text: 'x'.repeat(70_000) } }],
  ['a 64-bit integer', { metadata: { value: Long.fromNumber(2 ** 40) } }],
  ['a decimal', { metadata: { value: Decimal128.fromString('1.5') } }],
  ['an explicit double', { metadata: { value: new Double(3) } }],
  ['a date', { metadata: { value: new Date(5) } }],
  ['bytes', { metadata: { value: new Uint8Array(3) } }],
  ['a regular expression', { metadata: { value: /a/u } }],
  ['an object id', { metadata: { value: new ObjectId() } }],
  ['a timestamp', { metadata: { value: new Timestamp({ t: 1, i: 2 }) } }],
  ['a reference', { metadata: { value: { $ref: 'a', $id: 'b' } } }],
  ['an unknown field', { more: 1 }],
  ['an origin with an unknown field', { origin: { log: 'a', partition: 1, offset: 2, more: 3 } }],
  [
    'an origin with a 64-bit offset',
    { origin: { log: 'a', partition: 1, offset: Long.fromNumber(2 ** 52) } },
  ],
])('a document with %s is read as the driver reads it', (_, changed) => {
  const bytes = BSON.serialize({ ...usual, ...changed }, { ignoreUndefined: true });
  expect(readActivity(Buffer.from(bytes))).toEqual(byDriver(Buffer.from(bytes)));
});

test('metadata of 150 levels is read as the driver reads it', () => {
  let metadata: JsonObject = {};
  for (let level = 0; level < 150; level += 1)
    metadata = level % 2 === 0 ? { a: metadata } : { b: [metadata] };
  expectSame({ ...usual, metadata });
});
