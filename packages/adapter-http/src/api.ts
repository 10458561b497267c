import type { ApiUseCases, Progressing } from '@user-activity/application';
import type { Clock } from '@user-activity/domain';
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { keyCheck } from './requests/api-keys.ts';
import type { BytesInFlight, RequestBytes } from './requests/bytes-in-flight.ts';
import { decodeBodies } from './bodies/decode-bodies.ts';
import { serveDocs } from './routes/docs.ts';
import { assertRoute, handleErrors } from './requests/error-handling.ts';
import { getCount } from './routes/get-count.ts';
import { getDeadLetters } from './routes/get-dead-letters.ts';
import { getLog } from './routes/get-log.ts';
import { getLogs } from './routes/get-logs.ts';
import { getRoot } from './routes/get-root.ts';
import { getStats } from './routes/get-stats.ts';
import { getStatus } from './routes/get-status.ts';
import { health } from './routes/health.ts';
import { parseJsonBodies } from './bodies/json-body.ts';
import { otherMethodsRefused } from './routes/method-not-allowed.ts';
import { closeIfUnread } from './requests/lingering.ts';
import { metrics, type ScrapeMetrics } from './routes/metrics.ts';
import { assertOneHost, foreignCheck } from './requests/own-hosts.ts';
import { countIn, countOut } from './requests/pipelining.ts';
import { optionsEvents } from './cloud-events/options-events.ts';
import { postBatch } from './routes/post-batch.ts';
import { postEvents } from './cloud-events/post-events.ts';
import { postLog } from './routes/post-log.ts';
import { postReplay } from './routes/post-replay.ts';
import { Problem } from './requests/problem.ts';
import type { RequestMetrics } from './requests/request-metrics.ts';
import { postCalls } from './segment/post-calls.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Tells how the service is: open to everyone, whatever keys there are, and answered to the end. */
    readonly health?: boolean;
  }
  interface FastifyRequest {
    /** What the request holds of the process's budget. */
    bytes: RequestBytes;
  }
}

// Sent as text, a large answer is in memory twice until its client has read it: as it is, and encoded.
const largeText = 64 * 1024;

/** What the API drives, and what it is told. */
export interface ApiOptions {
  readonly useCases: ApiUseCases;
  /** What relative times of a query count back from. */
  readonly clock: Clock;
  /** What the process measured, in Prometheus's text format. */
  readonly scrapeMetrics: ScrapeMetrics;
  /** Given if the process has a consumer too. */
  readonly progress?: Progressing | undefined;
  /** One of these opens every route but health; with none of them all are open. */
  readonly apiKeys: readonly string[];
  /** Hosts that requests may be for, beside loopback names and addresses, if there are no keys. */
  readonly allowedHosts: readonly string[];
  /** The senders of web hooks that may deliver events, by host name or origin; `*.` before a name is any below it, and `*` any. */
  readonly webhookOrigins: readonly string[];
  /** The most activities of one batch, and ids of one replay. */
  readonly maxBatchSize: number;
  /** The maximum of bytes of metadata that the use cases record. */
  readonly maxMetadataBytes: number;
  /** The version that the documentation shows. */
  readonly version: string;
}

/** The API, and what measures its requests. */
interface MeasuredApi extends ApiOptions {
  readonly requestMetrics: RequestMetrics;
  readonly bytesInFlight: BytesInFlight;
}

/** The API as a Fastify plugin: every route, and what all of them have in common. */
export const api: (app: FastifyInstance, options: MeasuredApi) => Promise<void> = fastifyPlugin(
  async (app: FastifyInstance, { useCases, ...settings }: MeasuredApi): Promise<void> => {
    // Each route takes the use cases and settings that it needs.
    const options = { ...settings, ...useCases };
    let stopping = false;
    app.addHook('preClose', (done) => {
      stopping = true;
      done();
    });
    // A key protects by itself: no page has it. Without keys only where a request comes from can tell.
    const assertAllowed =
      options.apiKeys.length > 0 ? keyCheck(options.apiKeys) : foreignCheck(options.allowedHosts);
    app.addHook('onRequest', async (request, reply) => {
      // Here, as one more hook would cost a request more than what it does.
      options.requestMetrics.begin(request, reply);
      reply.header('x-request-id', request.id);
      request.bytes = options.bytesInFlight.open(request);
      countIn(request);
      assertOneHost(request);
      // What comes on a connection that was open already: the caller may try another instance at once.
      if (stopping && request.routeOptions.config.health !== true)
        throw new Problem(503, 'The service is stopping.', {
          headers: { 'retry-after': '1' },
        });
      if (request.routeOptions.config.health !== true) assertAllowed(request);
      assertRoute(request);
    });
    app.addHook('onSend', async (request, reply, payload) => {
      closeIfUnread(request, reply);
      // A connection that stayed open after its answer would hold up the stop until it times out.
      if (stopping) reply.header('connection', 'close');
      // Its values take many times the bytes that are counted for it, and the answer may wait long for its reader.
      request.body = undefined;
      const isRead = request.method === 'GET' && request.routeOptions.config.health !== true;
      const size = request.method === 'HEAD' ? 0 : sizeOf(payload);
      request.bytes.setAnswer(size, isRead && reply.statusCode < 400);
      return typeof payload === 'string' && payload.length > largeText ? Buffer.from(payload) : payload;
    });
    app.addHook('onResponse', async (request, reply) => {
      countOut(request);
      request.bytes.sent();
      // The route, not the URL: its query may name users.
      const { method, routeOptions } = request;
      const ms = Math.round(reply.elapsedTime);
      request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms }, 'request');
    });
    // The domain judges what comes in, and TypeScript what goes out. A serializer made from a schema would drop or change
    // members of metadata that it doesn't know.
    app.setValidatorCompiler(() => (value: unknown) => ({ value }));
    app.setSerializerCompiler(() => JSON.stringify);
    handleErrors(app);
    decodeBodies(app);
    parseJsonBodies(app);
    const refuseOtherMethods = otherMethodsRefused(app);
    await serveDocs(app, options);
    await app.register(getRoot);
    await app.register(postLog, options);
    await app.register(postBatch, options);
    await app.register(postEvents, options);
    await app.register(optionsEvents, options);
    await app.register(getLogs, options);
    await app.register(getCount, options);
    await app.register(getStats, options);
    await app.register(getLog, options);
    await app.register(getStatus, options);
    await app.register(postCalls, options);
    await app.register(getDeadLetters, options);
    await app.register(postReplay, options);
    const { checkHealth, progress } = options;
    await app.register(health, { checkHealth, progress, isStopping: () => stopping });
    await app.register(metrics, options);
    refuseOtherMethods();
  },
);

/** The bytes of an answer. A stream holds no more than its buffer. */
function sizeOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.length : 0;
}
