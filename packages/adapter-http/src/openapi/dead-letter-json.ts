import { isUtf8 } from 'node:buffer';
import {
  DeadLetterCode,
  type ListedLetter,
  listedBytes,
  Timestamp,
  wholeValueOf,
} from '@user-activity/domain';
import {
  type Static,
  type TArray,
  type TInteger,
  type TLiteral,
  type TNull,
  type TObject,
  type TOptional,
  type TRecord,
  type TString,
  type TUnion,
  type TUnsafe,
  Type,
} from '@sinclair/typebox';
import { named } from './component-schemas.ts';

type TBytes = TUnion<[TObject<{ text: TString }>, TObject<{ base64: TString }>]>;

/** Why a record could not be stored. */
export const DeadLetterCodeJson: TUnsafe<DeadLetterCode> = Type.Unsafe<DeadLetterCode>(
  Type.String({
    'x-component': 'DeadLetterCode',
    enum: DeadLetterCode.all,
    description:
      '`unreadable`: it is no event; `conflict`: its id already holds another fact; `refused`: the store can not hold it; ' +
      '`invalid`: a call of an SDK that could not be stored, or not whole: its sender could not be told.',
  }),
);

/** The id of a dead letter, as clients give it; its numbers are a little larger at most, which no pattern can bound. */
export const DeadLetterIdJson: TString = Type.String({
  pattern: '^[A-Za-z0-9._-]{1,249}:(?:0|[1-9][0-9]{0,8}):(?:0|[1-9][0-9]{0,14})$',
  description: 'Where its first copy lay: topic, partition and offset, joined by `:`.',
  examples: ['user-activity:3:1042'],
});

const Bytes: TBytes = Type.Union(
  [
    Type.Object({ text: Type.String({ description: 'What the bytes are as UTF-8.' }) }),
    Type.Object({
      base64: Type.String({ contentEncoding: 'base64', description: 'The bytes themselves (RFC 4648).' }),
    }),
  ],
  {
    'x-component': 'Bytes',
    description:
      'Bytes as text where they are UTF-8 without control characters but tabs and ends of lines, else in base64.',
  },
);
const BytesOrNull: TUnion<[TBytes, TNull]> = Type.Union([Bytes, Type.Null()], {
  description: 'Null where there is none, or too much.',
  examples: [{ text: 'no JSON' }],
});

/** A dead letter as the service lists it. */
export const DeadLetterJson: TObject<{
  id: TString;
  origin: TObject<{ topic: TString; partition: TInteger; offset: TInteger }>;
  code: TUnsafe<DeadLetterCode>;
  reason: TString;
  diedAt: TString;
  activityId: TOptional<TString>;
  key: TUnion<[TBytes, TNull]>;
  value: TUnion<[TBytes, TNull]>;
  size: TInteger;
  headers: TRecord<TString, TArray<TBytes>>;
  cut: TOptional<TObject<{ size: TInteger; sha256: TString }>>;
  omitted: TArray<TUnion<[TLiteral<'key'>, TLiteral<'value'>, TLiteral<'headers'>]>>;
}> = named(
  'DeadLetter',
  Type.Object({
    id: Type.String({
      description:
        'Where its first copy lay: topic, partition and offset, joined by `:`. The topic is `http` if it never was on the log.',
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
    reason: Type.String({ description: 'Why, in a sentence.', examples: ['it is not JSON'] }),
    diedAt: Type.String({
      format: 'date-time',
      description: 'When it was last taken off the log, or refused before it came so far.',
    }),
    activityId: Type.Optional(
      Type.String({ description: 'Of the activity that it was to be, where that is known.' }),
    ),
    key: BytesOrNull,
    value: BytesOrNull,
    size: Type.Integer({
      format: 'int64',
      description: 'The bytes of the value, also where it is left out.',
      examples: [7],
    }),
    headers: Type.Record(Type.String(), Type.Array(Bytes), {
      description: 'By name; a name may have several values.',
      examples: [{ ce_type: [{ text: 'user-activity.logged.v1' }] }],
    }),
    cut: Type.Optional(
      Type.Object(
        {
          size: Type.Integer({ format: 'int64', description: 'The bytes of the whole value.' }),
          sha256: Type.String({ description: 'The SHA-256 of the whole value, in hexadecimal.' }),
        },
        {
          description:
            'Where there is this member, `value` is the beginning of a larger value that was not kept, or null if nothing of it was: of ' +
            'what was refused before it came to the log (code `invalid`).',
        },
      ),
    ),
    omitted: Type.Array(Type.Union([Type.Literal('key'), Type.Literal('value'), Type.Literal('headers')]), {
      description:
        'What is left out as it is too large: a key above ' +
        `${listedBytes.key} bytes, a value above ${listedBytes.value}, headers above about ${listedBytes.headers}.`,
      examples: [[]],
    }),
  }),
);

/** The letter in JSON. */
export function deadLetterJson({
  origin,
  diedAt,
  key,
  value,
  headers,
  ...rest
}: ListedLetter): Static<typeof DeadLetterJson> {
  const { id, code, reason, size, omitted, activityId } = rest;
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
    ...(cut === undefined ? {} : { cut: { ...cut } }),
    omitted: [...omitted],
  };
}

function bytesJson(some: Uint8Array): Static<typeof Bytes> {
  const buffer = Buffer.from(some.buffer, some.byteOffset, some.byteLength);
  const text = isUtf8(buffer) ? buffer.toString('utf8') : undefined;
  return text === undefined || control.test(text) ? { base64: buffer.toString('base64') } : { text };
}

// Nobody can read these, and JSON takes six bytes for most: a page of them would be as many times as large.
const control = /(?![\t\n\r])\p{Cc}/u;
