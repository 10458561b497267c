import type { FastifyReply } from 'fastify';
import { type TSchema, Type } from '@sinclair/typebox';
import { pageBytes, textOf } from './json-text.ts';
import { named } from '../openapi/component-schemas.ts';
import type { PageRequest } from '../query/read-page.ts';

/** Describes the answer with a page of items, under a name. */
export const pageOf = (name: string, item: TSchema) =>
  textOf(
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
    ),
  );

/** Makes the body of an answer with these items, and adds the link to the next page. */
export async function pageBody<Item>(
  reply: FastifyReply,
  { list, parameters, limit, cursorAfter }: PageRequest<unknown, string, Item>,
  items: readonly Item[],
  hasMore: boolean,
): Promise<Buffer> {
  const last = items.at(-1);
  const nextCursor = hasMore && last !== undefined ? cursorAfter(list.placeOf(last)) : null;
  if (nextCursor !== null) {
    const next = new URLSearchParams();
    for (const [name, values] of Object.entries(parameters))
      if (name !== 'cursor') for (const value of values) next.append(name, value);
    next.append('cursor', nextCursor);
    // Relative, because a proxy may show clients another host.
    reply.header('link', `<${reply.request.routeOptions.url}?${next.toString()}>; rel="next"`);
  }
  return pageBytes(items, list.jsonOf, { limit, nextCursor, hasMore });
}
