import type { CheckHealth, Progressing } from '@user-activity/application';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { handleErrors } from './error-handling.ts';
import { health } from './health.ts';
import { type HttpServer, httpServer } from './http-server.ts';
import { metrics, type ScrapeMetrics } from './metrics.ts';

/** A server for a process without an API. */
export interface HealthServerOptions {
  readonly checkHealth: CheckHealth;
  readonly progress: Progressing;
  /** What the process measured, in Prometheus's text format. */
  readonly scrapeMetrics: ScrapeMetrics;
  readonly logger: FastifyBaseLogger;
}

/** Builds a server of `/health/live`, `/health/ready` and `/metrics` alone; nothing listens yet. */
export async function buildHealthServer({
  checkHealth,
  progress,
  scrapeMetrics,
  logger,
}: HealthServerOptions): Promise<HttpServer> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    // One that asks how we are during the drain is to get an answer.
    return503OnClosing: false,
    logController: new LogController({ disableRequestLogging: true }),
  });
  handleErrors(app);
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
