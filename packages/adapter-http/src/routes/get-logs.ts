import type { FindActivities } from '@user-activity/application';
import { ActivityFilter, ActivityQuery, type Clock } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { activityList } from '../query/activity-parameters.ts';
import { jsonType, pageBytes, textOf } from '../bodies/json-text.ts';
import { linkNext, pageOf } from '../query/page-json.ts';
import { pageSchemas } from '../query/page-parameters.ts';
import { readPage } from '../query/read-page.ts';
import { oneAtATime } from '../requests/one-at-a-time.ts';
import { makePage } from '../requests/page-places.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { Activity, problems } from '../openapi/schemas.ts';

const schema = {
  operationId: 'findActivities',
  tags: ['activities'],
  summary: 'Find activities',
  description:
    'Newest first, or oldest first with `order=asc`, by (createdAt, id). Different filters are AND, repeated values of one ' +
    'are OR. Follow `nextCursor` or `Link: rel="next"` from page to page; a walk neither skips nor repeats. A page ends ' +
    'before `limit` where it would take more than 4 MiB: only `nextCursor` tells whether more follows.',
  querystring: Type.Partial(Type.Object({ ...activityList.filter.schemas, ...pageSchemas })),
  response: { 200: textOf(pageOf('ActivityPage', Activity)), ...problems(400, 401, 403, 503) },
};

/** `GET /api/logs` */
export const getLogs: FastifyPluginCallbackTypebox<{ findActivities: FindActivities; clock: Clock }> = (
  app,
  { findActivities, clock },
  done,
) => {
  app.get('/api/logs', { schema, preHandler: oneAtATime }, async (request, reply) => {
    const parameters = queryParameters(request);
    const { filter, order, limit, after, cursorAfter } = readPage(activityList, parameters, clock);
    const query = ActivityQuery.of({
      filter: ActivityFilter.of(filter),
      order,
      limit,
      after: after && { createdAt: after.moment, id: after.id },
    });
    const kind = query.filter.metadata.length > 0 ? 'search' : 'page';
    const page = await makePage(request, kind, async () => {
      const { activities, hasMore } = await findActivities(query);
      const last = activities.at(-1);
      const nextCursor =
        hasMore && last !== undefined ? cursorAfter({ moment: last.createdAt, id: last.id }) : null;
      linkNext(reply, '/api/logs', parameters, nextCursor);
      const pagination = { limit, nextCursor, hasMore };
      return pageBytes(activities, (activity) => activity.toText(), pagination);
    });
    return reply.code(200).type(jsonType).send(page);
  });
  done();
};
