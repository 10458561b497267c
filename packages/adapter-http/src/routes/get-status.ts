import { Type } from '@sinclair/typebox';
import { StatusJson, statusDescription } from '../openapi/outcome-json.ts';
import { problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { Problem } from '../requests/problem.ts';
import { timeSearch } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';
import { idInPath } from './id-in-path.ts';

const schema = {
  operationId: 'findStatus',
  tags: ['activities'],
  summary: 'Get the status of an activity',
  description: `${statusDescription}.`,
  params: Type.Object({ id: Type.String({ description: 'The id of the activity.' }) }),
  response: { 200: StatusJson, ...problems(400, 401, 403, 404, 503) },
};

const config = { scope: 'read', projects: 'readable' } as const;

export const getStatus: Route<'findStatus'> = (app, { findStatus }) => {
  app.get('/api/logs/:id/status', { schema, config, onRequest: refuseParameters }, async (request, reply) => {
    const id = idInPath(request.params);
    if (id === undefined)
      throw new Problem(
        404,
        'No activity can have that id: an id has 1-128 printable ASCII characters without spaces, not only dots.',
      );
    const { project } = request;
    const status = await timeSearch(request, () => findStatus({ project, id }));
    return reply.code(200).send({ id, status });
  });
};
