import type { CheckHealth, Progressing } from '@user-activity/application';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { assertRoute, handleErrors } from './requests/error-handling.ts';
import { health } from './routes/health.ts';
import { type HttpServer, httpServer, routing } from './http-server.ts';
import { assertOneHost, foreignCheck } from './requests/own-hosts.ts';
import { metrics, type ScrapeMetrics } from './routes/metrics.ts';
import { clientLimits, limitClients } from './requests/server-limits.ts';

const remedy = 'A consumer serves /health/live, /health/ready and /metrics.';

/** A server for a process without an API. */
export interface HealthServerOptions {
  readonly checkHealth: CheckHealth;
  readonly progress: Progressing;
  /** What the process measured, in Prometheus's text format. */
  readonly scrapeMetrics: ScrapeMetrics;
  /** Where given, only requests for these hosts, and for loopback names and addresses, get an answer; health always gives one. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The most open connections; more are closed unanswered. */
  readonly maxConnections: number;
  readonly logger: FastifyBaseLogger;
}

/** Builds a server of `/health/live`, `/health/ready` and `/metrics` alone; nothing listens yet. */
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
    // One that asks how we are during the drain is to get an answer.
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
  // Whoever asks while log or store hang is not waited for: the work is stopped after this.
  return httpServer(app, 500);
}
