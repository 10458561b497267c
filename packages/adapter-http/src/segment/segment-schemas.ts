import { type SchemaOptions, type TProperties, Type } from '@sinclair/typebox';
import { type SegmentCall, segmentCalls } from './segment-call.ts';

/** Makes the schema of a member that is usually an object. Other values are stored as well. */
const detailsSchema = (description: string, example: object) =>
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

/** Makes the schema of a member that is usually a string. Numbers and null are stored as well. */
const scalarSchema = (options: SchemaOptions) =>
  Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()], options));

const commonMembers = {
  userId: scalarSchema({
    'x-component': 'SegmentUserId',
    description:
      'The user. A number becomes a string. An invalid user id is cut to 200 characters, followed by `~` and its SHA-256.',
    // Without this example, the example call would have no user, and would become a dead letter.
    examples: ['123'],
  }),
  anonymousId: scalarSchema({
    'x-component': 'SegmentUserId',
    description: 'The user if there is no userId.',
  }),
  messageId: scalarSchema({
    description:
      'The id of the activity, and so its idempotency key. Default: a new id. An invalid id is cut to 84 characters, followed by `~` and its SHA-256.',
  }),
  timestamp: scalarSchema({
    description:
      'When the action happened. It is not corrected by sentAt. Default: originalTimestamp. RFC 3339, other forms of ISO 8601 (UTC without a zone), ' +
      'RFC 2822, the forms that common languages print, or a number since 1970. The time of receipt replaces a time that cannot be parsed ' +
      'or is more than 5 minutes in the future.',
    examples: ['2026-11-24T09:30:00Z'],
  }),
  context: detailsSchema('Stored in the metadata, unless the metadata would exceed its size limit.', {
    ip: '127.0.0.1',
  }),
};
const pageMembers = {
  name: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  properties: detailsSchema('The metadata.', { plan: 'pro' }),
};
const membersByCall: Record<SegmentCall, TProperties> = {
  track: {
    event: scalarSchema({
      description:
        'The type, cut to 256 characters. Default: TRACK. A number becomes a string. `metadata.event` holds the event as sent.',
      examples: ['Order Completed'],
    }),
    properties: detailsSchema('The metadata.', { total: 12.5 }),
  },
  identify: { traits: detailsSchema('The metadata.', { plan: 'pro' }) },
  page: pageMembers,
  screen: pageMembers,
  group: { groupId: Type.Optional(Type.String()), traits: detailsSchema('The metadata.', { seats: 5 }) },
  alias: { previousId: Type.Optional(Type.String()) },
};

/** Makes the schema of a call, for the documentation. The service accepts any call with a user. */
export const segmentBodySchema = (kind: SegmentCall) => Type.Unsafe<unknown>(bodyOf(kind, 'Call', {}));

const bodyOf = (kind: SegmentCall, role: 'Call' | 'Item', extraMembers: object) =>
  Type.Object(
    { ...extraMembers, ...commonMembers, ...membersByCall[kind] },
    {
      'x-component': `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${role}`,
      additionalProperties: true,
    },
  );

export const segmentBatchSchema = Type.Unsafe<unknown>(
  Type.Object(
    {
      batch: Type.Array(
        Type.Union(segmentCalls.map((kind) => bodyOf(kind, 'Item', { type: Type.Literal(kind) }))),
      ),
      context: detailsSchema('The context for items that have no context.', { ip: '127.0.0.1' }),
    },
    { 'x-component': 'SegmentBatch', additionalProperties: true },
  ),
);
