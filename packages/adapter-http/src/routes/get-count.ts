import { Type } from '@sinclair/typebox';
import { namedSchema } from '../openapi/component-schemas.ts';
import { activityFilter, readActivityFilter } from '../query/activity-parameters.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { problems } from '../openapi/schemas.ts';
import { timeSearch } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'countActivities',
  tags: ['activities'],
  summary: 'Count activities',
  description: 'The exact number of activities that match a filter of `GET /api/logs`.',
  querystring: Type.Partial(Type.Object(activityFilter.schemas)),
  response: {
    200: namedSchema(
      'ActivityCount',
      Type.Object({ count: Type.Integer({ format: 'int64', minimum: 0, examples: [1042] }) }),
    ),
    ...problems(400, 401, 403, 503),
  },
};

export const getCount: Route<'countActivities' | 'clock'> = (app, { countActivities, clock }) => {
  app.get(
    '/api/logs/count',
    { schema, config: { scope: 'read', projects: 'readable' } },
    async (request, reply) => {
      const filter = readActivityFilter(request.project, queryParameters(request), clock.now());
      const count = await timeSearch(request, () => countActivities(request.principal, filter));
      return reply.code(200).send({ count });
    },
  );
};
