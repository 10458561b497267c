import type { FindDeadLetters } from '@user-activity/application';
import { type Clock, DeadLetterFilter, DeadLetterQuery } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { DeadLetterJson, deadLetterJson } from '../openapi/dead-letter-json.ts';
import { jsonType, pageBytes, textOf } from '../bodies/json-text.ts';
import { deadLetterList } from '../query/dead-letter-parameters.ts';
import { linkNext, pageOf } from '../query/page-json.ts';
import { pageSchemas } from '../query/page-parameters.ts';
import { readPage } from '../query/read-page.ts';
import { oneAtATime } from '../requests/one-at-a-time.ts';
import { makePage } from '../requests/page-places.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { problems } from '../openapi/schemas.ts';

const path = '/api/dead-letters';

const schema = {
  operationId: 'findDeadLetters',
  tags: ['dead letters'],
  summary: 'List what could not be stored, and why',
  description:
    'The latest come first, or the oldest with `order=asc`, by (diedAt, id). Follow `nextCursor` or `Link: rel="next"` ' +
    'from page to page. Large parts of a record are left out; `omitted` names them.',
  querystring: Type.Partial(Type.Object({ ...deadLetterList.filter.schemas, ...pageSchemas })),
  response: { 200: textOf(pageOf('DeadLetterPage', DeadLetterJson)), ...problems(400, 401, 403, 503) },
};

/** `GET /api/dead-letters` */
export const getDeadLetters: FastifyPluginCallbackTypebox<{
  findDeadLetters: FindDeadLetters;
  clock: Clock;
}> = (app, { findDeadLetters, clock }, done) => {
  app.get(path, { schema, preHandler: oneAtATime }, async (request, reply) => {
    const parameters = queryParameters(request);
    const { filter, order, limit, after, cursorAfter } = readPage(deadLetterList, parameters, clock);
    const query = DeadLetterQuery.of({
      filter: DeadLetterFilter.of(filter),
      order,
      limit,
      after: after && { diedAt: after.moment, id: after.id },
    });
    const page = await makePage(request, 'page', async () => {
      const { letters, hasMore } = await findDeadLetters(query);
      const last = letters.at(-1);
      const nextCursor =
        hasMore && last !== undefined ? cursorAfter({ moment: last.diedAt, id: last.id }) : null;
      linkNext(reply, path, parameters, nextCursor);
      const pagination = { limit, nextCursor, hasMore };
      return pageBytes(letters, (letter) => JSON.stringify(deadLetterJson(letter)), pagination);
    });
    return reply.code(200).type(jsonType).send(page);
  });
  done();
};
