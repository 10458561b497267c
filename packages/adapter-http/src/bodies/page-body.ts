import type { FastifyReply } from 'fastify';
import { type TSchema, Type } from '@sinclair/typebox';
import { pageBytes, textOf } from './json-text.ts';
import { named } from '../openapi/component-schemas.ts';
import type { PageRequest } from '../query/read-page.ts';

/** Makes the schema of a response with a page of items. */
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

/** Makes the body of a page. Adds the header `Link` to the response if there is a next page. */
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
    // A relative URL, because clients of a proxy see another host.
    reply.header('link', `<${reply.request.routeOptions.url}?${next.toString()}>; rel="next"`);
  }
  return pageBytes(items, list.jsonOf, { limit, nextCursor, hasMore });
}
