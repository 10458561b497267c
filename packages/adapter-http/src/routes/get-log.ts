import { Type } from '@sinclair/typebox';
import { jsonContentType, jsonTextSchema } from '../bodies/json-text.ts';
import { Activity, exampleId, problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { Problem } from '../requests/problem.ts';
import { timeSearch } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';
import { idInPath } from './id-in-path.ts';

const schema = {
  operationId: 'findActivity',
  tags: ['activities'],
  summary: 'Get one activity',
  description: 'After a 202, the activity may not be stored yet. Until then, the response is 404.',
  params: Type.Object({
    id: Type.String({ description: 'The id of the activity.', examples: [exampleId] }),
  }),
  response: { 200: jsonTextSchema(Activity), ...problems(400, 401, 403, 404, 503) },
};

const config = { scope: 'read', projects: 'readable' } as const;

export const getLog: Route<'findActivity'> = (app, { findActivity }) => {
  app.get('/api/logs/:id', { schema, config, onRequest: refuseParameters }, async (request, reply) => {
    const id = idInPath(request.params);
    const { principal, project } = request;
    const activity =
      id === undefined
        ? undefined
        : await timeSearch(request, () => findActivity(principal, { project, id }));
    if (activity === undefined)
      throw new Problem(
        404,
        'No activity with that id is stored. GET /api/logs/{id}/status shows whether a dead letter has the id.',
      );
    return reply.code(200).type(jsonContentType).send(activity.toText());
  });
};
