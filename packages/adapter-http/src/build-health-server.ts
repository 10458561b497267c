import type { CheckHealth } from '@user-activity/application';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { handleErrors } from './error-handling.ts';
import { health } from './health.ts';
import { type HttpServer, httpServer } from './http-server.ts';

/** A server for a process without an API. */
export interface HealthServerOptions {
  readonly checkHealth: CheckHealth;
  readonly logger: FastifyBaseLogger;
}

/** Builds a server of `/health/live` and `/health/ready` alone; nothing listens yet. */
export async function buildHealthServer({ checkHealth, logger }: HealthServerOptions): Promise<HttpServer> {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
  });
  handleErrors(app);
  await app.register(health, { checkHealth });
  await app.ready();
  return httpServer(app);
}
