import { ActivityFilter, ActivityQuery } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { jsonType } from '../bodies/json-text.ts';
import { Activity, problems } from '../openapi/schemas.ts';
import { activityList } from '../query/activity-parameters.ts';
import { pageBody, pageOf } from '../bodies/page-body.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { pageSchemas, readPage } from '../query/read-page.ts';
import { makePage, oneAtATime } from '../requests/page-places.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'findActivities',
  tags: ['activities'],
  summary: 'Find activities',
  description:
    'Newest first, or oldest first with `order=asc`, by (createdAt, id). Different filters are AND, repeated values of one ' +
    'are OR. Follow `nextCursor` or `Link: rel="next"` from page to page; a walk neither skips nor repeats. A page ends ' +
    'before `limit` where it would take more than 4 MiB: only `nextCursor` tells whether more follows.',
  querystring: Type.Partial(Type.Object({ ...activityList.filter.schemas, ...pageSchemas })),
  response: { 200: pageOf('ActivityPage', Activity), ...problems(400, 401, 403, 503) },
};

export const getLogs: Route<'findActivities' | 'clock'> = (app, { findActivities, clock }) => {
  app.get('/api/logs', { schema, preHandler: oneAtATime }, async (request, reply) => {
    const page = readPage(activityList, queryParameters(request), clock);
    const { order, limit, after } = page;
    const query = ActivityQuery.of({
      filter: ActivityFilter.of(page.filter),
      order,
      limit,
      after: after && { createdAt: after.moment, id: after.id },
    });
    const kind = query.filter.metadata.length > 0 ? 'search' : 'page';
    const body = await makePage(request, kind, async () => {
      const { activities, hasMore } = await findActivities(query);
      return pageBody(reply, page, activities, hasMore);
    });
    return reply.code(200).type(jsonType).send(body);
  });
};
