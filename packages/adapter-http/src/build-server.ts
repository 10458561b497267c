import type { ApiUseCases } from '@user-activity/application';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { api } from './api.ts';
import { exportSlots } from './export/export-slots.ts';
import { readerSlots } from './feed/reader-slots.ts';
import { BytesInFlight } from './requests/bytes-in-flight.ts';
import { answerError } from './requests/error-handling.ts';
import { type HttpServer, makeHttpServer, schemaController, type ServerOptions } from './http-server.ts';
import { requestIdOf } from './requests/request-id.ts';
import { RequestLogger } from './requests/request-logger.ts';
import { RequestMetrics } from './requests/request-metrics.ts';
import { routerOptions } from './requests/router-options.ts';
import type { ApiSettings } from './requests/route.ts';
import { securityHeaders } from './requests/security-headers.ts';
import { clientLimitOptions, limitConnections } from './requests/server-limits.ts';

export interface HttpServerOptions extends ApiSettings, ServerOptions {
  readonly useCases: ApiUseCases;
  /** The maximum size of a body in bytes, after gzip is decoded. */
  readonly maxBodyBytes: number;
  /** The maximum size in bytes of all bodies and unsent responses in memory. A request that would exceed it gets 503. */
  readonly maxBytesInFlight: number;
  /** The addresses and networks (CIDR) of trusted proxies. The address of a client is taken from the `X-Forwarded-For` of such a proxy. */
  readonly trustedProxies: readonly string[];
  /** The mean delay of the event loop over 3 s, in milliseconds, above which requests get 503. Default: 500. */
  readonly maxEventLoopDelayMs?: number;
  /** The maximum time for a request to arrive, and for a connection to be idle during a request, in milliseconds. Default: 60,000. */
  readonly clientTimeoutMs?: number;
  /** The maximum time that `close` waits for requests in progress, in milliseconds. Default: 5,000. */
  readonly closeTimeoutMs?: number;
}

/** Builds the Fastify instance of the API without a listening port, so that tests can inject requests. */
export async function buildFastify(options: HttpServerOptions): Promise<FastifyInstance> {
  const requestMetrics = new RequestMetrics();
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    // Fastify would log the query of each URL, which may name users. Instead, the hook `onResponse` logs requests.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A body above `maxBytesInFlight` can never fit, so it gets 413. A 503 would invite a retry.
    bodyLimit: Math.min(options.maxBodyBytes, options.maxBytesInFlight),
    genReqId: requestIdOf,
    childLoggerFactory: (logger, bindings, childOptions) => new RequestLogger(logger, bindings, childOptions),
    ...clientLimitOptions(options.clientTimeoutMs),
    return503OnClosing: false,
    trustProxy: options.trustedProxies.length > 0 && [...options.trustedProxies],
    routerOptions,
    schemaController,
    frameworkErrors(error, request, reply) {
      reply.headers(securityHeaders).header('x-request-id', request.id);
      answerError(error, request, reply);
      // Fastify runs no hooks for these errors, so the log line and the metric are written here.
      const { method } = request;
      request.log.info({ method, route: null, status: reply.statusCode, ms: 0 }, 'request');
      requestMetrics.recordRefused(method, reply.statusCode);
    },
  });
  limitConnections(app, options.maxConnections, options.logger);
  readerSlots.registerMetrics();
  exportSlots.registerMetrics();
  const bytesInFlight = new BytesInFlight(options.maxBytesInFlight);
  await app.register(api, { ...options, requestMetrics, bytesInFlight });
  await app.ready();
  return app;
}

/** Builds the server. Call `listen` to start it. */
export async function buildServer(options: HttpServerOptions): Promise<HttpServer> {
  return makeHttpServer(await buildFastify(options), options.closeTimeoutMs);
}
