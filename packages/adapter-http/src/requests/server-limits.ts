import { createServer, type RequestListener, type Server } from 'node:http';
import { metrics } from '@opentelemetry/api';
import type { FastifyBaseLogger, FastifyHttpOptions, FastifyInstance } from 'fastify';
import { answerBrokenConnection } from './broken-connection.ts';
import { closeIfUnread } from './lingering.ts';
import { isRefused } from './pipelining.ts';

/** Limits of every server of ours against clients that send or read slowly or never, or ask without waiting for answers. */
export const clientLimits = (timeoutMs = 60_000): FastifyHttpOptions<Server> => ({
  clientErrorHandler: answerBrokenConnection,
  serverFactory(handle) {
    const timeouts = {
      // A request must have arrived by then, headers and body.
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      keepAliveTimeout: 72_000,
      // Node looks for late requests this often. Its default of 30 s makes 90 of 60.
      connectionsCheckingInterval: 1000,
    };
    const handleUnlessRefused: RequestListener = (request, response) => {
      if (!isRefused(request.socket)) handle(request, response);
    };
    const server = createServer(timeouts, handleUnlessRefused);
    // An expectation that is not known is ignored (RFC 9110, section 10.1.1). Node would answer, and read on without end.
    server.on('checkExpectation', handleUnlessRefused);
    // Nothing moved for so long.
    server.setTimeout(timeoutMs);
    return server;
  },
});

const warnIntervalMs = 60_000;

/**
 * Refuses connections above a maximum: Node closes them unanswered. Idle ones are closed then, so that the next client, maybe the probe of
 * an orchestrator, finds room.
 */
export function limitConnections({ server }: FastifyInstance, max: number, logger: FastifyBaseLogger): void {
  const dropped = metrics.getMeter('user-activity').createCounter('user_activity.http.dropped_connections', {
    unit: '{connection}',
    description: 'Connections that were closed unanswered, as there were too many',
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

/** Limits connections, and reads no body on after its answer: for a server without an API, which does so for itself. */
export function limitClients(app: FastifyInstance, maxConnections: number, logger: FastifyBaseLogger): void {
  limitConnections(app, maxConnections, logger);
  app.addHook('onSend', async (request, reply) => closeIfUnread(request, reply));
}
