import { createServer, type RequestListener, type Server } from 'node:http';
import { metrics } from '@opentelemetry/api';
import type { FastifyBaseLogger, FastifyHttpOptions, FastifyInstance } from 'fastify';
import { answerBrokenConnection } from './broken-connection.ts';
import { closeIfUnread } from './lingering.ts';
import { isRefused } from './pipelining.ts';

/** Protects a server from clients that send or read slowly, or that send many requests and read no response. */
export const clientLimits = (timeoutMs = 60_000): FastifyHttpOptions<Server> => ({
  clientErrorHandler: answerBrokenConnection,
  serverFactory(handle) {
    const timeouts = {
      // The headers and the body must arrive within these times.
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      keepAliveTimeout: 72_000,
      // Node looks for late requests at this interval. With its default of 30 s, a limit of 60 s could take 90 s.
      connectionsCheckingInterval: 1000,
    };
    const handleUnlessRefused: RequestListener = (request, response) => {
      if (!isRefused(request.socket)) handle(request, response);
    };
    const server = createServer(timeouts, handleUnlessRefused);
    // Ignores unknown expectations (RFC 9110, section 10.1.1). By default, Node refuses the request and reads its whole body.
    server.on('checkExpectation', handleUnlessRefused);
    // Closes idle connections.
    server.setTimeout(timeoutMs);
    return server;
  },
});

const warnIntervalMs = 60_000;

/** Limits the open connections. Closes a connection above `max` without a response, and idle connections, to make room for the next. */
export function limitConnections({ server }: FastifyInstance, max: number, logger: FastifyBaseLogger): void {
  const dropped = metrics.getMeter('user-activity').createCounter('user_activity.http.dropped_connections', {
    unit: '{connection}',
    description: 'Connections closed unanswered because too many were open',
  });
  dropped.add(0);
  let lastWarning = Number.NEGATIVE_INFINITY;
  server.maxConnections = max;
  server.on('drop', () => {
    dropped.add(1);
    server.closeIdleConnections();
    if (performance.now() - lastWarning < warnIntervalMs) return;
    lastWarning = performance.now();
    logger.warn({ max }, 'new connections are closed unanswered: MAX_CONNECTIONS are open');
  });
}

/** Limits connections and unread bodies of a server without the API. */
export function limitClients(app: FastifyInstance, maxConnections: number, logger: FastifyBaseLogger): void {
  limitConnections(app, maxConnections, logger);
  app.addHook('onSend', async (request, reply) => closeIfUnread(request, reply));
}
