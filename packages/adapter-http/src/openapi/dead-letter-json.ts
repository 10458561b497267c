import { isUtf8 } from 'node:buffer';
import {
  DeadLetterCode,
  type ListedLetter,
  listedBytes,
  Timestamp,
  wholeValueOf,
} from '@user-activity/domain';
import { type Static, Type } from '@sinclair/typebox';
import { named } from './component-schemas.ts';

export const DeadLetterCodeJson = Type.Unsafe<DeadLetterCode>(
  Type.String({
    'x-component': 'DeadLetterCode',
    enum: DeadLetterCode.all,
    description:
      '`unreadable`: the record is not an event; `conflict`: its id already holds another fact; `refused`: the store cannot hold it; ' +
      '`invalid`: a call of an SDK could not be stored, or not completely, and the SDK would ignore a refusal.',
  }),
);

/** The id of a dead letter, as clients send it. The numbers have upper bounds that no pattern can express. */
export const DeadLetterIdJson = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,249}:(?:0|[1-9][0-9]{0,8}):(?:0|[1-9][0-9]{0,14})$',
  description: 'The place of its first copy: topic, partition and offset, joined by `:`.',
  examples: ['user-activity:3:1042'],
});

const Bytes = Type.Union(
  [
    Type.Object({ text: Type.String({ description: 'The bytes as UTF-8.' }) }),
    Type.Object({
      base64: Type.String({ contentEncoding: 'base64', description: 'The bytes in base64 (RFC 4648).' }),
    }),
  ],
  {
    'x-component': 'Bytes',
    description:
      'Bytes as text if they are UTF-8 without control characters other than tabs and line breaks, else in base64.',
  },
);
const BytesOrNull = Type.Union([Bytes, Type.Null()], {
  description: 'Null if there is none, or it is omitted as too large.',
  examples: [{ text: 'no JSON' }],
});

export const DeadLetterJson = named(
  'DeadLetter',
  Type.Object({
    id: Type.String({
      description:
        'The place of its first copy: topic, partition and offset, joined by `:`. The topic is `http` if it never was on the log.',
      examples: ['user-activity:3:1042'],
    }),
    origin: Type.Object(
      { topic: Type.String(), partition: Type.Integer(), offset: Type.Integer({ format: 'int64' }) },
      {
        'x-component': 'DeadLetterOrigin',
        examples: [{ topic: 'user-activity', partition: 3, offset: 1042 }],
      },
    ),
    code: DeadLetterCodeJson,
    reason: Type.String({ description: 'The reason, for people.', examples: ['it is not JSON'] }),
    diedAt: Type.String({
      format: 'date-time',
      description: 'When it was last taken off the log, or refused before it reached the log.',
    }),
    activityId: Type.Optional(
      Type.String({
        description: 'The id of the activity that this record should have become, if it is known.',
      }),
    ),
    key: BytesOrNull,
    value: BytesOrNull,
    size: Type.Integer({
      format: 'int64',
      description: 'The number of bytes of the value, even if it is omitted.',
      examples: [7],
    }),
    headers: Type.Record(Type.String(), Type.Array(Bytes), {
      description: 'The headers by name. A name may have several values.',
      examples: [{ ce_type: [{ text: 'user-activity.logged.v1' }] }],
    }),
    cut: Type.Optional(
      Type.Object(
        {
          size: Type.Integer({ format: 'int64', description: 'The number of bytes of the whole value.' }),
          sha256: Type.String({ description: 'The SHA-256 of the whole value, in hexadecimal.' }),
        },
        {
          description:
            'Present if `value` is only the beginning of a larger value, or null because nothing of it was kept. This is possible only for ' +
            'the code `invalid`.',
        },
      ),
    ),
    omitted: Type.Array(Type.Union([Type.Literal('key'), Type.Literal('value'), Type.Literal('headers')]), {
      description:
        'The parts that are left out because they are too large: a key above ' +
        `${listedBytes.key} bytes, a value above ${listedBytes.value}, headers above about ${listedBytes.headers}.`,
      examples: [[]],
    }),
  }),
);

export function deadLetterJson(letter: ListedLetter): Static<typeof DeadLetterJson> {
  const { id, origin, code, reason, diedAt, activityId, key, value, size, headers, omitted } = letter;
  const cut = wholeValueOf({ origin, headers });
  return {
    id,
    origin: { topic: origin.topic, partition: origin.partition, offset: origin.offset },
    code,
    reason,
    diedAt: Timestamp.toISO(diedAt),
    ...(activityId === undefined ? {} : { activityId }),
    key: key && bytesJson(key),
    value: value && bytesJson(value),
    size,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [name, values.map(bytesJson)]),
    ),
    ...(cut && { cut }),
    omitted: [...omitted],
  };
}

function bytesJson(bytes: Uint8Array): Static<typeof Bytes> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = isUtf8(buffer) ? buffer.toString('utf8') : undefined;
  return text === undefined || control.test(text) ? { base64: buffer.toString('base64') } : { text };
}

// JSON takes six bytes for most of these, so as text they would make a page six times as large.
const control = /(?![\t\n\r])\p{Cc}/u;
