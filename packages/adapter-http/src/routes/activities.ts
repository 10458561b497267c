import { Type } from '@sinclair/typebox';
import {
  ActivityFilter,
  ActivityId,
  ActivityQuery,
  unlessBroken,
  maxKeys,
  maxSeries,
  maxTimeLines,
} from '@user-activity/domain';
import { jsonContentType, jsonTextSchema } from '../bodies/json-text.ts';
import { makePageBody, pageResponseSchema } from '../bodies/page-body.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { statusDescription, statusSchema } from '../openapi/outcome-json.ts';
import { activitySchema, exampleId, problemResponses } from '../openapi/schemas.ts';
import { activityFilterReader, activityList, readActivityFilter } from '../query/activity-parameters.ts';
import { parseQueryParameters, refuseParameters } from '../query/query-parameters.ts';
import { pageParameterSchemas, readPage } from '../query/read-page.ts';
import { byParameter, readStatsQuery, timeZoneParameter, unitNameOf } from '../query/stats-parameters.ts';
import { makePage, waitForPrevious } from '../requests/page-limits.ts';
import { unknownPathProblem } from '../requests/error-handling.ts';
import { Problem } from '../requests/problem.ts';
import { runLimitedSearch } from '../requests/request-usage.ts';
import type { AddRoute, Route } from '../requests/route.ts';

// The service's own activities, in `_system`, can be queried too.
const config = { scope: 'read', projects: 'readable' } as const;

const findActivitiesSchema = {
  operationId: 'findActivities',
  tags: ['activities'],
  summary: 'Find activities',
  description:
    'The newest come first, or the oldest with `order=asc`, by (createdAt, id). An activity must match every filter, and any value of a ' +
    'repeated filter. Follow `nextCursor` or `Link: rel="next"` to the next page: no activity is skipped or repeated. A page may ' +
    'have fewer activities than `limit`, because it has at most 4 MiB. So use `nextCursor` to see whether more activities follow.',
  querystring: Type.Partial(Type.Object({ ...activityList.filter.schemas, ...pageParameterSchemas })),
  response: {
    200: pageResponseSchema('ActivityPage', activitySchema),
    ...problemResponses(400, 401, 403, 503),
  },
};

const getLogs: Route<'findActivities' | 'clock'> = (app, { findActivities, clock }) => {
  app.get(
    '/api/logs',
    { schema: findActivitiesSchema, config, preHandler: waitForPrevious },
    async (request, reply) => {
      const page = readPage(activityList, request.project, parseQueryParameters(request), clock);
      const { order, limit, after } = page;
      const query = ActivityQuery.of({
        filter: ActivityFilter.of({ project: request.project, ...page.filter }),
        order,
        limit,
        after: after && { createdAt: after.moment, id: after.id },
      });
      const kind = query.filter.metadata.length > 0 ? 'search' : 'page';
      const body = await makePage(request, kind, async () => {
        const { activities, hasMore } = await runLimitedSearch(request, () =>
          findActivities(request.principal, query),
        );
        return makePageBody(reply, page, activities, hasMore);
      });
      return reply.code(200).type(jsonContentType).send(body);
    },
  );
};

const countActivitiesSchema = {
  operationId: 'countActivities',
  tags: ['activities'],
  summary: 'Count activities',
  description: 'The exact number of activities that match a filter of `GET /api/logs`.',
  querystring: Type.Partial(Type.Object(activityFilterReader.schemas)),
  response: {
    200: namedSchema(
      'ActivityCount',
      Type.Object({ count: Type.Integer({ format: 'int64', minimum: 0, examples: [1042] }) }),
    ),
    ...problemResponses(400, 401, 403, 503),
  },
};

const getCount: Route<'countActivities' | 'clock'> = (app, { countActivities, clock }) => {
  app.get('/api/logs/count', { schema: countActivitiesSchema, config }, async (request, reply) => {
    const filter = readActivityFilter(request.project, parseQueryParameters(request), clock.now());
    const count = await runLimitedSearch(request, () => countActivities(request.principal, filter));
    return reply.code(200).send({ count });
  });
};

const Stats = Type.Object(
  {
    by: byParameter.schema,
    data: Type.Array(
      namedSchema(
        'StatsLine',
        Type.Object({
          key: Type.String({
            description:
              'The type or the user; the month as `2026-11`; the day as `2026-11-25`; the week as the date of its Monday; the hour or ' +
              'minute as RFC 3339 with the offset of the zone. Before 1972, the offset may have seconds. A year before 0000 or after ' +
              '9999 has six digits and a sign.',
          }),
          type: Type.Optional(
            Type.String({
              description: 'Present only if `by` is a unit of time and `type`, such as `hour,type`.',
            }),
          ),
          userId: Type.Optional(
            Type.String({
              description: 'Present only if `by` is a unit of time and `userId`, such as `hour,userId`.',
            }),
          ),
          count: Type.Integer({ format: 'int64', minimum: 1 }),
        }),
      ),
    ),
  },
  {
    'x-component': 'ActivityStats',
    examples: [
      {
        by: 'hour',
        data: [
          { key: '2026-10-25T02:00:00+02:00', count: 17 },
          { key: '2026-10-25T02:00:00+01:00', count: 4 },
        ],
      },
      {
        by: 'day,type',
        data: [
          { key: '2026-11-24', type: 'LOGIN', count: 31 },
          { key: '2026-11-24', type: 'LOGOUT', count: 22 },
          { key: '2026-11-25', type: 'LOGIN', count: 35 },
        ],
      },
      {
        by: 'type',
        data: [
          { key: 'LOGIN', count: 128 },
          { key: 'LOGOUT', count: 97 },
        ],
      },
    ],
  },
);

const { properties: optionalParameters } = Type.Partial(
  Type.Object({ [timeZoneParameter.name]: timeZoneParameter.schema, ...activityFilterReader.schemas }),
);

// `toLocaleString` would load language data at each start, which takes 10 ms.
const withCommas = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');

const activityStatsSchema = {
  operationId: 'activityStats',
  tags: ['activities'],
  summary: 'Count activities by type, user or time',
  description:
    'Types and users are sorted by count, from the highest to the lowest. Those with the same count are sorted by code points. ' +
    `If there are more than ${withCommas(maxKeys)} types or users, the response is 400. ` +
    'Units of time follow the local time of `timezone`, and are sorted from the earliest to the latest. ' +
    `If more than ${withCommas(maxTimeLines)} units of time have an activity, the response is 400. ` +
    'With a unit of time and a field, such as `hour,type`, each unit of time has one line for each type or user that it contains, sorted by code points. ' +
    `If there are more than ${withCommas(maxTimeLines)} lines in all, or more than ${maxSeries} types or users, the response is 400. ` +
    'Units of time without an activity are left out. At the end of summer time, the hour that the clock shows twice counts as two units.',
  querystring: Type.Object({ [byParameter.name]: byParameter.schema, ...optionalParameters }),
  response: { 200: Stats, ...problemResponses(400, 401, 403, 503) },
};

const getStats: Route<'activityStats' | 'clock'> = (app, { activityStats, clock }) => {
  app.get('/api/logs/stats', { schema: activityStatsSchema, config }, async (request, reply) => {
    const query = readStatsQuery(request.project, parseQueryParameters(request), clock.now());
    const stats = await runLimitedSearch(request, () => activityStats(request.principal, query));
    return reply.code(200).send({ by: unitNameOf(query), data: [...stats] });
  });
};

const findActivitySchema = {
  operationId: 'findActivity',
  tags: ['activities'],
  summary: 'Get one activity',
  description: 'After a 202, the activity may not be stored yet. Until then, the response is 404.',
  params: Type.Object({
    id: Type.String({ description: 'The id of the activity.', examples: [exampleId] }),
  }),
  response: { 200: jsonTextSchema(activitySchema), ...problemResponses(400, 401, 403, 404, 503) },
};

const getLog: Route<'findActivity'> = (app, { findActivity }) => {
  app.get(
    '/api/logs/:id',
    { schema: findActivitySchema, config, onRequest: refuseParameters },
    async (request, reply) => {
      const id = idInPath(request.params);
      const { principal, project } = request;
      const activity =
        id === undefined
          ? undefined
          : await runLimitedSearch(request, () => findActivity(principal, { project, id }));
      if (activity === undefined)
        throw new Problem(
          404,
          'No activity with that id is stored. GET /api/logs/{id}/status shows whether a dead letter has the id.',
        );
      return reply.code(200).type(jsonContentType).send(activity.toText());
    },
  );
};

const findStatusSchema = {
  operationId: 'findStatus',
  tags: ['activities'],
  summary: 'Get the status of an activity',
  description: `${statusDescription}.`,
  params: Type.Object({ id: Type.String({ description: 'The id of the activity.' }) }),
  response: { 200: statusSchema, ...problemResponses(400, 401, 403, 404, 503) },
};

const getStatus: Route<'findStatus'> = (app, { findStatus }) => {
  app.get(
    '/api/logs/:id/status',
    { schema: findStatusSchema, config, onRequest: refuseParameters },
    async (request, reply) => {
      const id = idInPath(request.params);
      if (id === undefined)
        throw new Problem(
          404,
          'No activity can have that id: an id has 1-128 printable ASCII characters without spaces, not only dots.',
        );
      const { project } = request;
      const status = await runLimitedSearch(request, () => findStatus({ project, id }));
      return reply.code(200).send({ id, status });
    },
  );
};

/** Returns the id in a path, or undefined if it is invalid. Throws 404 for an empty id, as in `/api/logs//`. */
function idInPath({ id }: { readonly id: string }): ActivityId | undefined {
  if (id === '') throw unknownPathProblem();
  return unlessBroken(() => ActivityId.parse(id));
}

/** The routes that answer questions about activities. */
export const activityRoutes: readonly AddRoute[] = [getLogs, getCount, getStats, getLog, getStatus];
