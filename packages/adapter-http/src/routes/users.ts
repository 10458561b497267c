import { Type } from '@sinclair/typebox';
import { ErasureId, ErasureMode, unlessBroken, UserId } from '@user-activity/domain';
import { refuseBody } from '../bodies/json-body.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { erasureIdSchema, erasureSchema } from '../openapi/erasure-json.ts';
import { notFoundResponse, problemResponses, userIdSchema } from '../openapi/schemas.ts';
import { type Parameter, ParameterReader } from '../query/parameter-reader.ts';
import { parseQueryParameters, refuseParameters } from '../query/query-parameters.ts';
import { parseInPath } from '../requests/parse-in-path.ts';
import { Problem } from '../requests/problem.ts';
import type { AddRoute, Route } from '../requests/route.ts';

const modeParameter: Parameter<ErasureMode> = {
  name: 'mode',
  schema: Type.Union([Type.Literal('erase'), Type.Literal('anonymise')], {
    default: ErasureMode.default,
    description:
      '`erase` removes the activities. `anonymise` removes only their metadata, and replaces the user id with a digest that is made with a secret ' +
      'key, so that counts stay the same. `anonymise` needs `ANONYMISATION_KEY`.',
  }),
  parse: (raw) => ErasureMode.parse(raw),
};

const eraseUserSchema = {
  operationId: 'eraseUser',
  tags: ['erasures'],
  summary: 'Erase a user',
  description:
    'Erases everything that the service received for the user in the project until this request: the activities, including those that still wait ' +
    'on the log, and the dead letters. Answers 202 once the log holds the request. The log keeps the request in order with the activities of the user, so ' +
    'activities that are logged later are kept. `GET /api/erasures/{id}` shows the progress. You can send the request again after a ' +
    '503 or a lost response. What is erased stays erased when the log is read again or dead letters are replayed.',
  params: Type.Object({ userId: userIdSchema }),
  querystring: Type.Object({ [modeParameter.name]: Type.Optional(modeParameter.schema) }),
  response: {
    202: namedSchema(
      'ErasureReceipt',
      Type.Object(
        { id: erasureIdSchema, status: Type.Literal('accepted') },
        {
          headers: {
            Location: Type.String({ description: 'The path that shows the progress of the erasure.' }),
          },
        },
      ),
    ),
    ...problemResponses(400, 401, 403, 503),
  },
};

// Some clients send `Content-Type: application/json` with every request.
const eraseUserConfig = { scope: 'erase', optionalBody: true } as const;

const deleteUser: Route<'eraseUser'> = (app, { eraseUser }) => {
  app.delete(
    '/api/users/:userId/logs',
    { schema: eraseUserSchema, config: eraseUserConfig, preHandler: refuseBody },
    async (request, reply) => {
      const reader = new ParameterReader(parseQueryParameters(request), [modeParameter.name]);
      const mode = reader.one(modeParameter) ?? ErasureMode.default;
      reader.assertNoViolations();
      const { principal, project, params } = request;
      const { id } = await eraseUser(principal, { project, userId: userInPath(params), mode });
      return reply.code(202).header('location', `/api/erasures/${id}`).send({ id, status: 'accepted' });
    },
  );
};

const userInPath = ({ userId }: { readonly userId: string }): UserId =>
  parseInPath(userId, { name: 'userId', noun: 'The user id', parse: (text) => UserId.parse(text) });

const findErasureSchema = {
  operationId: 'findErasure',
  tags: ['erasures'],
  summary: 'Get the progress of an erasure',
  description:
    'The service keeps the state of an erasure permanently, but removes the id of the user once the erasure is done. A 404 right after ' +
    'the 202 can mean that the request is on the log but not recorded yet: send the request again.',
  params: Type.Object({ id: erasureIdSchema }),
  response: {
    200: erasureSchema,
    ...problemResponses(400, 401, 403, 503),
    ...notFoundResponse('There is no such erasure in the project.'),
  },
};

const findErasureConfig = { scope: 'erase' } as const;

const getErasure: Route<'findErasure'> = (app, { findErasure }) => {
  app.get(
    '/api/erasures/:id',
    { schema: findErasureSchema, config: findErasureConfig, onRequest: refuseParameters },
    async (request, reply) => {
      const id = unlessBroken(() => ErasureId.parse(request.params.id));
      const { project } = request;
      const progress = id === undefined ? undefined : await findErasure({ project, id });
      if (progress === undefined) throw new Problem(404, 'There is no such erasure in the project.');
      return reply.code(200).header('cache-control', 'no-store').send(progress);
    },
  );
};

/** The routes that erase users. */
export const userRoutes: readonly AddRoute[] = [deleteUser, getErasure];
