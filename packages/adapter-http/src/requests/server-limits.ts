import type { RequestListener, Server } from 'node:http';
import { metrics } from '@opentelemetry/api';
import type { FastifyBaseLogger, FastifyHttpOptions, FastifyInstance } from 'fastify';
import { answerBrokenConnection } from './broken-connection.ts';
import { closeIfUnread } from './lingering.ts';
import { createServer } from './node-http.ts';
import { isRefusedSocket } from './pipelining.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * Returns Fastify options that limit what clients can hold up: by sending or reading slowly, or by sending many requests and reading no
 * response.
 */
export const clientLimitOptions = (timeoutMs = 60_000): FastifyHttpOptions<Server> => ({
  clientErrorHandler: answerBrokenConnection,
  serverFactory(handle) {
    const timeouts = {
      // The headers and the body must arrive within these times.
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      keepAliveTimeout: 72_000,
      // Node looks for late requests at this interval. With the default of 30 s, a timeout of 60 s could take 90 s.
      connectionsCheckingInterval: 1000,
    };
    const handleUnlessRefused: RequestListener = (request, response) => {
      if (!isRefusedSocket(request.socket)) handle(request, response);
    };
    const server = createServer(timeouts, handleUnlessRefused);
    // Serves requests with an unknown `Expect` header (RFC 9110, section 10.1.1). By default, Node refuses them and reads their bodies.
    server.on('checkExpectation', handleUnlessRefused);
    // Closes idle connections.
    server.setTimeout(timeoutMs);
    return server;
  },
});

const warnIntervalMs = 60_000;

/**
 * Limits the number of open connections. Above `max`, a new connection is closed without a response, and idle connections are closed to
 * make room for later ones.
 */
export function limitConnections({ server }: FastifyInstance, max: number, logger: FastifyBaseLogger): void {
  const drops = metrics.getMeter('user-activity').createCounter('user_activity.http.dropped_connections', {
    unit: '{connection}',
    description: 'Connections closed without a response because too many were open',
  });
  drops.add(0);
  let lastWarningTime = Number.NEGATIVE_INFINITY;
  server.maxConnections = max;
  server.on('drop', () => {
    drops.add(1);
    server.closeIdleConnections();
    if (performance.now() - lastWarningTime < warnIntervalMs) return;
    lastWarningTime = performance.now();
    logger.warn(
      { max },
      'closing new connections without a response: the maximum of MAX_CONNECTIONS is open',
    );
  });
}

/**
 * Limits the open connections of a server without the API. Makes connections close if a body is left unread. Adds the security headers to
 * each response.
 */
export function limitClients(app: FastifyInstance, max: number, logger: FastifyBaseLogger): void {
  limitConnections(app, max, logger);
  app.addHook('onSend', async (request, reply) => {
    reply.headers(securityHeaders);
    closeIfUnread(request, reply);
  });
}
