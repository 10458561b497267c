import { Readable } from 'node:stream';
import type { FeedReadOptions } from '@user-activity/application';
import { type FeedPage, isDomainError } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exampleOf } from '../openapi/schema-example.ts';
import { activitySchema, problemResponses } from '../openapi/schemas.ts';
import { parseQueryParameters } from '../query/query-parameters.ts';
import { recheckKey } from '../requests/authorization.ts';
import { waitForPrevious } from '../requests/page-limits.ts';
import { pageReader } from '../requests/page-reader.ts';
import { pause, whileWaiting } from '../requests/prefer-wait.ts';
import { Problem } from '../requests/problem.ts';
import type { Route, RouteDeps } from '../requests/route.ts';
import { encodeEvents, eventStreamType, encodeHeartbeat, encodeStreamStart } from './event-stream.ts';
import { readStreamQuery, streamParameterSchemas } from './feed-parameters.ts';
import { inPortions } from '../bodies/in-portions.ts';
import { readerSlots } from './reader-slots.ts';

const heartbeatMs = 15_000;
const retryMs = 2000;
// The maximum number of activities that one stream holds in memory.
const pageLimit = 100;
// The pause after a temporary failure, such as a limit that is reached.
const pauseSeconds = 1;

const schema = {
  operationId: 'followActivities',
  tags: ['activities'],
  summary: 'Follow activities as they arrive',
  description:
    'Server-sent events, in the order of `GET /api/logs/feed`. The data of an event is one activity, and its id is a position: a client ' +
    'that reconnects with `Last-Event-ID` misses nothing and gets nothing twice. Without a position, the stream begins at the end. ' +
    'A comment every 15 s shows that the stream is alive. If a client reads nothing for 30 s, its connection is closed, and it may reconnect.',
  querystring: Type.Partial(Type.Object(streamParameterSchemas)),
  headers: Type.Object({
    'last-event-id': Type.Optional(
      Type.String({
        description:
          'The id of the last event that the client received. The stream continues after it, instead of after `cursor`.',
        examples: ['1_0197a1c2_0_2s_0_1f'],
      }),
    ),
  }),
  produces: [eventStreamType],
  response: {
    200: Type.Unsafe<Readable>(
      Type.String({
        description: 'Events without a name. The data of each is an `Activity` as JSON.',
        examples: [`id: 1_0197a1c2_0_2s_0_1f\ndata: ${JSON.stringify(exampleOf(activitySchema))}\n\n`],
      }),
    ),
    ...problemResponses(400, 401, 403, 410, 503),
  },
};

type StreamDeps = Pick<RouteDeps, 'continueFeed' | 'findPrincipal' | 'isStopping'>;

export const getStream: Route<keyof StreamDeps | 'followFeed' | 'clock'> = (app, deps) => {
  // A compressor would hold events back.
  const config = { scope: 'read', projects: 'readable', isCompressible: false } as const;
  // There is no HEAD, because its response would never end.
  const options = { schema, config, preHandler: waitForPrevious, exposeHeadRoute: false };
  app.get('/api/logs/stream', options, async (request, reply) => {
    const lastEventId = [request.headers['last-event-id'] ?? ''].flat().join();
    const selection = readStreamQuery(
      request.project,
      parseQueryParameters(request),
      lastEventId,
      deps.clock,
    );
    readerSlots.take(request, reply);
    const question = { ...selection, limit: pageLimit };
    // The first page is read before the response begins, so that a failure can still be sent as a problem.
    const first = await deps.followFeed(request.principal, { ...question, run: pageReader(request, 'page') });
    return reply
      .code(200)
      .type(eventStreamType)
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(
        Readable.from(withBugsLogged(request, chunksOf(request, reply, deps, question, first)), {
          objectMode: false,
        }),
      );
  });
};

/** Logs an unexpected error that cuts a stream off. Fastify, if it does not log requests, logs no errors of streams either. */
async function* withBugsLogged(
  { log }: FastifyRequest,
  chunks: AsyncGenerator<Buffer, void, undefined>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    if (!isDomainError(error)) log.error({ err: error }, 'stream cut off: an unexpected error');
    throw error;
  }
}

async function* chunksOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { continueFeed, findPrincipal, isStopping }: StreamDeps,
  question: Pick<FeedReadOptions, 'filter' | 'limit'>,
  first: FeedPage,
): AsyncGenerator<Buffer, void, undefined> {
  const run = pageReader(request, 'page');
  let { position } = first;
  yield* sent(request, reply, encodeStreamStart(first.start, retryMs) + encodeEvents(first));
  let heartbeatAt = performance.now() + heartbeatMs;
  const isOver = (): boolean => isStopping() || reply.raw.destroyed;
  while (!isOver()) {
    const seconds = Math.max(0, heartbeatAt - performance.now()) / 1000;
    const found = await whileWaiting(reply, seconds, (until) =>
      continueFeed({ ...question, after: position, until, run }).catch(undefinedIfTemporary),
    );
    // The key may have expired or been revoked during the wait.
    const validity = recheckKey(request, findPrincipal);
    if (isOver() || validity === 'ended') return;
    const page = validity === 'valid' ? found : undefined;
    position = page?.position ?? position;
    if (page !== undefined && page.activities.length > 0) yield* sent(request, reply, encodeEvents(page));
    else if (performance.now() >= heartbeatAt) yield* sent(request, reply, encodeHeartbeat(position));
    else {
      // Pauses if the store failed, the keys cannot be read, a limit is reached, or the service stops. If the page ended because few
      // activities match the filter, more of the feed can be read, and no pause is needed.
      if (page?.hasMore !== true) await pause(reply, pauseSeconds);
      continue;
    }
    heartbeatAt = performance.now() + heartbeatMs;
  }
}

/** Yields a text in portions, and returns once it is sent. */
async function* sent(
  { byteCounter, usage }: FastifyRequest,
  { raw }: FastifyReply,
  text: string,
): AsyncGenerator<Buffer, void, undefined> {
  const bytes = Buffer.from(text);
  byteCounter.holdResponse(bytes.length);
  usage?.countAnswer(bytes.length);
  try {
    yield* inPortions(bytes, raw);
  } finally {
    byteCounter.holdResponse(0);
  }
}

/** Returns undefined for a temporary failure, so that the client need not reconnect. Throws all other errors. */
function undefinedIfTemporary(error: unknown): undefined {
  const isPassing = isDomainError(error)
    ? error.kind === 'unavailable' || error.kind === 'overloaded'
    : error instanceof Problem && error.status === 429;
  if (!isPassing) throw error;
}
