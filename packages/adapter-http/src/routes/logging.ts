import { Type } from '@sinclair/typebox';
import type { DraftPortions, KnownOutcome } from '@user-activity/application';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  readBatchOptions,
  batchParametersSchema,
  batchReceiptSchema,
  draftsOf,
  noneAccepted,
  toReceiptJson,
  refuseIdempotencyKey,
} from '../bodies/batch-receipt.ts';
import { idempotencyKeyIn, withKeyAsId } from '../bodies/idempotency-key.ts';
import { bodyOf, utf8Body } from '../bodies/json-body.ts';
import { NdjsonDrafts, parseNdjsonBodies } from '../bodies/ndjson-drafts.ts';
import { parseBodies } from '../bodies/whole-body.ts';
import { responseByOutcome, outcomeResponseSchemas } from '../openapi/outcome-json.ts';
import { reservedPattern } from '../openapi/reserved-ids.ts';
import { draftSchema, problemResponses } from '../openapi/schemas.ts';
import { refuseParameters } from '../query/query-parameters.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { ndjsonTypes } from '../requests/media-types.ts';
import { preferredWaitSeconds, whileWaiting } from '../requests/prefer-wait.ts';
import { rulesBroken } from '../requests/problem.ts';
import { countedItems } from '../requests/request-usage.ts';
import { withOwnParsers } from '../requests/own-parsers.ts';
import type { AddRoute, Route } from '../requests/route.ts';

// An Idempotency-Key is an id, or a quoted id in which a backslash escapes a quote or a backslash.
const invalidIds = String.raw`(?:\.+|${reservedPattern})`;
const quotedPattern = (repetition: string): string =>
  String.raw`"(?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])${repetition}"`;

const logActivitySchema = {
  operationId: 'logActivity',
  tags: ['activities'],
  summary: 'Log one activity',
  description:
    'Answers 202 only after the log holds the activity durably. An activity that is sent twice with the same id is stored once. With ' +
    '`Prefer: wait=10`, the service waits up to 10 seconds for the outcome, and returns it.',
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
  body: draftSchema,
  response: { ...problemResponses(400, 401, 403, 413, 415, 503), ...outcomeResponseSchemas },
};

const postLog: Route<'logActivity' | 'logAndWait'> = (app, { logActivity, logAndWait }) => {
  const bodyLimit = itemBodyLimit(app);
  app.post(
    '/api/logs',
    { schema: logActivitySchema, config: { scope: 'write' }, bodyLimit, onRequest: refuseParameters },
    async (request, reply) => {
      const draft = draftOf(request);
      request.usage?.countItems(1);
      const { sender } = request;
      const seconds =
        request.headers['prefer'] === undefined ? undefined : preferredWaitSeconds(request.headers);
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
  return withKeyAsId(body, idempotencyKeyIn(request.headers));
}

/**
 * Sets the status and the headers of a response, and returns its body. Fastify sends the body, because a call of `send` would cost a second
 * promise.
 */
function answer(reply: FastifyReply, { id, status }: KnownOutcome): KnownOutcome {
  if (status === 'accepted' || status === 'stored')
    reply.header('location', `/api/logs/${encodeURIComponent(id)}`);
  reply.code(responseByOutcome[status].status);
  return { id, status };
}

const examples = [
  { userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } },
  { userId: '123', type: 'LOGOUT', createdAt: '2026-11-24T08:30:00Z' },
];

const logActivitiesSchema = {
  operationId: 'logActivities',
  tags: ['activities'],
  summary: 'Log many activities',
  description:
    'Accepts the valid items and lists the others. Answers 202 only after the log holds all accepted items. If no item is valid, the ' +
    'response is 422. With `atomic=true`, the service refuses all items if one is invalid.',
  querystring: batchParametersSchema,
  body: {
    content: {
      'application/json': {
        schema: Type.Unsafe<unknown>(Type.Array(draftSchema, { minItems: 1, examples: [examples] })),
      },
      // The schema is a string, because tools would send an array as one JSON text and not as lines.
      'application/x-ndjson': {
        schema: Type.Unsafe<unknown>(
          Type.String({
            description:
              'Each line is a `NewActivity` as JSON. Blank lines are ignored, and a line that is not JSON is a rejected item. ' +
              '`application/ndjson` and `application/jsonl` are the same.',
            examples: [examples.map((activity) => `${JSON.stringify(activity)}\n`).join('')],
          }),
        ),
      },
    },
  },
  response: { 202: batchReceiptSchema, ...problemResponses(400, 401, 403, 413, 415, 422, 503) },
};

const postBatch: Route<'logActivities' | 'maxBatchSize'> = (app, { logActivities, maxBatchSize }) => {
  app.removeContentTypeParser('application/json');
  parseBodies(app, 'application/json', (request, body) => utf8Body(request.headers['content-type'], body));
  parseNdjsonBodies(app, maxBatchSize);
  const config = { scope: 'write', mediaTypes: ['application/json', ...ndjsonTypes] } as const;
  app.post('/api/logs/batch', { schema: logActivitiesSchema, config }, async (request, reply) => {
    const options = readBatchOptions(request);
    refuseIdempotencyKey(request, 'In a batch, give each item an id.');
    const receipt = await logActivities(request.sender, draftsIn(request, maxBatchSize), options);
    if (receipt.ids.length === 0)
      throw noneAccepted([{ path: '', message: 'must hold at least one activity' }]);
    reply.code(202);
    return toReceiptJson(receipt);
  });
};

const bodyRule =
  'The body must be a JSON array, or lines of JSON as application/x-ndjson. Send one activity to POST /api/logs.';

function draftsIn(request: FastifyRequest, maxItems: number): DraftPortions {
  const body = bodyOf(request);
  const drafts = body instanceof NdjsonDrafts ? body : draftsOf(request, maxItems, (item) => item, bodyRule);
  return countedItems(request, drafts);
}

/** The routes that log activities. */
export const loggingRoutes: readonly AddRoute[] = [postLog, withOwnParsers(postBatch)];
