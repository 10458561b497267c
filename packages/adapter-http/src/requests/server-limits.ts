import { createServer, type RequestListener, type Server } from 'node:http';
import { metrics } from '@opentelemetry/api';
import type { FastifyBaseLogger, FastifyHttpOptions, FastifyInstance } from 'fastify';
import { answerBrokenConnection } from './broken-connection.ts';
import { closeIfUnread } from './lingering.ts';
import { isRefused } from './pipelining.ts';

/** Limits for every server here, against clients that send or read slowly, or pipeline without reading answers. */
export const clientLimits = (timeoutMs = 60_000): FastifyHttpOptions<Server> => ({
  clientErrorHandler: answerBrokenConnection,
  serverFactory(handle) {
    const timeouts = {
      // The time in which headers and body must arrive.
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      keepAliveTimeout: 72_000,
      // Node checks for late requests this often. Its default of 30 s makes 90 s of 60 s.
      connectionsCheckingInterval: 1000,
    };
    const handleUnlessRefused: RequestListener = (request, response) => {
      if (!isRefused(request.socket)) handle(request, response);
    };
    const server = createServer(timeouts, handleUnlessRefused);
    // Ignores unknown expectations (RFC 9110, section 10.1.1). Node would answer, and read without end.
    server.on('checkExpectation', handleUnlessRefused);
    // Closes connections on which nothing moved for so long.
    server.setTimeout(timeoutMs);
    return server;
  },
});

const warnIntervalMs = 60_000;

/** Closes connections above the maximum unanswered, and idle ones, so that the next client, such as a probe, finds room. */
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

/** Limits connections and unread bodies, for a server without the API, which does both itself. */
export function limitClients(app: FastifyInstance, maxConnections: number, logger: FastifyBaseLogger): void {
  limitConnections(app, maxConnections, logger);
  app.addHook('onSend', async (request, reply) => closeIfUnread(request, reply));
}
