import type { JsonObject } from '@user-activity/domain';
import {
  type TArray,
  type TNull,
  type TObject,
  type TOptional,
  type TSchema,
  type TString,
  type TUnion,
  type TUnsafe,
  Type,
} from '@sinclair/typebox';
import { named } from './component-schemas.ts';
import { reservedIds, reservedPattern } from './reserved-ids.ts';

/** JSON Pointer and sentence, for each broken rule. */
export const Violations: TArray<TObject<{ path: TString; message: TString }>> = Type.Array(
  named(
    'Violation',
    Type.Object({
      path: Type.String({
        description: 'JSON Pointer (RFC 6901) into the body, or `/name` of a query parameter.',
        examples: ['/userId'],
      }),
      message: Type.String({ examples: ['is required'] }),
    }),
  ),
);

/** The ids of what was sent, in its order; null where an item was rejected. */
export const Ids: TArray<TUnion<[TString, TNull]>> = Type.Array(Type.Union([Type.String(), Type.Null()]), {
  examples: [['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10', null]],
});

// For readers, generators of clients and fuzzers: each says what the domain's value of its name does.
/** An id of an activity, as clients give it or ask for it. */
const IdText: TString = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: `^(?!(?:\\.+|${reservedPattern})$)[\\x21-\\x7e]+$`,
  description:
    'Names the activity, and is its idempotency key: the same id is stored once. A UUIDv7 where none is given. 1-128 printable ' +
    `ASCII characters without space, not only dots, and none of the words ${[...reservedIds].join(', ')}.`,
  examples: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
});

/** A user, as clients name it. */
export const UserIdText: TString = Type.String({
  minLength: 1,
  maxLength: 256,
  pattern:
    '^\\s*[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?\\s*$',
  not: { pattern: '^\\s*\\.{1,2}\\s*$' },
  description: 'Who acted. 1-256 characters after trimming, no control characters.',
  examples: ['123'],
});

/** A type of activity, as clients write it. */
export const TypeText: TString = Type.String({
  minLength: 1,
  maxLength: 256,
  // Tabs and line breaks are white space within a type. A character beside white space there must be one.
  pattern:
    '^[^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\ufeff\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*$',
  description:
    'What was done: any text of 1-256 characters without control characters. Kept, and found, in its canonical form: trimmed, NFC, ' +
    'upper case, each run of white space and dashes of any kind as `_`.',
  examples: ['LOGIN'],
});
const metadata: TUnsafe<JsonObject> = Type.Unsafe<JsonObject>(
  Type.Object(
    {},
    {
      'x-component': 'Metadata',
      additionalProperties: true,
      description:
        'What else is known. At most `MAX_METADATA_BYTES` of JSON (32 KiB by default, 256 KiB at most) and 16 levels. A repetition that ' +
        'differs in the member `original` alone is the same fact.',
      examples: [{ ip: '127.0.0.1' }],
    },
  ),
);
const createdAt = Type.String({
  format: 'date-time',
  examples: ['2026-11-24T13:27:40.628Z'],
  description:
    'When it happened (RFC 3339); when the service received it where none is given. At most 5 minutes ahead.',
});

/** A member that may be left out; null means that it is. */
export const nullable = <Schema extends TSchema>(schema: Schema): TOptional<TUnion<[Schema, TNull]>> =>
  Type.Optional(Type.Union([schema, Type.Null()], { description: 'Null means absent.' }));

/**
 * An activity as clients send it. For the documentation and for tests alone: the domain judges what was sent, so that every
 * fault is listed, in its words. Typed as unknown, which is what a handler gets.
 */
export const Draft: TUnsafe<unknown> = Type.Unsafe<unknown>(
  Type.Object(
    {
      id: nullable(IdText),
      userId: UserIdText,
      type: TypeText,
      metadata: nullable(metadata),
      createdAt: nullable(createdAt),
    },
    {
      'x-component': 'NewActivity',
      additionalProperties: false,
      // Without an id: whoever sends it twice logs two activities.
      examples: [{ userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } }],
    },
  ),
);

/** An id as the service answers it. Off the topic it may be a word of the routes. */
export const StoredIdText: TString = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^(?!\\.+$)[\\x21-\\x7e]+$',
  examples: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
});

/** An activity as the service answers it. */
export const Activity: TObject<{
  id: TString;
  userId: TString;
  type: TString;
  metadata: TUnsafe<JsonObject>;
  createdAt: TString;
  receivedAt: TString;
}> = named(
  'Activity',
  Type.Object({
    id: StoredIdText,
    userId: UserIdText,
    type: TypeText,
    metadata,
    createdAt,
    receivedAt: Type.String({ format: 'date-time', description: 'When the service accepted it.' }),
  }),
);

const problem = Type.Unsafe<never>(
  Type.Object(
    {
      type: Type.String({ examples: ['about:blank'] }),
      title: Type.String({ description: 'The name of the status.' }),
      status: Type.Integer(),
      detail: Type.String({ description: 'What is wrong, in a sentence.' }),
      errors: Violations,
      omittedErrors: Type.Optional(
        Type.Integer({ minimum: 1, description: 'How many items of a batch `errors` says nothing about.' }),
      ),
      rejected: Type.Optional(
        Type.Array(Type.Integer(), {
          description: 'The indexes of all rejected items of a batch, beside `omittedErrors`.',
        }),
      ),
      ids: Type.Optional(Ids),
    },
    { 'x-component': 'Problem', description: 'Problem details (RFC 9457), with every violation.' },
  ),
);

/** The content of a problem, for the documentation. */
export const problemContent: { readonly 'application/problem+json': { readonly schema: TUnsafe<never> } } = {
  'application/problem+json': { schema: problem },
};

const meanings = {
  400: 'The JSON, its encoding or the query is malformed or breaks a rule.',
  401: 'An API key is required.',
  403: 'Without API_KEYS: the request is for a host, or from a page, that is neither of loopback nor in ALLOWED_HOSTS.',
  404: 'There is no such activity.',
  409: 'Another such request is under way; `Retry-After` says when to send this one again.',
  413: 'More than the service takes: a body, decoded, of 1 MiB where it holds one activity, event or call; else `MAX_BODY_BYTES`, or `MAX_BATCH_SIZE` items.',
  415: 'The media type, the charset or the encoding of the body is none that the route takes.',
  422: 'The body breaks a rule; every violation is listed with its path.',
  503: 'The log or the store does not answer, or the service is busy. Sending the same again later is safe; `ids` names under which ids.',
} as const;

/** The answers of RFC 9457 problem details that a route may give, for the documentation. */
export function problems(...statuses: readonly (keyof typeof meanings)[]): Record<string, TUnsafe<unknown>> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      Type.Unsafe<unknown>({
        description: meanings[status],
        content: problemContent,
      }),
    ]),
  );
}
