import { UserId } from '@user-activity/domain';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { type ApiOptions, api } from './api.ts';
import { BytesInFlight } from './requests/bytes-in-flight.ts';
import { answerError } from './requests/error-handling.ts';
import { type HttpServer, httpServer, routing, type ServerOptions } from './http-server.ts';
import { requestIdOf } from './requests/request-id.ts';
import { RequestMetrics } from './requests/request-metrics.ts';
import { clientLimits, limitConnections } from './requests/server-limits.ts';

/** The API and the server around it. */
export interface HttpServerOptions extends ApiOptions, ServerOptions {
  /** The maximum of bytes of a body, decoded. */
  readonly maxBodyBytes: number;
  /** The maximum of bytes of bodies and unsent answers that the process holds; above it, requests get 503. */
  readonly maxBytesInFlight: number;
  /** How long a request may take to arrive, and how long a connection may be idle during one. Default: 60,000. */
  readonly clientTimeoutMs?: number;
  /** How long a close waits for requests in progress, including those that still arrive. Default: 5,000. */
  readonly closeTimeoutMs?: number;
}

// The longest user in UTF-8, percent-encoded: characters of 4 bytes.
const maxParamLength = UserId.maxLength * 4 * 3;

/** Builds the Fastify instance of production; tests inject requests into it. */
export async function buildFastify(options: HttpServerOptions): Promise<FastifyInstance> {
  const requestMetrics = new RequestMetrics();
  const app: FastifyInstance = fastify({
    loggerInstance: options.logger,
    // Fastify would log two lines per request, with the query of the URL. The API logs one without it.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A body above the maximum of the process would never fit: it is 413, not 503.
    bodyLimit: Math.min(options.maxBodyBytes, options.maxBytesInFlight),
    genReqId: requestIdOf,
    ...clientLimits(options.clientTimeoutMs),
    return503OnClosing: false,
    routerOptions: { ...routing, maxParamLength },
    frameworkErrors(error, request, reply) {
      reply.header('x-request-id', request.id);
      answerError(error, request, reply);
      // Fastify runs no hooks for these.
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
