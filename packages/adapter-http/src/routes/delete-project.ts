import { ProjectJson, projectInPathSchema, projectJson } from '../openapi/project-json.ts';
import { problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { projectInPath } from '../requests/project-in-path.ts';
import { refuseBody } from '../bodies/json-body.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'eraseProject',
  tags: ['projects'],
  summary: 'Erase a project',
  description:
    'Erases everything that the service received for the project until this request: its activities, also those that still wait on the log, ' +
    'its dead letters and its retention. The response is 202, because the work is done in the background: the project has `erasing` in ' +
    'the list until it is done. You can send the request again after a 503 or a lost response. Activities that are logged later are kept. The path names the project, not `X-Project`.',
  params: projectInPathSchema,
  response: { 202: ProjectJson, ...problems(400, 401, 403, 503) },
};

// Some clients send `Content-Type: application/json` with every request.
const config = { scope: 'erase', needsOperator: true, optionalBody: true } as const;

export const deleteProject: Route<'eraseProject'> = (app, { eraseProject }) => {
  app.delete(
    '/api/projects/:id',
    { schema, config, onRequest: refuseParameters, preHandler: refuseBody },
    async (request, reply) =>
      reply.code(202).send(projectJson(await eraseProject(request.principal, projectInPath(request.params)))),
  );
};
