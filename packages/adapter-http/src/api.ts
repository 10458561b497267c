import type {
  ActivityStats,
  CheckHealth,
  CountActivities,
  FindActivities,
  FindActivity,
  FindDeadLetters,
  FindStatus,
  LogActivities,
  LogActivity,
  LogAndWait,
  LogCalls,
  Progressing,
  ReplayDeadLetters,
} from '@user-activity/application';
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { keyCheck } from './api-keys.ts';
import { decodeBodies } from './decode-bodies.ts';
import { serveDocs } from './docs.ts';
import { handleErrors } from './error-handling.ts';
import { getCount } from './get-count.ts';
import { getDeadLetters } from './get-dead-letters.ts';
import { getLog } from './get-log.ts';
import { getLogs } from './get-logs.ts';
import { getStats } from './get-stats.ts';
import { getStatus } from './get-status.ts';
import { health } from './health.ts';
import { parseJsonBodies } from './json-body.ts';
import { otherMethodsRefused } from './method-not-allowed.ts';
import { metrics, type ScrapeMetrics } from './metrics.ts';
import { countIn, countOut } from './pipelining.ts';
import { postBatch } from './post-batch.ts';
import { postEvents } from './post-events.ts';
import { postLog } from './post-log.ts';
import { postReplay } from './post-replay.ts';
import { Problem } from './problem.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { postCalls } from './segment/post-calls.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Tells how the service is: open to everyone, whatever keys there are, and answered to the end. */
    readonly health?: boolean;
  }
}

/** What the API drives, and what it is told. */
export interface ApiOptions {
  readonly logActivity: LogActivity;
  readonly logAndWait: LogAndWait;
  readonly logActivities: LogActivities;
  readonly logCalls: LogCalls;
  readonly findActivities: FindActivities;
  readonly countActivities: CountActivities;
  readonly activityStats: ActivityStats;
  readonly findActivity: FindActivity;
  readonly findStatus: FindStatus;
  readonly findDeadLetters: FindDeadLetters;
  readonly replayDeadLetters: ReplayDeadLetters;
  readonly checkHealth: CheckHealth;
  /** What the process measured, in Prometheus's text format. */
  readonly scrapeMetrics: ScrapeMetrics;
  /** Of a process that has a consumer too. */
  readonly progress?: Progressing | undefined;
  /** One of these opens every route but health; with none of them all are open. */
  readonly apiKeys: readonly string[];
  /** The most activities of one batch, and ids of one replay. */
  readonly maxBatchSize: number;
  /** The version that the documentation shows. */
  readonly version: string;
}

/** The API, and what measures its requests. */
interface MeasuredApi extends ApiOptions {
  readonly requestMetrics: RequestMetrics;
}

/** The API as a Fastify plugin: every route, and what all of them have in common. */
export const api: (app: FastifyInstance, options: MeasuredApi) => Promise<void> = fastifyPlugin(
  async (app: FastifyInstance, options: MeasuredApi): Promise<void> => {
    let stopping = false;
    app.addHook('preClose', (done) => {
      stopping = true;
      done();
    });
    const assertKey = keyCheck(options.apiKeys);
    app.addHook('onRequest', async (request, reply) => {
      // Here, as one more hook would cost a request more than what it does.
      options.requestMetrics.begin(request, reply);
      reply.header('x-request-id', request.id);
      countIn(request);
      // What comes on a connection that was open already: the caller may try another instance at once.
      if (stopping && request.routeOptions.config.health !== true)
        throw new Problem(503, 'The service is stopping.', {
          headers: { 'retry-after': '1' },
        });
      if (options.apiKeys.length > 0 && request.routeOptions.config.health !== true) assertKey(request);
    });
    app.addHook('onSend', async (_request, reply) => {
      // A connection that stayed open after its answer would hold up the stop until it times out.
      if (stopping) reply.header('connection', 'close');
    });
    app.addHook('onResponse', async (request, reply) => {
      countOut(request);
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
    await app.register(postLog, options);
    await app.register(postBatch, options);
    await app.register(postEvents, options);
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
