import { maxKeys, maxSeries, maxTimeLines } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { namedSchema } from '../openapi/component-schemas.ts';
import { activityFilter } from '../query/activity-parameters.ts';
import { queryParameters } from '../query/query-parameters.ts';
import { by, readStatsQuery, timezone, unitNameOf } from '../query/stats-parameters.ts';
import { problems } from '../openapi/schemas.ts';
import { timeSearch } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';

const Stats = Type.Object(
  {
    by: by.schema,
    data: Type.Array(
      namedSchema(
        'StatsLine',
        Type.Object({
          key: Type.String({
            description:
              'The type or the user; the month as `2026-11`; the day as `2026-11-25`; the week as the date of its Monday; the hour or ' +
              'minute as RFC 3339 with the offset of the zone. An offset before 1972 may have seconds. A year before 0000 or after ' +
              '9999 has six digits and a sign.',
          }),
          type: Type.Optional(Type.String({ description: 'Only if `by` is a unit of time and `type`.' })),
          userId: Type.Optional(Type.String({ description: 'Only if `by` is a unit of time and `userId`.' })),
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
  Type.Object({ [timezone.name]: timezone.schema, ...activityFilter.schemas }),
);

// `toLocaleString` would load data about languages at each start, for 10 ms.
const withCommas = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');

const schema = {
  operationId: 'activityStats',
  tags: ['activities'],
  summary: 'Count activities by type, user or time',
  description:
    `Types and users are sorted by count, the highest first, then by code points. More than ${withCommas(maxKeys)} are a 400. ` +
    `Units of time are those of a clock in \`timezone\`, the earliest first. More than ${withCommas(maxTimeLines)} with an activity are a 400. ` +
    'With two units, such as `hour,type`, each unit of time has a line for each type, in the order of code points; the limit is for all lines, and ' +
    `more than ${maxSeries} types or users are a 400. ` +
    'Units without an activity are left out. The hour that the clock shows twice at the end of summer time is two units.',
  querystring: Type.Object({ [by.name]: by.schema, ...optionalParameters }),
  response: { 200: Stats, ...problems(400, 401, 403, 503) },
};

export const getStats: Route<'activityStats' | 'clock'> = (app, { activityStats, clock }) => {
  app.get(
    '/api/logs/stats',
    { schema, config: { scope: 'read', projects: 'readable' } },
    async (request, reply) => {
      const query = readStatsQuery(request.project, queryParameters(request), clock.now());
      const stats = await timeSearch(request, () => activityStats(request.principal, query));
      return reply.code(200).send({ by: unitNameOf(query), data: [...stats] });
    },
  );
};
