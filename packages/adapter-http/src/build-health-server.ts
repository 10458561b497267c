import type { CheckHealth, Progressing } from '@user-activity/application';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { assertRoute, handleErrors } from './requests/error-handling.ts';
import { health } from './routes/health.ts';
import { type HttpServer, httpServer, type ServerOptions, serverWithoutApi } from './http-server.ts';
import { assertOneHost, foreignCheck } from './requests/own-hosts.ts';
import type { ScrapeMetrics } from './requests/route.ts';
import { metrics } from './routes/metrics.ts';

const remedy = 'A consumer serves /health/live, /health/ready and /metrics.';

export interface HealthServerOptions extends ServerOptions {
  readonly checkHealth: CheckHealth;
  readonly progress: Progressing;
  readonly scrapeMetrics: ScrapeMetrics;
  /** The hosts that requests for metrics may name, beside loopback names and addresses. Default: any host. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** Builds a server with only `/health/live`, `/health/ready` and `/metrics`. Call `listen` to start it. */
export async function buildHealthServer(options: HealthServerOptions): Promise<HttpServer> {
  const { allowedHosts } = options;
  // Fastify must not answer probes with its own 503 while the server stops.
  const app = serverWithoutApi(options, false);
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
  app.addHook('preClose', async () => {
    stopping = true;
  });
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  health(routes, { ...options, isStopping: () => stopping });
  metrics(routes, options);
  await app.ready();
  // The consumer stops after this server, so a probe that waits for a hung log or store must not delay the stop.
  return httpServer(app, 500);
}
