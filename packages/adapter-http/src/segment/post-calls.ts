import type { CallPortions, LogCalls } from '@user-activity/application';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { type Static, type TUnsafe, Type } from '@sinclair/typebox';
import { knownKeys } from '../requests/api-keys.ts';
import { OmittedErrors, omittedJson, RejectedItems, rejectedJson } from '../bodies/batch-receipt.ts';
import { named } from '../openapi/component-schemas.ts';
import { itemBodyLimit } from '../requests/item-size.ts';
import { problems } from '../openapi/schemas.ts';
import { parseWhole } from '../bodies/whole-body.ts';
import { batchIn, callsIn } from './batch-calls.ts';
import { callBody, mediaTypes } from './call-body.ts';
import { KeyMask } from './key-mask.ts';
import { maxBytesOfCalls } from './metadata-of-calls.ts';
import { callIn } from './read-call.ts';
import { bodyOfRoute, type SegmentCall, segmentCalls } from './segment-call.ts';
import { segmentBatch, segmentBody } from './segment-schemas.ts';

/** The calls that are stored without all that they said. */
const IncompleteCalls = {
  ...RejectedItems,
  description:
    'Calls that were accepted, but what they say in these places was too much to be stored: it is there as its size and SHA-256, and the ' +
    'call is a dead letter too. Absent if there are none.',
};

const Answer = named(
  'SegmentReceipt',
  Type.Object({
    success: Type.Boolean({ description: 'False where all of it was rejected.' }),
    rejected: RejectedItems,
    incomplete: Type.Optional(IncompleteCalls),
    omittedErrors: OmittedErrors,
  }),
);

/** Other paths of the same calls, which SDKs of Segment post to. The document names them in words. */
const shortPaths: Readonly<Record<SegmentCall, string>> = {
  track: '/v1/t',
  identify: '/v1/i',
  page: '/v1/p',
  screen: '/v1/s',
  group: '/v1/g',
  alias: '/v1/a',
};
const otherBatchPaths = ['/v1/import', '/v1/b'];

const schema = {
  tags: ['segment'],
  description:
    'Of the Segment HTTP API, for its SDKs and those of RudderStack: change their host, and let their write key be a key of this API. ' +
    'It may be `writeKey` in the body, of at most 1 MiB then, instead of in a header. ' +
    'Answers 200 only after the log holds what was accepted. A call that names a user is always accepted: what breaks a rule is mended, and ' +
    'what was sent is in `metadata.original`. A call that can not be mended is listed, and is a dead letter of the code `invalid`: those SDKs ' +
    'tell nobody. Query parameters do not count.',
  response: {
    200: Answer,
    ...problems(400, 401, 403, 413, 415, 503),
  },
};

/** `POST /v1/track`, `identify`, `page`, `screen`, `group`, `alias` and `batch`, also by the other paths that SDKs have for them. */
export const postCalls: FastifyPluginCallbackTypebox<{
  logCalls: LogCalls;
  maxBatchSize: number;
  maxMetadataBytes: number;
  apiKeys: readonly string[];
}> = (app, { logCalls, maxBatchSize, maxMetadataBytes, apiKeys }, done) => {
  app.removeAllContentTypeParsers();
  parseWhole(app, '*', (_request, body) => body);
  const bodyLimit = itemBodyLimit(app);
  const areKnown = knownKeys(apiKeys);
  const mask = new KeyMask(apiKeys);
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
  const route = (
    [path, ...others]: readonly [string, ...string[]],
    { operationId, ...described }: { operationId: string; summary: string; body: TUnsafe<unknown> },
    options: { bodyLimit?: number },
    answer: (request: FastifyRequest) => Promise<Static<typeof Answer>>,
  ): void => {
    const description = `${schema.description} Also at ${others.map((other) => `\`${other}\``).join(' and ')}.`;
    for (const url of [path, ...others])
      app.post(
        url,
        {
          schema: url === path ? { ...schema, ...described, operationId, description } : { hide: true },
          config: { mediaTypes, keyInBody: true },
          ...options,
        },
        async (request, reply) => reply.code(200).send(await answer(request)),
      );
  };
  for (const kind of segmentCalls)
    route(
      [`/v1/${kind}`, shortPaths[kind]],
      { operationId: `${kind}Call`, summary: `Segment: ${kind}`, body: segmentBody(kind) },
      { bodyLimit },
      async (request) => {
        const body = await callBody(request, areKnown);
        const call = await callIn(body, (bytes) => request.bytes.addBody(bytes));
        return log([[bodyOfRoute(kind, call, { maxBytes, mask })]]);
      },
    );
  route(
    ['/v1/batch', ...otherBatchPaths],
    { operationId: 'batchCall', summary: 'Segment: batch', body: segmentBatch },
    {},
    async (request) => {
      const limits = {
        items: maxBatchSize,
        contextBytes: request.routeOptions.bodyLimit,
        maxBytes,
        mask,
        count: (bytes: number) => request.bytes.addBody(bytes),
      };
      return log(callsIn(await batchIn(await callBody(request, areKnown), limits.count), limits));
    },
  );
  done();
};
