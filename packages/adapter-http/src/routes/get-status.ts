import type { FindStatus } from '@user-activity/application';
import { ActivityId, unlessBroken } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { StatusJson, statusDescription } from '../openapi/outcome-json.ts';
import { noSuchPath } from '../requests/error-handling.ts';
import { Problem } from '../requests/problem.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { problems } from '../openapi/schemas.ts';

const schema = {
  operationId: 'findStatus',
  tags: ['activities'],
  summary: 'Ask what became of an activity',
  description: `${statusDescription}.`,
  params: Type.Object({ id: Type.String({ description: 'The id of the activity.' }) }),
  response: { 200: StatusJson, ...problems(400, 401, 403, 404, 503) },
};

/** `GET /api/logs/{id}/status` */
export const getStatus: FastifyPluginCallbackTypebox<{ findStatus: FindStatus }> = (
  app,
  { findStatus },
  done,
) => {
  app.get('/api/logs/:id/status', { schema, onRequest: refuseParameters }, async (request, reply) => {
    // A path with two slashes has an empty id.
    if (request.params.id === '') throw noSuchPath();
    const id = unlessBroken(() => ActivityId.parse(request.params.id));
    // Nothing can ever be known of it.
    if (id === undefined)
      throw new Problem(
        404,
        'No activity can have that id: it must be 1-128 printable ASCII characters, and no word such as `count`.',
      );
    return reply.code(200).send({ id, status: await findStatus(id) });
  });
  done();
};
