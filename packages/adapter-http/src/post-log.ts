import type { LogActivity } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { idempotencyKey, identified } from './idempotency-key.ts';
import { bodyOf } from './json-body.ts';
import { refuseParameters } from './query-parameters.ts';
import { Draft, IdText, problems } from './schemas.ts';

const schema = {
  operationId: 'logActivity',
  tags: ['activities'],
  summary: 'Log one activity',
  description:
    'Answers 202 only after the log holds it durably. Sending it again under the same id stores it once.',
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        pattern: '^"?(?!(?:\\.+|count|stats|export|stream|batch)"?$)[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,128}"?$',
        description: 'The id when the body has none; bare or quoted. Both and unequal: 422.',
        examples: ['0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
      }),
    ),
  }),
  body: Draft,
  response: {
    202: Type.Object(
      { id: IdText, status: Type.Literal('accepted') },
      {
        description: 'The log holds it. `Location` is where it will be.',
        headers: {
          Location: Type.String({
            description: 'Where it will be, percent-encoded (RFC 9110, section 10.2.2).',
            examples: ['/api/logs/0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10'],
          }),
        },
      },
    ),
    ...problems(400, 401, 413, 415, 422, 503),
  },
};

/** `POST /api/logs` */
export const postLog: FastifyPluginCallbackTypebox<{ logActivity: LogActivity }> = (
  app,
  { logActivity },
  done,
) => {
  app.post('/api/logs', { schema, onRequest: refuseParameters }, async (request, reply) => {
    const id = await logActivity(identified(bodyOf(request), idempotencyKey(request.headers)));
    return reply
      .code(202)
      .header('location', `/api/logs/${encodeURIComponent(id)}`)
      .send({ id, status: 'accepted' });
  });
  done();
};
