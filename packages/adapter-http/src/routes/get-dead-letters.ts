import { DeadLetterFilter, DeadLetterQuery } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { jsonContentType } from '../bodies/json-text.ts';
import { DeadLetterJson } from '../openapi/dead-letter-json.ts';
import { problems } from '../openapi/schemas.ts';
import { deadLetterList } from '../query/dead-letter-parameters.ts';
import { pageBody, pageResponseSchema } from '../bodies/page-body.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { pageSchemas, readPage } from '../query/read-page.ts';
import { makePage, waitForPrevious } from '../requests/page-limits.ts';
import { timeSearch } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'findDeadLetters',
  tags: ['dead letters'],
  summary: 'List the records that could not be stored, with the reasons',
  description:
    'The newest come first, or the oldest with `order=asc`, by (diedAt, id). Follow `nextCursor` or `Link: rel="next"` to the next ' +
    'page. Large parts of a record are left out; `omitted` names them.',
  querystring: Type.Partial(Type.Object({ ...deadLetterList.filter.schemas, ...pageSchemas })),
  response: { 200: pageResponseSchema('DeadLetterPage', DeadLetterJson), ...problems(400, 401, 403, 503) },
};

const config = { scope: 'dead-letters', projects: 'readable' } as const;

export const getDeadLetters: Route<'findDeadLetters' | 'clock'> = (app, { findDeadLetters, clock }) => {
  app.get('/api/dead-letters', { schema, config, preHandler: waitForPrevious }, async (request, reply) => {
    const page = readPage(deadLetterList, request.project, queryParameters(request), clock);
    const { order, limit, after } = page;
    const query = DeadLetterQuery.of({
      filter: DeadLetterFilter.of({ project: request.project, ...page.filter }),
      order,
      limit,
      after: after && { diedAt: after.moment, id: after.id },
    });
    const body = await makePage(request, 'page', async () => {
      const { letters, hasMore } = await timeSearch(request, () => findDeadLetters(request.principal, query));
      return pageBody(reply, page, letters, hasMore);
    });
    return reply.code(200).type(jsonContentType).send(body);
  });
};
