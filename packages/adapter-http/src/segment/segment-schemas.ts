import { type TObject, type TUnsafe, Type } from '@sinclair/typebox';
import { type SegmentCall, segmentCalls } from './segment-call.ts';

const free = (description: string, example: object) =>
  Type.Optional(Type.Object({}, { additionalProperties: true, description, examples: [example] }));

const user = {
  userId: Type.Optional(
    Type.Union([Type.String(), Type.Number(), Type.Null()], {
      'x-component': 'SegmentUserId',
      description: 'The user. A number becomes text.',
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
    Type.String({ description: 'The id, and idempotency key; made where there is none.' }),
  ),
  timestamp: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'When it happened, as it stands; else originalTimestamp. More than 5 minutes ahead: when it was received.',
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
    event: Type.String({
      description: 'The type; characters that no type has become `_`.',
      examples: ['Order Completed'],
    }),
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
