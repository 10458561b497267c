import { Type } from '@sinclair/typebox';
import { keyInPathSchema } from '../openapi/key-json.ts';
import { notFound, problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { keyInPath, noSuchKey } from '../requests/key-in-path.ts';
import { refuseBody } from '../bodies/json-body.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'revokeKey',
  tags: ['keys'],
  summary: 'Revoke an API key',
  description:
    'Revokes the key for good. Every process of the service refuses it within 5 seconds. You can send the request again.',
  params: keyInPathSchema,
  response: {
    204: Type.Null({ description: 'The key is revoked.' }),
    ...problems(400, 401, 403, 503),
    ...notFound('There is no such key in the project.'),
  },
};

// Some clients send `Content-Type: application/json` with every request.
const config = { scope: 'admin', optionalBody: true } as const;

export const deleteKey: Route<'revokeKey'> = (app, { revokeKey }) => {
  app.delete(
    '/api/keys/:id',
    { schema, config, onRequest: refuseParameters, preHandler: refuseBody },
    async (request, reply) => {
      const id = keyInPath(request.params);
      if ((await revokeKey(request.principal, id, request.namedProject)) === 'absent') throw noSuchKey();
      return reply.code(204).send(null);
    },
  );
};
