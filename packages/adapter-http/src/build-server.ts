import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { type ApiOptions, api } from './api.ts';
import { BytesInFlight } from './requests/bytes-in-flight.ts';
import { answerError } from './requests/error-handling.ts';
import { type HttpServer, httpServer, routing } from './http-server.ts';
import { requestIdOf } from './requests/request-id.ts';
import { RequestMetrics } from './requests/request-metrics.ts';
import { clientLimits, limitConnections } from './requests/server-limits.ts';

/** The API and the server around it. */
export interface HttpServerOptions extends ApiOptions {
  /** The largest body, in bytes. */
  readonly maxBodyBytes: number;
  /** The most bytes of bodies and unsent answers that the process holds; 503 above it. */
  readonly maxBytesInFlight: number;
  /** The most open connections; more are closed unanswered. */
  readonly maxConnections: number;
  /** How long a request may take to arrive, and a connection stand still. Default: 60,000. */
  readonly clientTimeoutMs?: number;
  readonly logger: FastifyBaseLogger;
  /** How long a close waits for requests that are under way, those that arrive slowly too. 5000 where not given. */
  readonly closeTimeoutMs?: number;
}

// The longest user in UTF-8, percent-encoded: 256 characters of 4 bytes.
const maxParamLength = 256 * 4 * 3;

/** A Fastify instance with the API on it, as production has it; tests inject requests into it. */
export async function buildFastify(options: HttpServerOptions): Promise<FastifyInstance> {
  const requestMetrics = new RequestMetrics();
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    // Fastify's own lines hold the URL with its query, and say twice per request what ours says once.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A larger one would never fit, so it is 413 and not 503.
    bodyLimit: Math.min(options.maxBodyBytes, options.maxBytesInFlight),
    genReqId: requestIdOf,
    ...clientLimits(options.clientTimeoutMs),
    return503OnClosing: false,
    routerOptions: { ...routing, maxParamLength },
    frameworkErrors(error, request, reply) {
      reply.header('x-request-id', request.id);
      answerError(error, request, reply);
      // No hook sees these.
      const { method } = request;
      request.log.info({ method, route: null, status: reply.statusCode, ms: 0 }, 'request');
      requestMetrics.refused(method, reply.statusCode);
    },
  });
  limitConnections(app, options.maxConnections, options.logger);
  const bytesInFlight = new BytesInFlight(options.maxBytesInFlight);
  await app.register(api, { ...options, requestMetrics, bytesInFlight });
  await app.ready();
  return app;
}

/** Builds the server; nothing listens yet. */
export async function buildServer(options: HttpServerOptions): Promise<HttpServer> {
  return httpServer(await buildFastify(options), options.closeTimeoutMs);
}
