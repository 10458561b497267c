import {
  isDomainError,
  type JsonObject,
  type JsonValue,
  ProjectId,
  UserActivity,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { sampleActivity } from './samples.ts';

/** Keys with a special meaning in some database, codec or language. */
const specialKeys = [
  '',
  ' ',
  '$set',
  '$',
  '$ref',
  '$date',
  '$numberLong',
  'a.b',
  '.',
  '..',
  '_id',
  '_bsontype',
  'toJSON',
  'toBSON',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'length',
  '0',
  '-1',
  '4294967295',
  'then',
  "'",
  '"',
  '`',
  '\\',
  '/',
  '~1',
  '[0]',
  '%00',
  'é',
  'e\u0301',
  '\u2028',
  '\ufeff',
  '😀',
];

const keys = fc.oneof(
  fc.constantFrom(...specialKeys),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((key) => key !== '__proto__' && !key.includes('\0')),
);

const scalars: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.constantFrom(2 ** 53, -(2 ** 63), 1e21, 5e-324, Number.MAX_VALUE, 0.1),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '\0', '2026-01-02T03:04:05.678Z', '507f1f77bcf86cd799439011', '\u2028', '😀', '\ufeff'),
);

const { object } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(keys, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

/** Valid metadata with keys and values that are difficult for codecs. */
export const anyMetadata: fc.Arbitrary<JsonObject> = object.filter(isValid);

/** Any of four projects. */
export const anyProject = fc.constantFrom(
  ...['default', 'a', '0-9', 'p'.repeat(64)].map((name) => ProjectId.parse(name)),
);

/** Activities with distinct ids, of several projects, with any metadata. */
export const anyActivity: fc.Arbitrary<UserActivity> = fc
  .record({ project: anyProject, metadata: anyMetadata })
  .map((fields) => sampleActivity(fields));

function isValid(metadata: JsonObject): boolean {
  try {
    UserActivity.parse({ ...sampleActivity().toJSON(), metadata });
    return true;
  } catch (error) {
    if (isDomainError(error)) return false;
    throw error;
  }
}
