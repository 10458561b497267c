import type { CheckHealth, Progressing } from '@user-activity/application';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { assertRoute, handleErrors } from './requests/error-handling.ts';
import { health } from './routes/health.ts';
import { type HttpServer, httpServer, routing } from './http-server.ts';
import { assertOneHost, foreignCheck } from './requests/own-hosts.ts';
import type { ScrapeMetrics } from './requests/route.ts';
import { metrics } from './routes/metrics.ts';
import { clientLimits, limitClients } from './requests/server-limits.ts';

const remedy = 'A consumer serves /health/live, /health/ready and /metrics.';

/** A server for a process without an API. */
export interface HealthServerOptions {
  readonly checkHealth: CheckHealth;
  readonly progress: Progressing;
  readonly scrapeMetrics: ScrapeMetrics;
  /** If given, all routes but health answer only requests for these hosts, and for loopback names and addresses. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The maximum of open connections; more are closed unanswered. */
  readonly maxConnections: number;
  readonly logger: FastifyBaseLogger;
}

/** Builds a server with only `/health/live`, `/health/ready` and `/metrics`; nothing listens yet. */
export async function buildHealthServer({
  checkHealth,
  progress,
  scrapeMetrics,
  allowedHosts,
  maxConnections,
  logger,
}: HealthServerOptions): Promise<HttpServer> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    ...clientLimits(),
    routerOptions: routing,
    // Probes are answered while the server drains.
    return503OnClosing: false,
    logController: new LogController({ disableRequestLogging: true }),
  });
  limitClients(app, maxConnections, logger);
  const assertAllowed = allowedHosts === undefined ? undefined : foreignCheck(allowedHosts);
  app.addHook('onRequest', async (request) => {
    if (assertAllowed !== undefined) {
      assertOneHost(request);
      if (request.routeOptions.config.health !== true) assertAllowed(request);
    }
    assertRoute(request, remedy);
  });
  handleErrors(app, remedy);
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  await app.register(health, { checkHealth, progress, isStopping: () => stopping });
  await app.register(metrics, { scrapeMetrics });
  await app.ready();
  // The consumer stops after this server, so a probe that waits for a hung log or store must not hold it up.
  return httpServer(app, 500);
}
