import {
  ActivityId,
  ActivityType,
  defaultMetadataBytes,
  type JsonObject,
  maxMetadataBytes,
  UserId,
} from '@user-activity/domain';
import { type TSchema, Type } from '@sinclair/typebox';
import { named } from './component-schemas.ts';
import { reservedIds, reservedPattern } from './reserved-ids.ts';

export const Violations = Type.Array(
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

/** The ids of the items in the order of the request; null for a rejected item. */
export const Ids = Type.Array(Type.Union([Type.String(), Type.Null()]), {
  examples: [['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10', null]],
});

// These schemas repeat rules of the domain for readers, generators of clients and fuzzers.
const IdText = Type.String({
  minLength: 1,
  maxLength: ActivityId.maxLength,
  pattern: `^(?!(?:\\.+|${reservedPattern})$)[\\x21-\\x7e]+$`,
  description:
    'Identifies the activity, and is its idempotency key: each id is stored once. Default: a new UUIDv7. 1-128 printable ASCII ' +
    `characters without spaces, not only dots, and none of the words ${[...reservedIds].join(', ')}.`,
  examples: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
});

export const UserIdText = Type.String({
  minLength: 1,
  maxLength: UserId.maxLength,
  pattern:
    '^\\s*[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?\\s*$',
  not: { pattern: '^\\s*\\.{1,2}\\s*$' },
  description: 'Who acted. 1-256 characters after trimming, no control characters.',
  examples: ['123'],
});

export const TypeText = Type.String({
  minLength: 1,
  maxLength: ActivityType.maxLength,
  // Tabs and line breaks count as white space. One other character is required.
  pattern:
    '^[^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\ufeff\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*$',
  description:
    'What was done: any text of 1-256 characters without control characters. It is stored and found in its canonical form: trimmed, NFC, ' +
    'upper case, each run of white space and dashes of any kind as `_`.',
  examples: ['LOGIN'],
});
const kib = (bytes: number): string => `${bytes / 1024} KiB`;
const metadata = Type.Unsafe<JsonObject>(
  Type.Object(
    {},
    {
      'x-component': 'Metadata',
      additionalProperties: true,
      description:
        `Further details. At most \`MAX_METADATA_BYTES\` of JSON (default: ${kib(defaultMetadataBytes)}, at most ${kib(maxMetadataBytes)}) and 16 levels. ` +
        'A repetition that differs only in the member `original` is the same fact.',
      examples: [{ ip: '127.0.0.1' }],
    },
  ),
);
const createdAt = Type.String({
  format: 'date-time',
  examples: ['2026-11-24T13:27:40.628Z'],
  description:
    'When it happened (RFC 3339). Default: when the service received it. At most 5 minutes in the future.',
});

export const nullable = <Schema extends TSchema>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()], { description: 'Null means absent.' }));

/**
 * An activity as clients send it. Only for the documentation and for tests: the domain validates bodies, so that every violation is
 * listed in its words. Its type is unknown, as handlers get unvalidated bodies.
 */
export const Draft = Type.Unsafe<unknown>(
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
      // Without an id, so that trying it twice logs two activities.
      examples: [{ userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } }],
    },
  ),
);

/** The id of an activity in an answer. An activity of another producer may have a reserved id. */
export const StoredIdText = Type.String({
  minLength: 1,
  maxLength: ActivityId.maxLength,
  pattern: '^(?!\\.+$)[\\x21-\\x7e]+$',
  examples: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
});

export const Activity = named(
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
      detail: Type.String({ description: 'The fault and the remedy, for people.' }),
      errors: Violations,
      omittedErrors: Type.Optional(
        Type.Integer({
          minimum: 1,
          description: 'The number of rejected items of a batch that `errors` does not explain.',
        }),
      ),
      rejected: Type.Optional(
        Type.Array(Type.Integer(), {
          description: 'The indexes of all rejected items of a batch. Present together with `omittedErrors`.',
        }),
      ),
      ids: Type.Optional(Ids),
    },
    { 'x-component': 'Problem', description: 'Problem details (RFC 9457), with every violation.' },
  ),
);

export const problemContent = { 'application/problem+json': { schema: problem } };

export const headerText = (description: string, example: string) => ({
  type: 'string',
  description,
  examples: [example],
});

const descriptions = {
  400: 'The JSON, its encoding or the query is malformed, or the query breaks a rule.',
  401: 'An API key is required.',
  403: 'Without API_KEYS: the host of the request, or of the page that sent it, is neither loopback nor in ALLOWED_HOSTS.',
  404: 'There is no such activity.',
  409: 'Another such request is in progress; `Retry-After` says when to send this one again.',
  413: 'The body is too large. Decoded, it may have 1 MiB if it holds one activity, event or call; else `MAX_BODY_BYTES`, and `MAX_BATCH_SIZE` items.',
  415: 'The route does not take the media type, the charset or the encoding of the body.',
  422: 'The body breaks a rule; every violation is listed with its path.',
  503: 'The log or the store does not answer, or the service is busy. It is safe to send the same again later, with the ids in `ids` if there are any.',
} as const;

/** The problems (RFC 9457) that a route may answer, for the documentation. */
export function problems(...statuses: readonly (keyof typeof descriptions)[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      Type.Unsafe<unknown>({ description: descriptions[status], content: problemContent }),
    ]),
  );
}
