import { buildHealthServer, serveWhileStarting } from '@user-activity/adapter-http';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import { isLoopback } from '@user-activity/domain';
import { EngineWait, measureProcess, opening, runConfigured, tokens } from '@user-activity/runner';
import { readConfig } from './config.ts';
import { openConsumer } from './open-consumer.ts';

await runConfigured(readConfig, (config, logger, signal) =>
  opening(async (opened) => {
    const scrapeMetrics = measureProcess(opened, PrometheusMetrics.start());
    const { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections } = config;
    const wait = new EngineWait(config.engines.startTimeoutMs, logger, signal);
    const early = opened.add(
      await serveWhileStarting({ checkHealth: wait.checkHealth, host, port, maxConnections, logger }),
      (one) => one.close(),
    );
    const { get } = await openConsumer(opened, config, logger, wait);
    const server = opened.add(
      await buildHealthServer({
        checkHealth: get(tokens.storingUseCases).checkHealth,
        progress: get(tokens.watchdog),
        scrapeMetrics,
        // Beyond loopback the port is for scrapers, by whatever name or address they know it; it tells numbers alone.
        allowedHosts: isLoopback(host) ? config.ALLOWED_HOSTS : undefined,
        maxConnections,
        logger,
      }),
      (one) => one.close(),
    );
    const url = await early.handOver(server);
    return { url, failed: get(tokens.consumer).ended, stop: () => opened.close() };
  }),
);
