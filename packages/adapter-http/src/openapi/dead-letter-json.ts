import { isUtf8 } from 'node:buffer';
import {
  DeadLetterCode,
  type ListedLetter,
  listedBytes,
  Timestamp,
  wholeValueOf,
} from '@user-activity/domain';
import { type Static, Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';

export const deadLetterCodeSchema = Type.Unsafe<DeadLetterCode>(
  Type.String({
    'x-component': 'DeadLetterCode',
    enum: DeadLetterCode.all,
    description:
      '`unreadable`: the record is not an event; `conflict`: another fact is stored under its id; `refused`: the store cannot hold it; ' +
      '`invalid`: a call of an SDK could not be stored completely, and the SDK would ignore an error response.',
  }),
);

/** The id of a dead letter in a request. The pattern allows some numbers that the domain rejects as too large. */
export const deadLetterIdSchema = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,249}(?:@[A-Za-z0-9-]{1,64})?:(?:0|[1-9][0-9]{0,8}):(?:0|[1-9][0-9]{0,14})$',
  description:
    'The topic, partition and offset of the original record, joined by `:`. If the topic was deleted and recreated, the topic is followed ' +
    'by `@` and the id of its log.',
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
  description: 'Null if the record does not have it, or if it is too large for the list.',
  examples: [{ text: 'no JSON' }],
});

export const deadLetterSchema = namedSchema(
  'DeadLetter',
  Type.Object({
    id: Type.String({
      description:
        'The topic, partition and offset of the original record, joined by `:`. The topic is `http` for a call that was never on the log. ' +
        'If the topic was deleted and recreated, the topic is followed by `@` and the id of its log.',
      examples: ['user-activity:3:1042'],
    }),
    origin: Type.Object(
      {
        topic: Type.String(),
        log: Type.Optional(
          Type.String({
            description:
              'The id of the log. Absent for the first log of the topic. A topic that was deleted and recreated has a new log.',
          }),
        ),
        partition: Type.Integer(),
        offset: Type.Integer({ format: 'int64' }),
      },
      {
        'x-component': 'DeadLetterOrigin',
        examples: [{ topic: 'user-activity', partition: 3, offset: 1042 }],
      },
    ),
    code: deadLetterCodeSchema,
    reason: Type.String({
      description: 'Why the record failed, for people.',
      examples: ['the value is not JSON'],
    }),
    diedAt: Type.String({
      format: 'date-time',
      description: 'When the record was last read from the log, or the call was refused at the API.',
    }),
    activityId: Type.Optional(
      Type.String({ description: 'The id of the activity in the record. Absent if it is unknown.' }),
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
            'Present if the service kept only the beginning of the value, or none of it. Possible only for the code `invalid`.',
        },
      ),
    ),
    omitted: Type.Array(Type.Union([Type.Literal('key'), Type.Literal('value'), Type.Literal('headers')]), {
      description: `The parts that are left out: a key above ${listedBytes.key} bytes, a value above ${listedBytes.value} bytes, headers above about ${listedBytes.headers} bytes.`,
      examples: [[]],
    }),
  }),
);

export function toDeadLetterJson(deadLetter: ListedLetter): Static<typeof deadLetterSchema> {
  const { id, origin, code, reason, diedAt, activityId, key, value, size, headers, omitted } = deadLetter;
  const cut = wholeValueOf({ origin, headers });
  return {
    id,
    origin: { ...origin },
    code,
    reason,
    diedAt: Timestamp.toISO(diedAt),
    ...(activityId === undefined ? {} : { activityId }),
    key: key && bytesJson(key),
    value: value && bytesJson(value),
    size,
    headers: Object.fromEntries(Object.entries(headers).map(([name, list]) => [name, list.map(bytesJson)])),
    ...(cut && { cut }),
    omitted: [...omitted],
  };
}

function bytesJson(bytes: Uint8Array): Static<typeof Bytes> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = isUtf8(buffer) ? buffer.toString('utf8') : undefined;
  return text === undefined || controlCharacter.test(text) ? { base64: buffer.toString('base64') } : { text };
}

// JSON needs six bytes for most control characters, so base64 is shorter for bytes that contain them.
const controlCharacter = /(?![\t\n\r])\p{Cc}/u;
