import type { DraftPortions, LogActivities } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from '@sinclair/typebox';
import {
  BatchParameters,
  BatchReceipt,
  batchOptions,
  draftsOf,
  noneAccepted,
  refuseIdempotencyKey,
  receiptJson,
} from '../bodies/batch-receipt.ts';
import { bodyOf, utf8Body } from '../bodies/json-body.ts';
import { linesOfJson } from '../requests/media-types.ts';
import { NdjsonDrafts, parseNdjsonBodies } from '../bodies/ndjson-drafts.ts';
import { Draft, problems } from '../openapi/schemas.ts';
import { parseWhole } from '../bodies/whole-body.ts';

const examples = [
  { userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } },
  { userId: '123', type: 'LOGOUT', createdAt: '2026-11-24T08:30:00Z' },
];

const schema = {
  operationId: 'logActivities',
  tags: ['activities'],
  summary: 'Log many activities',
  description:
    'Each item is judged by itself: those that keep the rules are accepted, the others are listed. Answers 202 only after ' +
    'the log holds all that were accepted. None valid: 422. With `atomic=true` one bad item refuses all.',
  querystring: BatchParameters,
  body: {
    content: {
      'application/json': {
        schema: Type.Unsafe<unknown>(Type.Array(Draft, { minItems: 1, examples: [examples] })),
      },
      // A text: an array, as OpenAPI 3.1 has no other way to tell its items, is shown and sent as an array.
      'application/x-ndjson': {
        schema: Type.Unsafe<unknown>(
          Type.String({
            description:
              'A `NewActivity` as JSON on each line, read as it arrives. Blank lines do not count; a line that is no JSON is a rejected ' +
              'item. Also as `application/ndjson` and `application/jsonl`.',
            examples: [examples.map((activity) => `${JSON.stringify(activity)}\n`).join('')],
          }),
        ),
      },
    },
  },
  response: { 202: BatchReceipt, ...problems(400, 401, 403, 413, 415, 422, 503) },
};

/** `POST /api/logs/batch` */
export const postBatch: FastifyPluginCallbackTypebox<{
  logActivities: LogActivities;
  maxBatchSize: number;
}> = (app, { logActivities, maxBatchSize }, done) => {
  app.removeContentTypeParser('application/json');
  parseWhole(app, 'application/json', (request, body) => utf8Body(request.headers['content-type'], body));
  parseNdjsonBodies(app, maxBatchSize);
  const config = { mediaTypes: ['application/json', ...linesOfJson] };
  app.post('/api/logs/batch', { schema, config }, async (request, reply) => {
    const options = batchOptions(request);
    refuseIdempotencyKey(request, 'In a batch, give each item an id.');
    const receipt = await logActivities(draftsIn(request, maxBatchSize), options);
    if (receipt.ids.length === 0)
      throw noneAccepted([{ path: '', message: 'must hold at least one activity' }]);
    return reply.code(202).send(receiptJson(receipt));
  });
  done();
};

function draftsIn(request: FastifyRequest, maxItems: number): DraftPortions {
  const body = bodyOf(request);
  return body instanceof NdjsonDrafts
    ? body
    : draftsOf(
        request,
        maxItems,
        (item) => item,
        'The body must be a JSON array, or lines of JSON as application/x-ndjson. One activity goes to POST /api/logs.',
      );
}
