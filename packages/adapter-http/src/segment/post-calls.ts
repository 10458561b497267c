import type { Call, LogCalls } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from '@sinclair/typebox';
import { OmittedErrors, omittedJson, RejectedItems, rejectedJson } from '../batch-receipt.ts';
import { parseAsJson } from '../json-body.ts';
import { Problem } from '../problem.ts';
import { refuseParameters } from '../query-parameters.ts';
import { problems } from '../schemas.ts';
import { bytesRepeated } from './call-metadata.ts';
import { isMembers, type Members } from '../members.ts';
import { bodyOfRoute, hasContext, itemOfBatch, segmentCalls, type Surroundings } from './segment-call.ts';
import { segmentBatch, segmentBody } from './segment-schemas.ts';

const Answer = Type.Object({
  success: Type.Boolean({ description: 'False where all of it was rejected.' }),
  rejected: RejectedItems,
  omittedErrors: OmittedErrors,
});

const schema = {
  tags: ['segment'],
  description:
    'Of the Segment HTTP API, for its SDKs and those of RudderStack: change their host, and let their write key be a key of this API. ' +
    'Answers 200 only after the log holds what was accepted. What breaks a rule is listed, and is a dead letter of the code ' +
    '`invalid`: those SDKs tell nobody.',
  response: {
    200: Answer,
    ...problems(400, 401, 403, 413, 415, 503),
  },
};

/** `POST /v1/track`, `identify`, `page`, `screen`, `group`, `alias` and `batch` */
export const postCalls: FastifyPluginCallbackTypebox<{ logCalls: LogCalls; maxBatchSize: number }> = (
  app,
  { logCalls, maxBatchSize },
  done,
) => {
  parseAsJson(app, '*');
  const log = async (calls: readonly Call[]): Promise<Static<typeof Answer>> => {
    const { accepted, rejected, unexplained } = await logCalls(calls);
    return {
      success: accepted > 0 || rejected.length === 0,
      rejected: rejectedJson(rejected),
      ...omittedJson(unexplained),
    };
  };
  for (const kind of segmentCalls) {
    const ofKind = {
      ...schema,
      operationId: `${kind}Call`,
      summary: `Segment: ${kind}`,
      body: segmentBody(kind),
    };
    app.post(`/v1/${kind}`, { schema: ofKind, onRequest: refuseParameters }, async (request, reply) =>
      reply.code(200).send(await log([bodyOfRoute(kind, jsonOf(request))])),
    );
  }
  const ofBatch = { ...schema, operationId: 'batchCall', summary: 'Segment: batch', body: segmentBatch };
  app.post('/v1/batch', { schema: ofBatch, onRequest: refuseParameters }, async (request, reply) => {
    const { items, context } = batchIn(jsonOf(request));
    if (items.length > maxBatchSize) throw new Problem(413, `A batch holds at most ${maxBatchSize} calls.`);
    const around = surroundingsOf(items, context, request.routeOptions.bodyLimit);
    return reply.code(200).send(await log(items.map((item) => itemOfBatch(item, around))));
  });
  done();
};

/**
 * The body; null is as good as none. RudderStack's SDK compresses its JSON, and then calls it a form. Uncompressed, a form and a
 * text are what any page of the web can have a browser send here without asking first: 415.
 */
function jsonOf({ body, headers }: FastifyRequest): unknown {
  if (body === undefined || body === null) throw new Problem(400, 'A JSON body is required.');
  if (headers['content-encoding'] === undefined && !isJson.test(headers['content-type'] ?? ''))
    throw new Problem(415, 'The body must be application/json, unless it is compressed.');
  return body;
}

const isJson = /^application\/json\s*(?:;|$)/i;

function batchIn(body: unknown): { readonly items: readonly unknown[]; readonly context: unknown } {
  const { batch, context }: Members = isMembers(body) ? body : {};
  if (!Array.isArray(batch))
    throw new Problem(400, 'The body must hold its calls.', {
      errors: [{ path: '/batch', message: 'must be a JSON array' }],
    });
  return { items: batch, context };
}

/**
 * What a batch says for its calls. Throws 413 where its context, told for each call without one, is more than a body may be: a few
 * bytes would stand for gigabytes.
 */
function surroundingsOf(items: readonly unknown[], context: unknown, most: number): Surroundings {
  if (context === undefined || context === null) return {};
  const bytes = bytesRepeated(context, items.filter((item) => !hasContext(item)).length);
  if (bytes === undefined) return {};
  if (bytes > most)
    throw new Problem(
      413,
      'The context of the batch, in each call without one, is more than the service takes.',
    );
  return { context };
}
