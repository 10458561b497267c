import type { KnownOutcome, LogActivity, LogAndWait } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { idempotencyKey, identified } from '../bodies/idempotency-key.ts';
import { itemBodyLimit } from '../requests/item-size.ts';
import { bodyOf } from '../bodies/json-body.ts';
import { outcomeAnswers, outcomeSchemas } from '../openapi/outcome-json.ts';
import { preferredWait } from '../requests/prefer-wait.ts';
import { Problem } from '../requests/problem.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { reservedPattern } from '../openapi/reserved-ids.ts';
import { Draft, problems } from '../openapi/schemas.ts';
import { whileWaiting } from '../requests/while-waiting.ts';

// An id, bare or as a quoted string in which a backslash makes a quote or a backslash plain.
const words = String.raw`(?:\.+|${reservedPattern})`;
const quoted = (many: string): string => String.raw`"(?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])${many}"`;

const schema = {
  operationId: 'logActivity',
  tags: ['activities'],
  summary: 'Log one activity',
  description:
    'Answers 202 only after the log holds it durably. Sending it again under the same id stores it once. With `Prefer: wait=10` ' +
    'it waits up to so many seconds for what becomes of it, and answers that.',
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        pattern: `^(?:(?!${quoted('*')}$)(?!${words}$)[\\x21-\\x7e]{1,128}|(?!"${words}"$)${quoted('{1,128}')})$`,
        // No example: the page of the documentation would send it each time.
        description: 'The id when the body has none; bare or quoted. Both and unequal: 422.',
      }),
    ),
    prefer: Type.Optional(
      Type.String({
        description:
          'RFC 7240. `wait=N` waits up to N seconds, at most 30, until it is known what became of the activity. Other ' +
          'preferences are ignored.',
        examples: ['wait=10'],
      }),
    ),
  }),
  body: Draft,
  response: { ...problems(400, 401, 403, 413, 415, 503), ...outcomeSchemas },
};

/** `POST /api/logs` */
export const postLog: FastifyPluginCallbackTypebox<{ logActivity: LogActivity; logAndWait: LogAndWait }> = (
  app,
  { logActivity, logAndWait },
  done,
) => {
  const bodyLimit = itemBodyLimit(app);
  app.post('/api/logs', { schema, bodyLimit, onRequest: refuseParameters }, async (request, reply) => {
    const draft = draftOf(request);
    const seconds = request.headers['prefer'] === undefined ? undefined : preferredWait(request.headers);
    if (seconds === undefined) return answer(reply, { id: await logActivity(draft), status: 'accepted' });
    const outcome = await whileWaiting(reply, seconds, (until) => logAndWait(draft, until));
    reply.header('preference-applied', `wait=${seconds}`);
    return answer(reply, outcome);
  });
  done();
};

function draftOf(request: FastifyRequest): unknown {
  const body = bodyOf(request);
  if (Array.isArray(body))
    throw new Problem(422, 'The body must be one activity. An array of them goes to POST /api/logs/batch.', {
      errors: [{ path: '', message: 'must be a JSON object' }],
    });
  return identified(body, idempotencyKey(request.headers));
}

function answer(reply: FastifyReply, { id, status }: KnownOutcome): FastifyReply {
  if (status === 'accepted' || status === 'stored')
    reply.header('location', `/api/logs/${encodeURIComponent(id)}`);
  return reply.code(outcomeAnswers[status].status).send({ id, status });
}
