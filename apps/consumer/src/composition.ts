import 'reflect-metadata';
import { buildHealthServer, type Telemetry } from '@user-activity/adapter-http';
import { isLoopback } from '@user-activity/domain';
import { type OpenEngines, provideConsumer, provideStore, serverToken } from '@user-activity/engines';
import { type Logger, SystemClock, tokens, Wiring } from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';

/** Wires a process that runs only a consumer. */
export function compose(config: Config, logger: Logger, engines: OpenEngines, telemetry: Telemetry): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  provideStore(wiring, engines);
  provideConsumer(wiring, engines, config);
  wiring.provide(
    serverToken,
    (get) =>
      buildHealthServer({
        checkHealth: get(tokens.storingUseCases).checkHealth,
        progress: get(tokens.watchdog),
        ...telemetry,
        // On other interfaces any Host header is allowed, because the port serves only health and metrics.
        allowedHosts: isLoopback(config.HOST) ? config.ALLOWED_HOSTS : undefined,
        maxConnections: config.MAX_CONNECTIONS,
        logger,
      }),
    async (building) => (await building).close(),
  );
  return wiring;
}
