import { ActivityFilter, ActivityQuery } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { jsonContentType } from '../bodies/json-text.ts';
import { Activity, problems } from '../openapi/schemas.ts';
import { activityList } from '../query/activity-parameters.ts';
import { pageBody, pageResponseSchema } from '../bodies/page-body.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { pageSchemas, readPage } from '../query/read-page.ts';
import { makePage, waitForPrevious } from '../requests/page-limits.ts';
import { timeSearch } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'findActivities',
  tags: ['activities'],
  summary: 'Find activities',
  description:
    'The newest come first, or the oldest with `order=asc`, by (createdAt, id). An activity must match every filter, and any value of a ' +
    'repeated filter. Follow `nextCursor` or `Link: rel="next"` to the next page: no activity is skipped or repeated. A page of more than ' +
    '4 MiB ends before `limit`, so use `nextCursor` to see whether more follow.',
  querystring: Type.Partial(Type.Object({ ...activityList.filter.schemas, ...pageSchemas })),
  response: { 200: pageResponseSchema('ActivityPage', Activity), ...problems(400, 401, 403, 503) },
};

const config = { scope: 'read', projects: 'readable' } as const;

export const getLogs: Route<'findActivities' | 'clock'> = (app, { findActivities, clock }) => {
  app.get('/api/logs', { schema, config, preHandler: waitForPrevious }, async (request, reply) => {
    const page = readPage(activityList, request.project, queryParameters(request), clock);
    const { order, limit, after } = page;
    const query = ActivityQuery.of({
      filter: ActivityFilter.of({ project: request.project, ...page.filter }),
      order,
      limit,
      after: after && { createdAt: after.moment, id: after.id },
    });
    const kind = query.filter.metadata.length > 0 ? 'search' : 'page';
    const body = await makePage(request, kind, async () => {
      const { activities, hasMore } = await timeSearch(request, () =>
        findActivities(request.principal, query),
      );
      return pageBody(reply, page, activities, hasMore);
    });
    return reply.code(200).type(jsonContentType).send(body);
  });
};
