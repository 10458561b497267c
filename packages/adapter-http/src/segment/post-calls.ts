import type { CallPortions } from '@user-activity/application';
import type { Sender } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { type Static, type TUnsafe, Type } from '@sinclair/typebox';
import {
  omittedErrorsSchema,
  toOmittedJson,
  rejectedItemsSchema,
  toRejectedJson,
} from '../bodies/batch-receipt.ts';
import { namedSchema } from '../openapi/component-schemas.ts';
import { itemBodyLimit } from '../requests/input-limits.ts';
import { problemResponses } from '../openapi/schemas.ts';
import { parseBodies } from '../bodies/whole-body.ts';
import { countedItems } from '../requests/request-usage.ts';
import type { Route } from '../requests/route.ts';
import { parseBatch, readCalls } from './batch-calls.ts';
import { readCallBody, callMediaTypes } from './call-body.ts';
import { KeyMask } from './key-mask.ts';
import { maxCallMetadataBytes } from './originals.ts';
import { parseCall } from './read-call.ts';
import { callOfBody, segmentCalls } from './segment-call.ts';
import { segmentBatchSchema, segmentBodySchema } from './segment-schemas.ts';

const Answer = namedSchema(
  'SegmentReceipt',
  Type.Object({
    success: Type.Boolean({ description: 'False if all calls were rejected.' }),
    rejected: rejectedItemsSchema,
    incomplete: Type.Optional({
      ...rejectedItemsSchema,
      description:
        'The accepted calls with values that are too large. `errors` has the paths of these values. The activity holds only the size and ' +
        'SHA-256 of such a value, and the whole call becomes a dead letter as well. Absent if there are no such calls.',
    }),
    omittedErrors: omittedErrorsSchema,
  }),
);

const schema = {
  tags: ['segment'],
  description:
    'The Segment HTTP API, for the SDKs of Segment and RudderStack: point their host here, and use an API key as their write key. ' +
    'The key may be `writeKey` in a body of at most 1 MiB, instead of in a header. ' +
    'Answers 200 only after the log holds the accepted calls. A call that names a user is always accepted: valid values replace values that ' +
    'break a rule, and `metadata.original` holds the values as they were sent. Any other call is listed in `rejected`, and becomes a dead letter with ' +
    'the code `invalid`, because those SDKs ignore error responses. Query parameters are ignored, but if the URL has a key, the response is 400. ' +
    'Beacons of the browser SDK of RudderStack go to `/beacon/v1/batch?writeKey=…`, with a key that has origins.',
  response: { 200: Answer, ...problemResponses(400, 401, 403, 413, 415, 503) },
};

/** `POST /v1/track`, `identify`, `page`, `screen`, `group`, `alias` and `batch`, and the other paths that SDKs use for them. */
export const postCalls: Route<
  'logCalls' | 'maxBatchSize' | 'maxMetadataBytes' | 'apiKeys' | 'findPrincipal' | 'usageLimiter'
> = (app, { logCalls, maxBatchSize, maxMetadataBytes, apiKeys, ...access }) => {
  app.removeAllContentTypeParsers();
  parseBodies(app, '*', (_request, body) => body);
  const bodyLimit = itemBodyLimit(app);
  const keyMask = new KeyMask(apiKeys);
  const maxBytes = maxCallMetadataBytes(maxMetadataBytes);
  const log = async (sender: Sender, calls: CallPortions): Promise<Static<typeof Answer>> => {
    const { accepted, rejected, incomplete, unexplained } = await logCalls(sender, calls);
    return {
      success: accepted > 0 || rejected.length === 0,
      rejected: toRejectedJson(rejected),
      ...(incomplete.length === 0 ? {} : { incomplete: toRejectedJson(incomplete) }),
      ...toOmittedJson(unexplained),
    };
  };
  const addRoute = (
    [path, ...aliases]: readonly [string, ...string[]],
    documentation: { operationId: string; summary: string; body: TUnsafe<unknown> },
    options: { bodyLimit?: number },
    answer: (request: FastifyRequest) => Promise<Static<typeof Answer>>,
  ): void => {
    const description = `${schema.description} Also at ${aliases.map((alias) => `\`${alias}\``).join(' and ')}.`;
    for (const url of [path, ...aliases])
      app.post(
        url,
        {
          schema: url === path ? { ...schema, ...documentation, description } : { hide: true },
          config: { scope: 'write', mediaTypes: callMediaTypes, keyInBody: true },
          ...options,
        },
        async (request, reply) => reply.code(200).send(await answer(request)),
      );
  };
  for (const kind of segmentCalls)
    addRoute(
      // SDKs also use the short paths. The OpenAPI document mentions these only in descriptions.
      [`/v1/${kind}`, `/v1/${kind.charAt(0)}`],
      { operationId: `${kind}Call`, summary: `Segment: ${kind}`, body: segmentBodySchema(kind) },
      { bodyLimit },
      async (request) => {
        const body = await readCallBody(request, access);
        const call = await parseCall(body, (bytes) => request.byteCounter.addBody(bytes));
        request.usage?.countItems(1);
        const { sender } = request;
        return log(sender, [[callOfBody(kind, call, { sender, maxBytes, keyMask })]]);
      },
    );
  const answerBatch = async (request: FastifyRequest): Promise<Static<typeof Answer>> => {
    const countBytes = (bytes: number): void => request.byteCounter.addBody(bytes);
    const batch = await parseBatch(await readCallBody(request, access), countBytes);
    // The sender is read only now, because `readCallBody` sets it if the key is in the body.
    const { sender } = request;
    const settings = {
      sender,
      maxCalls: maxBatchSize,
      maxContextBytes: request.route.bodyLimit,
      maxBytes,
      keyMask,
      countBytes,
    };
    return log(sender, countedItems(request, readCalls(batch, settings)));
  };
  addRoute(
    ['/v1/batch', '/v1/import', '/v1/b'],
    { operationId: 'batchCall', summary: 'Segment: batch', body: segmentBatchSchema },
    {},
    answerBatch,
  );
  // RudderStack's browser SDK sends beacons here. A beacon has no headers of its own, so the URL has the key.
  app.post(
    '/beacon/v1/batch',
    { schema: { hide: true }, config: { scope: 'write', mediaTypes: callMediaTypes, keyInQuery: true } },
    async (request, reply) => reply.code(200).send(await answerBatch(request)),
  );
};
