import { Type } from '@sinclair/typebox';
import { namedSchema } from '../openapi/component-schemas.ts';
import { KeyJson, keyJson } from '../openapi/key-json.ts';
import { problems } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import type { Route } from '../requests/route.ts';

const schema = {
  operationId: 'findKeys',
  tags: ['keys'],
  summary: 'List API keys',
  description:
    'Lists the keys of the project, the oldest first, without their secrets. Operators that do not send `X-Project` get the keys of all ' +
    'projects. Keys that were revoked or have expired are listed until they make room for others.',
  response: {
    200: namedSchema('KeyList', Type.Object({ data: Type.Array(KeyJson) })),
    ...problems(400, 401, 403, 503),
  },
};

export const getKeys: Route<'findKeys' | 'clock'> = (app, { findKeys, clock }) => {
  app.get(
    '/api/keys',
    { schema, config: { scope: 'admin' }, onRequest: refuseParameters },
    async (request, reply) => {
      const keys = await findKeys(request.principal, request.namedProject);
      const now = clock.now();
      return reply
        .code(200)
        .header('cache-control', 'no-store')
        .send({ data: keys.map((key) => keyJson(key, now)) });
    },
  );
};
