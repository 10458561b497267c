import type { KnownOutcome } from '@user-activity/application';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { idempotencyKey, withKeyAsId } from '../bodies/idempotency-key.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { bodyOf } from '../bodies/json-body.ts';
import { outcomeAnswers, outcomeSchemas } from '../openapi/outcome-json.ts';
import { preferredWait, whileWaiting } from '../requests/prefer-wait.ts';
import { rulesBroken } from '../requests/problem.ts';
import type { Route } from '../requests/route.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { reservedPattern } from '../openapi/reserved-ids.ts';
import { Draft, problems } from '../openapi/schemas.ts';

// An Idempotency-Key is an id, or a quoted id in which a backslash escapes a quote or a backslash.
const invalidIds = String.raw`(?:\.+|${reservedPattern})`;
const quotedPattern = (repetition: string): string =>
  String.raw`"(?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])${repetition}"`;

const schema = {
  operationId: 'logActivity',
  tags: ['activities'],
  summary: 'Log one activity',
  description:
    'Answers 202 only after the log holds the activity durably. An activity that is sent twice with the same id is stored once. With ' +
    '`Prefer: wait=10` the service waits up to 10 seconds, and answers with the outcome.',
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        pattern: `^(?:(?!${quotedPattern('*')}$)(?!${invalidIds}$|pk\\.)[\\x21-\\x7e]{1,128}|(?!"(?:${invalidIds}"$|pk\\.))${quotedPattern('{1,128}')})$`,
        // There is no example, because the documentation page would send it with every request.
        description:
          'The id of the activity, bare or quoted. If the body has another id, the response is 422.',
      }),
    ),
    prefer: Type.Optional(
      Type.String({
        description:
          'RFC 7240. With `wait=N`, the service waits up to N seconds for the outcome, at most 30. Other preferences are ignored.',
        examples: ['wait=10'],
      }),
    ),
  }),
  body: Draft,
  response: { ...problems(400, 401, 403, 413, 415, 503), ...outcomeSchemas },
};

export const postLog: Route<'logActivity' | 'logAndWait'> = (app, { logActivity, logAndWait }) => {
  const bodyLimit = itemBodyLimit(app);
  app.post(
    '/api/logs',
    { schema, config: { scope: 'write' }, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const draft = draftOf(request);
      request.usage?.countItems(1);
      const { sender } = request;
      const seconds = request.headers['prefer'] === undefined ? undefined : preferredWait(request.headers);
      if (seconds === undefined)
        return answer(reply, { id: await logActivity(sender, draft), status: 'accepted' });
      const outcome = await whileWaiting(reply, seconds, (signal) => logAndWait(sender, draft, signal));
      reply.header('preference-applied', `wait=${seconds}`);
      return answer(reply, outcome);
    },
  );
};

function draftOf(request: FastifyRequest): unknown {
  const body = bodyOf(request);
  if (Array.isArray(body))
    throw rulesBroken('The body must be one activity. Send an array of them to POST /api/logs/batch.', [
      { path: '', message: 'must be a JSON object' },
    ]);
  return withKeyAsId(body, idempotencyKey(request.headers));
}

/** Sets the status and the headers of a response. Returns its body, which Fastify sends: a call of `send` would cost a second promise. */
function answer(reply: FastifyReply, { id, status }: KnownOutcome): KnownOutcome {
  if (status === 'accepted' || status === 'stored')
    reply.header('location', `/api/logs/${encodeURIComponent(id)}`);
  reply.code(outcomeAnswers[status].status);
  return { id, status };
}
