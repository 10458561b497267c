import type { QueryParameters } from '@user-activity/domain';
import type { FastifyReply } from 'fastify';
import {
  type TArray,
  type TBoolean,
  type TInteger,
  type TLiteral,
  type TNull,
  type TObject,
  type TSchema,
  type TString,
  type TUnion,
  Type,
} from '@sinclair/typebox';
import { named } from '../openapi/component-schemas.ts';

/** A parameter that may be given several times, for the documentation. */
export const several = <Item extends TSchema>(item: Item, description: string): TArray<Item> =>
  Type.Array(item, { maxItems: 20, description });

const timeForms =
  'An RFC 3339 date-time, where a `+` is written `%2B`; a date, which is the start of that day in UTC, or in `timezone` if the ' +
  'route has it; `now`; or a relative time such as `-24h`: a whole number of `s`, `m`, `h`, `d` or `w` before now.';

/** The bounds of that time, for the documentation. */
export const timeParameters = (time: string): { from: TString; to: TString } => ({
  from: Type.String({
    description: `${time} at or after this time. ${timeForms}`,
    examples: ['2026-11-01T00:00:00Z', '2026-11-01', '-24h'],
  }),
  to: Type.String({
    description: `${time} before this time, so \`to=2026-12-01\` leaves out that day. The forms are those of \`from\`.`,
    examples: ['2026-12-01T00:00:00Z', '2026-12-01', '-1h'],
  }),
});

/** The parameters of every list, for the documentation. */
export const pageParameters: {
  order: TUnion<[TLiteral<'desc'>, TLiteral<'asc'>]>;
  limit: TInteger;
  cursor: TString;
} = {
  order: Type.Union([Type.Literal('desc'), Type.Literal('asc')], {
    'x-component': 'Order',
    default: 'desc',
    description: 'Newest first, or oldest first.',
  }),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'The most of one page.' }),
  cursor: Type.String({
    minLength: 1,
    description:
      'The `nextCursor` of the page before, with the same filter and order. Relative times keep the meaning that they had on ' +
      'the first page.',
  }),
};

/** A page of such items, under that name. */
export const pageOf = <Item extends TSchema>(
  name: string,
  item: Item,
): TObject<{
  data: TArray<Item>;
  pagination: TObject<{ limit: TInteger; nextCursor: TUnion<[TString, TNull]>; hasMore: TBoolean }>;
}> =>
  Type.Object(
    {
      data: Type.Array(item),
      pagination: named(
        'Pagination',
        Type.Object({
          limit: Type.Integer({ examples: [50] }),
          nextCursor: Type.Union([Type.String(), Type.Null()], {
            description: 'Null on the last page.',
            examples: [null],
          }),
          hasMore: Type.Boolean(),
        }),
      ),
    },
    {
      'x-component': name,
      description: 'A page.',
      headers: {
        Link: Type.String({
          description: 'The next page, where there is one (RFC 8288).',
          examples: ['</api/logs?limit=50&cursor=eyJ>; rel="next"'],
        }),
      },
    },
  );

/** Links to the next page, relative to the host, which behind a proxy is another than ours. */
export function linkNext(
  reply: FastifyReply,
  path: string,
  parameters: QueryParameters,
  nextCursor: string | null,
): void {
  if (nextCursor === null) return;
  const next = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters))
    if (name !== 'cursor') for (const value of values) next.append(name, value);
  next.append('cursor', nextCursor);
  reply.header('link', `<${path}?${next.toString()}>; rel="next"`);
}
