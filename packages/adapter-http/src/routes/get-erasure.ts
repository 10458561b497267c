import { Type } from '@sinclair/typebox';
import { ErasureId, unlessBroken } from '@user-activity/domain';
import { ErasureIdText, ErasureJson } from '../openapi/erasure-json.ts';
import { notFound, problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { Problem } from '../requests/problem.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'findErasure',
  tags: ['erasures'],
  summary: 'Ask how far an erasure is',
  description:
    'Gives the state of an erasure of a user in the project. The service keeps it for good. Once it is done, it is kept without the id of the user. A 404 right after ' +
    'the 202 can mean that the request is on the log but not recorded yet: ask again.',
  params: Type.Object({ id: ErasureIdText }),
  response: {
    200: ErasureJson,
    ...problems(400, 401, 403, 503),
    ...notFound('There is no such erasure in the project.'),
  },
};

const config = { scope: 'erase' } as const;

export const getErasure: Route<'findErasure'> = (app, { findErasure }) => {
  app.get('/api/erasures/:id', { schema, config, onRequest: refuseParameters }, async (request, reply) => {
    const id = unlessBroken(() => ErasureId.parse(request.params.id));
    const { project } = request;
    const progress = id === undefined ? undefined : await findErasure({ project, id });
    if (progress === undefined) throw new Problem(404, 'There is no such erasure in the project.');
    return reply.code(200).header('cache-control', 'no-store').send(progress);
  });
};
