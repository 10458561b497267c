import type { DraftPortions } from '@user-activity/application';
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
import { ndjsonTypes } from '../requests/media-types.ts';
import { NdjsonDrafts, parseNdjsonBodies } from '../bodies/ndjson-drafts.ts';
import { Draft, problems } from '../openapi/schemas.ts';
import { parseBodies } from '../bodies/whole-body.ts';
import { countedItems } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';

const examples = [
  { userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } },
  { userId: '123', type: 'LOGOUT', createdAt: '2026-11-24T08:30:00Z' },
];

const schema = {
  operationId: 'logActivities',
  tags: ['activities'],
  summary: 'Log many activities',
  description:
    'Accepts the valid items and lists the others. Answers 202 only after the log holds all accepted items. If no item is valid, the ' +
    'response is 422. With `atomic=true`, the service refuses all items if one is invalid.',
  querystring: BatchParameters,
  body: {
    content: {
      'application/json': {
        schema: Type.Unsafe<unknown>(Type.Array(Draft, { minItems: 1, examples: [examples] })),
      },
      // The schema is a string, because tools would send an array as JSON and not as lines.
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
  response: { 202: BatchReceipt, ...problems(400, 401, 403, 413, 415, 422, 503) },
};

export const postBatch: Route<'logActivities' | 'maxBatchSize'> = (app, { logActivities, maxBatchSize }) => {
  app.removeContentTypeParser('application/json');
  parseBodies(app, 'application/json', (request, body) => utf8Body(request.headers['content-type'], body));
  parseNdjsonBodies(app, maxBatchSize);
  const config = { scope: 'write', mediaTypes: ['application/json', ...ndjsonTypes] } as const;
  app.post('/api/logs/batch', { schema, config }, async (request, reply) => {
    const options = batchOptions(request);
    refuseIdempotencyKey(request, 'In a batch, give each item an id.');
    const receipt = await logActivities(request.sender, draftsIn(request, maxBatchSize), options);
    if (receipt.ids.length === 0)
      throw noneAccepted([{ path: '', message: 'must hold at least one activity' }]);
    reply.code(202);
    return receiptJson(receipt);
  });
};

const bodyRule =
  'The body must be a JSON array, or lines of JSON as application/x-ndjson. Send one activity to POST /api/logs.';

function draftsIn(request: FastifyRequest, maxItems: number): DraftPortions {
  const body = bodyOf(request);
  const drafts = body instanceof NdjsonDrafts ? body : draftsOf(request, maxItems, (item) => item, bodyRule);
  return countedItems(request, drafts);
}
