import type { CheckHealth, ProgressSource } from '@user-activity/application';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { assertRoute, handleErrors } from './requests/error-handling.ts';
import { healthRoutes } from './routes/health.ts';
import {
  type HttpServer,
  makeHttpServer,
  type ServerOptions,
  buildFastifyWithoutApi,
} from './http-server.ts';
import { assertOneHost, foreignHostCheck } from './requests/own-hosts.ts';
import type { Telemetry } from './requests/route.ts';
import { getHealthHistory } from './routes/get-health-history.ts';
import { getMetrics } from './routes/metrics.ts';

const pathHint = 'A consumer serves /health/live, /health/ready, /metrics and /api/health/history.';

export interface HealthServerOptions extends ServerOptions, Telemetry {
  readonly checkHealth: CheckHealth;
  readonly progress: ProgressSource;
  /**
   * The values of the header Host that are accepted by the routes other than health checks, in addition to loopback names and addresses. By
   * default, these routes accept every host.
   */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** Builds a server with only `/health/live`, `/health/ready`, `/metrics` and `/api/health/history`. Call `listen` to start it. */
export async function buildHealthServer(options: HealthServerOptions): Promise<HttpServer> {
  const { allowedHosts } = options;
  // Fastify must not answer probes with its own 503 while the server stops.
  const app = buildFastifyWithoutApi(options, false);
  const assertAllowed = allowedHosts === undefined ? undefined : foreignHostCheck(allowedHosts);
  app.addHook('onRequest', async (request) => {
    if (assertAllowed !== undefined) {
      assertOneHost(request);
      if (request.routeOptions.config.isHealthCheck !== true) assertAllowed(request);
    }
    assertRoute(request, pathHint);
  });
  handleErrors(app, { pathHint });
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  const typedApp = app.withTypeProvider<TypeBoxTypeProvider>();
  healthRoutes(typedApp, { ...options, isStopping: () => stopping });
  getMetrics(typedApp, options);
  getHealthHistory(typedApp, options);
  await app.ready();
  // `close` waits only 500 ms, because the consumer stops only after this server, and a probe may wait for a log or store that hangs.
  return makeHttpServer(app, 500);
}
