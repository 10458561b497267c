import type { FindActivity } from '@user-activity/application';
import { ActivityId, unlessBroken } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { Problem } from './problem.ts';
import { refuseParameters } from './query-parameters.ts';
import { Activity, problems } from './schemas.ts';

const schema = {
  operationId: 'findActivity',
  tags: ['activities'],
  summary: 'Get one activity',
  params: Type.Object({ id: Type.String() }),
  response: { 200: Activity, ...problems(400, 401, 404, 503) },
};

/** `GET /api/logs/{id}` */
export const getLog: FastifyPluginCallbackTypebox<{ findActivity: FindActivity }> = (
  app,
  { findActivity },
  done,
) => {
  app.get('/api/logs/:id', { schema, onRequest: refuseParameters }, async (request, reply) => {
    // Nothing can be stored under what is no id.
    const id = unlessBroken(() => ActivityId.parse(request.params.id));
    const activity = id === undefined ? undefined : await findActivity(id);
    if (activity === undefined) throw new Problem(404, 'There is no activity of that id.');
    return reply.code(200).send(activity.toJSON());
  });
  done();
};
