import {
  ActivityId,
  ActivityType,
  defaultMetadataBytes,
  type JsonObject,
  maxMetadataBytes,
  PublicId,
  UserId,
} from '@user-activity/domain';
import { type TSchema, Type } from '@sinclair/typebox';
import { namedSchema } from './component-schemas.ts';
import { reservedIds, reservedPattern } from './reserved-ids.ts';

export const exampleId = '0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10';

const violationPathText =
  'A JSON Pointer (RFC 6901) into the body, or `/` and the name of a query parameter or a header.';
const violationSchema = Type.Object({
  path: Type.String({ description: violationPathText, examples: ['/userId'] }),
  message: Type.String({ examples: ['is required'] }),
});
export const violationsSchema = Type.Array(namedSchema('Violation', violationSchema));

/** The ids of a batch, in the order of its items. The id of a rejected item is null. */
export const idsSchema = Type.Array(Type.Union([Type.String(), Type.Null()]), {
  examples: [[exampleId, null]],
});

// The domain validates requests. These schemas repeat the rules for readers, client generators and fuzzers.
const idSchema = Type.String({
  minLength: 1,
  maxLength: ActivityId.maxLength,
  pattern: `^(?!(?:\\.+|${reservedPattern})$|pk\\.)[\\x21-\\x7e]+$`,
  description:
    'The idempotency key of the activity: each id is stored once. 1-128 printable ASCII characters without spaces, not only dots, not ' +
    `one of the words ${[...reservedIds].join(', ')}, and not beginning with "${PublicId.prefix}". Default: a new UUIDv7. With a public key, the ` +
    'id of the activity is derived from this one.',
  examples: [exampleId],
});

export const userIdSchema = Type.String({
  minLength: 1,
  maxLength: UserId.maxLength,
  pattern:
    '^\\s*[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?\\s*$',
  not: { pattern: '^\\s*\\.{1,2}\\s*$' },
  description: 'The person or system that acted. 1-256 characters after trimming, no control characters.',
  examples: ['123'],
});

export const typeSchema = Type.String({
  minLength: 1,
  maxLength: ActivityType.maxLength,
  // Allows tabs and line breaks, and requires one character that is not white space.
  pattern:
    '^[^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\ufeff\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f]*$',
  description:
    'The action: 1-256 characters without control characters. The service stores and compares the canonical form: trimmed, NFC, upper ' +
    'case, with one `_` for each run of white space and dashes.',
  examples: ['LOGIN'],
});
const metadata = Type.Unsafe<JsonObject>(
  Type.Object(
    {},
    {
      'x-component': 'Metadata',
      additionalProperties: true,
      description:
        `Further details: at most \`MAX_METADATA_BYTES\` bytes of JSON (default: ${defaultMetadataBytes}, maximum: ${maxMetadataBytes}), and at most 16 levels. ` +
        'Activities that differ only in the member `original` are the same fact.',
      examples: [{ ip: '127.0.0.1' }],
    },
  ),
);
const createdAt = Type.String({
  format: 'date-time',
  examples: ['2026-11-24T13:27:40.628Z'],
  description:
    'The time of the action (RFC 3339), at most 5 minutes in the future. Default: the time of receipt.',
});

/** Makes a member that may be absent or null, with the same meaning. */
export const optionalOrNull = <Schema extends TSchema>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()], { description: 'Null means absent.' }));

/** An activity in a request, for the documentation and for tests. The TypeScript type is unknown, because the domain validates bodies. */
export const draftSchema = Type.Unsafe<unknown>(
  Type.Object(
    {
      id: optionalOrNull(idSchema),
      userId: userIdSchema,
      type: typeSchema,
      metadata: optionalOrNull(metadata),
      createdAt: optionalOrNull(createdAt),
    },
    {
      'x-component': 'NewActivity',
      additionalProperties: false,
      // The example has no id, so that sending it twice logs two activities.
      examples: [{ userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } }],
    },
  ),
);

/** The id of an activity in a response. It may be a reserved word, because programs that write to the log directly may use those. */
export const storedIdSchema = Type.String({
  minLength: 1,
  maxLength: ActivityId.maxLength,
  pattern: '^(?!\\.+$)[\\x21-\\x7e]+$',
  examples: [exampleId],
});

export const activitySchema = namedSchema(
  'Activity',
  Type.Object({
    id: storedIdSchema,
    userId: userIdSchema,
    type: typeSchema,
    metadata,
    createdAt,
    receivedAt: Type.String({ format: 'date-time', description: 'When the service accepted the activity.' }),
    source: Type.Optional(
      Type.Literal('public', {
        description: 'The activity came with a public key, so anyone may have sent it. Absent otherwise.',
      }),
    ),
  }),
);

const problemSchema = Type.Unsafe<never>(
  Type.Object(
    {
      type: Type.String({ examples: ['about:blank'] }),
      title: Type.String({ description: 'The name of the HTTP status.' }),
      status: Type.Integer(),
      detail: Type.String({ description: 'The fault and the remedy, for people.' }),
      errors: violationsSchema,
      omittedErrors: Type.Optional(
        Type.Integer({ minimum: 1, description: 'The number of rejected items without errors in `errors`.' }),
      ),
      rejected: Type.Optional(
        Type.Array(Type.Integer(), {
          description: 'With `omittedErrors`: the indexes of all rejected items.',
        }),
      ),
      ids: Type.Optional(idsSchema),
    },
    { 'x-component': 'Problem', description: 'Problem details (RFC 9457), with every violation.' },
  ),
);

export const problemContent = { 'application/problem+json': { schema: problemSchema } };

export const headerSchema = (description: string, example: string) => ({
  type: 'string',
  description,
  examples: [example],
});

const problemDescriptions = {
  400: 'The JSON, its encoding or the query is malformed, or the query or X-Project breaks a rule.',
  401: 'An API key is required.',
  403: 'The API key does not have the scope that the route needs (see `x-scope`), or belongs to another project. Or the service has no API_KEYS, and the host of the request, or of the page that sent it, is neither loopback nor in ALLOWED_HOSTS.',
  404: 'There is no such activity.',
  409: 'Another request of this kind is in progress. Send the request again after the number of seconds in `Retry-After`.',
  410: 'The position belongs to an old log, which a new log has replaced. Begin again with `GET /api/logs/feed` without a cursor to get everything, or with `from=now` to begin at the end.',
  413: 'The decoded body is too large. The limit for one activity, event or call is 1 MiB. A batch has at most `MAX_BODY_BYTES` and `MAX_BATCH_SIZE` items.',
  415: 'The route does not accept the media type, the charset or the encoding of the body.',
  422: 'The body breaks a rule; every violation is listed with its path.',
  426: 'The route needs HTTP/1.1, because an HTTP/1.0 client could not tell whether the response is complete.',
  503: 'The log or the store does not answer, or the service is busy. Send the request again later. Use the ids in `ids`, if there are any, so that nothing is stored twice.',
} as const;

/** Returns the documentation of the problems (RFC 9457) that a route may return. */
export function problemResponses(...statuses: readonly (keyof typeof problemDescriptions)[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      Type.Unsafe<unknown>({ description: problemDescriptions[status], content: problemContent }),
    ]),
  );
}

/** Returns the documentation of a 404 of a route that is not about activities. */
export const notFoundResponse = (description: string) => ({
  404: Type.Unsafe<unknown>({ description, content: problemContent }),
});
