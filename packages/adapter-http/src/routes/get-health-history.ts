import { Timestamp } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { namedSchema } from '../openapi/component-schemas.ts';
import { problemResponses } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import type { Route } from '../requests/route.ts';

const count = (description: string) =>
  Type.Optional(Type.Integer({ format: 'int64', minimum: 0, description }));
const milliseconds = (description: string) => Type.Number({ minimum: 0, description, examples: [12.5] });

const HealthHistory = namedSchema(
  'HealthHistory',
  Type.Object({
    data: Type.Array(
      namedSchema(
        'HealthPoint',
        Type.Object({
          at: Type.String({
            format: 'date-time',
            description: 'When the minute began.',
            examples: ['2026-11-25T08:30:00.000Z'],
          }),
          seconds: Type.Number({
            minimum: 0,
            description:
              'The number of seconds that the point covers: about 60, and fewer for the last point, whose minute is not over yet.',
            examples: [60.001],
          }),
          accepted: count('Activities that the log confirmed.'),
          stored: count(
            'Activities that this process stored, including those that the service logs about itself, in `_system`.',
          ),
          deadLettered: count('Dead letters that this process added.'),
          handled: count(
            'Records that all consumers handled: stored, found to be already stored, or added to the dead letters. Present only if the process has no consumer.',
          ),
          lag: count(
            'Records that were not handled at the end of the minute, in the partitions of this process. If the process has no consumer: in all partitions.',
          ),
          storedAfterMs: Type.Optional(
            Type.Object(
              { p50: milliseconds('The median.'), p99: milliseconds('The 99th percentile.') },
              {
                description:
                  'Time from the acceptance of an activity until it was stored, in milliseconds. Absent if no activity was stored.',
              },
            ),
          ),
        }),
      ),
      { description: 'The earliest minute first.', maxItems: 60 },
    ),
  }),
);

const schema = {
  operationId: 'healthHistory',
  tags: ['health'],
  summary: 'What this process measured in the last hour',
  description:
    'One point for each minute, 60 at most. A member is absent if the process does not measure it, or cannot measure it at the time. For example, `lag` is absent while the log does not answer. An API without a consumer stores nothing itself, and ' +
    'its `handled` counts the records of the whole consumer group. A consumer accepts nothing. Each process has its own history, which ends with it. Use `/metrics` for all processes together, and for longer times.',
  response: { 200: HealthHistory, ...problemResponses(400, 401, 403, 503) },
};

export const getHealthHistory: Route<'readHistory'> = (app, { readHistory }) => {
  app.get(
    '/api/health/history',
    { schema, config: { scope: 'metrics', projects: 'none' }, onRequest: refuseParameters },
    async (_request, reply) => {
      const points = await readHistory();
      const data = points.map(({ at, ...measured }) => ({ at: Timestamp.toISO(at), ...measured }));
      return reply.code(200).header('cache-control', 'no-store').send({ data });
    },
  );
};
