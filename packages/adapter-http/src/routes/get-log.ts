import type { FindActivity } from '@user-activity/application';
import { ActivityId, unlessBroken } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { noSuchPath } from '../requests/error-handling.ts';
import { Problem } from '../requests/problem.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { jsonType, textOf } from '../bodies/json-text.ts';
import { Activity, problems } from '../openapi/schemas.ts';

const schema = {
  operationId: 'findActivity',
  tags: ['activities'],
  summary: 'Get one activity',
  description: 'One that was answered 202 a moment ago may not be stored yet: 404 until then.',
  params: Type.Object({
    id: Type.String({
      description: 'The id of the activity.',
      examples: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
    }),
  }),
  response: { 200: textOf(Activity), ...problems(400, 401, 403, 404, 503) },
};

/** `GET /api/logs/{id}` */
export const getLog: FastifyPluginCallbackTypebox<{ findActivity: FindActivity }> = (
  app,
  { findActivity },
  done,
) => {
  app.get('/api/logs/:id', { schema, onRequest: refuseParameters }, async (request, reply) => {
    // A path with two slashes at its end has an empty id.
    if (request.params.id === '') throw noSuchPath();
    // Nothing can be stored under what is no id.
    const id = unlessBroken(() => ActivityId.parse(request.params.id));
    const activity = id === undefined ? undefined : await findActivity(id);
    if (activity === undefined)
      throw new Problem(
        404,
        'No activity of that id is stored. GET /api/logs/{id}/status tells whether it is a dead letter.',
      );
    return reply.code(200).type(jsonType).send(activity.toText());
  });
  done();
};
