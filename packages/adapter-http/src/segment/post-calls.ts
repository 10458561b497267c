import type { CallPortions, LogCalls } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from '@sinclair/typebox';
import { OmittedErrors, omittedJson, RejectedItems, rejectedJson } from '../batch-receipt.ts';
import { itemBodyLimit } from '../item-size.ts';
import { assertUtf8, jsonBody } from '../json-body.ts';
import { Problem } from '../problem.ts';
import { refuseParameters } from '../query-parameters.ts';
import { problems } from '../schemas.ts';
import { parseWhole } from '../whole-body.ts';
import { batchIn, callsIn } from './batch-calls.ts';
import { maxBytesOfCalls } from './metadata-of-calls.ts';
import { bodyOfRoute, segmentCalls } from './segment-call.ts';
import { segmentBatch, segmentBody } from './segment-schemas.ts';

/** The calls that are stored without all that they said. */
const IncompleteCalls = {
  ...RejectedItems,
  description:
    'Calls that were accepted, but what they say in these places was too much to be stored: it is there as its size and SHA-256, and the ' +
    'call is a dead letter too. Absent if there are none.',
};

const Answer = Type.Object({
  success: Type.Boolean({ description: 'False where all of it was rejected.' }),
  rejected: RejectedItems,
  incomplete: Type.Optional(IncompleteCalls),
  omittedErrors: OmittedErrors,
});

const schema = {
  tags: ['segment'],
  description:
    'Of the Segment HTTP API, for its SDKs and those of RudderStack: change their host, and let their write key be a key of this API. ' +
    'Answers 200 only after the log holds what was accepted. A call that names a user is always accepted: what breaks a rule is mended, and ' +
    'what was sent is in `metadata.original`. A call that can not be mended is listed, and is a dead letter of the code `invalid`: those SDKs ' +
    'tell nobody.',
  response: {
    200: Answer,
    ...problems(400, 401, 403, 413, 415, 503),
  },
};

/** `POST /v1/track`, `identify`, `page`, `screen`, `group`, `alias` and `batch` */
export const postCalls: FastifyPluginCallbackTypebox<{
  logCalls: LogCalls;
  maxBatchSize: number;
  maxMetadataBytes: number;
}> = (app, { logCalls, maxBatchSize, maxMetadataBytes }, done) => {
  app.removeAllContentTypeParsers();
  parseWhole(app, '*', (_request, body) => body);
  const bodyLimit = itemBodyLimit(app);
  const maxBytes = maxBytesOfCalls(maxMetadataBytes);
  const log = async (calls: CallPortions): Promise<Static<typeof Answer>> => {
    const { accepted, rejected, incomplete, unexplained } = await logCalls(calls);
    return {
      success: accepted > 0 || rejected.length === 0,
      rejected: rejectedJson(rejected),
      ...(incomplete.length === 0 ? {} : { incomplete: rejectedJson(incomplete) }),
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
    app.post(
      `/v1/${kind}`,
      { schema: ofKind, bodyLimit, onRequest: refuseParameters },
      async (request, reply) =>
        reply.code(200).send(await log([[bodyOfRoute(kind, jsonOf(request), { maxBytes })]])),
    );
  }
  const ofBatch = { ...schema, operationId: 'batchCall', summary: 'Segment: batch', body: segmentBatch };
  app.post('/v1/batch', { schema: ofBatch, onRequest: refuseParameters }, async (request, reply) => {
    const limits = {
      items: maxBatchSize,
      contextBytes: request.routeOptions.bodyLimit,
      maxBytes,
      count: (bytes: number) => request.bytes.addBody(bytes),
    };
    return reply.code(200).send(await log(callsIn(await batchIn(bytesOf(request)), limits)));
  });
  done();
};

/**
 * The bytes of the body. RudderStack's SDK compresses its JSON, and then calls it a form. Uncompressed, a form and a text are what
 * any page of the web can have a browser send here without asking first: 415.
 */
function bytesOf({ body, headers }: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new Problem(400, 'A JSON body is required.');
  assertUtf8(headers['content-type']);
  if (headers['content-encoding'] === undefined && !isJson.test(headers['content-type'] ?? ''))
    throw new Problem(415, 'The body must be application/json, unless it is compressed.');
  return body;
}

/** The body as JSON; null is as good as none. */
function jsonOf(request: FastifyRequest): unknown {
  const value = jsonBody(bytesOf(request));
  if (value === null) throw new Problem(400, 'A JSON body is required.');
  return value;
}

const isJson = /^application\/json\s*(?:;|$)/i;
