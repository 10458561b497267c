import { type TObject, type TUnsafe, Type } from '@sinclair/typebox';
import { type SegmentCall, segmentCalls } from './segment-call.ts';

/** An object as a rule; whatever else is sent is kept as well. */
const free = (description: string, example: object) =>
  Type.Optional(
    Type.Union(
      [
        Type.Object({}, { additionalProperties: true }),
        Type.Array(Type.Unknown()),
        Type.String(),
        Type.Number(),
        Type.Boolean(),
        Type.Null(),
      ],
      { 'x-component': 'SegmentDetails', description, examples: [example] },
    ),
  );

const user = {
  userId: Type.Optional(
    Type.Union([Type.String(), Type.Number(), Type.Null()], {
      'x-component': 'SegmentUserId',
      description:
        'The user. A number becomes text. A text that no user can be called ends with `~` and its SHA-256.',
      // Without a user the example would be a dead letter each time that someone tries it.
      examples: ['123'],
    }),
  ),
  anonymousId: Type.Optional(
    Type.Union([Type.String(), Type.Number(), Type.Null()], {
      'x-component': 'SegmentUserId',
      description: 'The user where there is no userId.',
    }),
  ),
};
const common = {
  ...user,
  messageId: Type.Optional(
    Type.Union([Type.String(), Type.Number(), Type.Null()], {
      description:
        'The id, and idempotency key; made where there is none. One that can not be an id ends with `~` and its SHA-256.',
    }),
  ),
  timestamp: Type.Optional(
    Type.Union([Type.String(), Type.Number(), Type.Null()], {
      description:
        'When it happened, not corrected by sentAt; else originalTimestamp. RFC 3339, other forms of ISO 8601 (UTC if they have no zone), ' +
        'RFC 2822, what common languages print, or a number since 1970. Not understood, or more than 5 minutes ahead: when it was received.',
      examples: ['2026-11-24T09:30:00Z'],
    }),
  ),
  context: free('Kept with the metadata where it fits.', { ip: '127.0.0.1' }),
};
const named = {
  name: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  properties: free('The metadata.', { plan: 'pro' }),
};
const own: Readonly<Record<SegmentCall, Parameters<typeof Type.Object>[0]>> = {
  track: {
    event: Type.Optional(
      Type.Union([Type.String(), Type.Number(), Type.Null()], {
        description:
          'The type, cut to 256 characters; TRACK if there is none. A number becomes text. As given it is in `metadata.event`.',
        examples: ['Order Completed'],
      }),
    ),
    properties: free('The metadata.', { total: 12.5 }),
  },
  identify: { traits: free('The metadata.', { plan: 'pro' }) },
  page: named,
  screen: named,
  group: { groupId: Type.Optional(Type.String()), traits: free('The metadata.', { seats: 5 }) },
  alias: { previousId: Type.Optional(Type.String()) },
};

/** The bodies of the calls, for the documentation alone: the domain judges. Members that are not known are not refused. */
export const segmentBody = (kind: SegmentCall): TUnsafe<unknown> =>
  Type.Unsafe<unknown>(bodyOf(kind, 'Call', {}));

const bodyOf = (kind: SegmentCall, role: 'Call' | 'Item', more: object): TObject =>
  Type.Object(
    { ...more, ...common, ...own[kind] },
    {
      'x-component': `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${role}`,
      additionalProperties: true,
    },
  );

/** The body of a batch. */
export const segmentBatch: TUnsafe<unknown> = Type.Unsafe<unknown>(
  Type.Object(
    {
      batch: Type.Array(
        Type.Union(segmentCalls.map((kind) => bodyOf(kind, 'Item', { type: Type.Literal(kind) }))),
      ),
      context: free('For items without one of their own.', { ip: '127.0.0.1' }),
    },
    { 'x-component': 'SegmentBatch', additionalProperties: true },
  ),
);
