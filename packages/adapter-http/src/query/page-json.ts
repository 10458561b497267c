import type { FastifyReply } from 'fastify';
import {
  type TArray,
  type TBoolean,
  type TInteger,
  type TNull,
  type TObject,
  type TSchema,
  type TString,
  type TUnion,
  Type,
} from '@sinclair/typebox';
import { named } from '../openapi/component-schemas.ts';
import type { QueryParameters } from './parameter-reader.ts';

/** Describes a page of items, under a name. */
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
          description: 'The next page, if there is one (RFC 8288).',
          examples: ['</api/logs?limit=50&cursor=eyJ>; rel="next"'],
        }),
      },
    },
  );

/** Adds a link to the next page. It is relative, because a proxy may show clients another host. */
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
