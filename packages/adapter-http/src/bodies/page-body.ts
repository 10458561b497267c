import type { FastifyReply } from 'fastify';
import { type TSchema, Type } from '@sinclair/typebox';
import { makePageBytes, jsonTextSchema } from './json-text.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import type { QueryParameters } from '../query/parameter-reader.ts';
import type { PageRequest } from '../query/read-page.ts';

const pagination = {
  limit: Type.Integer({ examples: [50] }),
  nextCursor: Type.Union([Type.String(), Type.Null()], {
    description: 'Null on the last page.',
    examples: [null],
  }),
  hasMore: Type.Boolean(),
};

/** Makes the response schema of a page. `pages` has the schemas of `pagination` and of the header `Link`. */
export const pageResponseSchema = (
  name: string,
  item: TSchema,
  pages: { readonly pagination: TSchema; readonly link: TSchema } = {
    pagination: namedSchema('Pagination', Type.Object(pagination)),
    link: Type.String({
      description: 'The next page, if there is one (RFC 8288).',
      examples: ['</api/logs?limit=50&cursor=eyJ>; rel="next"'],
    }),
  },
) =>
  jsonTextSchema(
    Type.Object(
      {
        data: Type.Array(item),
        pagination: pages.pagination,
      },
      {
        'x-component': name,
        description: 'A page.',
        headers: { Link: pages.link },
      },
    ),
  );

/** Makes the body of a page. Adds the header `Link` to the response if there is a next page. */
export async function makePageBody<Item>(
  reply: FastifyReply,
  { list, parameters, limit, cursorAfter }: PageRequest<unknown, string, Item>,
  items: readonly Item[],
  hasMore: boolean,
): Promise<Buffer> {
  const lastItem = items.at(-1);
  const nextCursor = hasMore && lastItem !== undefined ? cursorAfter(list.positionOf(lastItem)) : null;
  if (nextCursor !== null) setNextLink(reply, parameters, nextCursor);
  return makePageBytes(items, list.jsonOf, { limit, nextCursor, hasMore });
}

/** Adds the header `Link` to the response. It leads to the same query, from the cursor on. */
export function setNextLink(reply: FastifyReply, parameters: QueryParameters, nextCursor: string): void {
  const nextParameters = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters))
    if (name !== 'cursor') for (const value of values) nextParameters.append(name, value);
  nextParameters.append('cursor', nextCursor);
  // The URL is relative, because clients behind a proxy know the service by another host.
  reply.header('link', `<${reply.request.route.url}?${nextParameters.toString()}>; rel="next"`);
}
