import { serveWhileStarting } from '@user-activity/adapter-http';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import {
  Closers,
  EngineWait,
  type Get,
  type Logger,
  measureProcess,
  type ProcessSettings,
  type RunningApp,
  startStoring,
  startSweeping,
  type Wiring,
} from '@user-activity/runner';
import { server } from './api-server.ts';
import type { EngineSettings } from './engine-choice.ts';
import { openEngines, type OpenEngines } from './open-engines.ts';

// QUERY_TIMEOUT_MS limits the API only.
const storingQueryTimeoutMs = 10_000;

/** The settings of a process that runs on a log and a store. */
type ServiceConfig = ProcessSettings & { readonly engines: EngineSettings };

/** Makes the wiring of one side of the service: of the API or of the consumer. */
type Compose = (engines: OpenEngines) => Wiring;

/** Functions that open the API and the consumer of a process, each with an own log and store. */
export type ServiceStart = Awaited<ReturnType<typeof beginStart>>;

/** Starts a process. Serves metrics, and health while the log and the store are unreachable. Closes all resources if it fails. */
export async function startService(
  config: ServiceConfig,
  logger: Logger,
  signal: AbortSignal,
  start: (service: ServiceStart) => Promise<Omit<RunningApp, 'stop'>>,
): Promise<RunningApp> {
  const closers = new Closers();
  const stop = (): Promise<void> => closers.close();
  try {
    return { ...(await start(await beginStart(closers, config, logger, signal))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function beginStart(closers: Closers, config: ServiceConfig, logger: Logger, signal: AbortSignal) {
  // This comes first, because instruments made before it measure nothing.
  const metrics = closers.add(PrometheusMetrics.start(), (opened) => opened.close());
  measureProcess(closers);
  const { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections, engines: settings } = config;
  const wait = new EngineWait(settings, logger, signal);
  const isEmbedded = settings.log.variable === undefined && settings.store.variable === undefined;
  // It serves health at the address of the process until the log and the store are reachable.
  const early = isEmbedded
    ? undefined
    : closers.add(
        await serveWhileStarting({ checkHealth: wait.checkHealth, host, port, maxConnections, logger }),
        (opened) => opened.close(),
      );
  async function open(side: Closers, compose: Compose, queryTimeoutMs: number): Promise<Get> {
    const engines = await openEngines(settings, wait, { closers: side, logger, queryTimeoutMs });
    const wiring = side.add(compose(engines), (wired) => wired.close());
    wiring.resolveAll();
    return wiring.get;
  }
  return {
    closers,
    scrapeMetrics: metrics.scrape,
    /** Opens the storing side, joins the group and begins to store. */
    startConsumer: async (side: Closers, compose: Compose): Promise<Get> => {
      const get = await open(side, compose, storingQueryTimeoutMs);
      await wait.reach('log', () => startStoring(get));
      return get;
    },
    /** Opens the serving side and begins to sweep dead letters. */
    startApi: async (side: Closers, compose: Compose, queryTimeoutMs: number): Promise<Get> => {
      const get = await open(side, compose, queryTimeoutMs);
      await get(server);
      side.add(startSweeping(get), async (stop) => stop());
      return get;
    },
    /** Listens with the server. Resolves with its URL. */
    listen: async (get: Get): Promise<string> => {
      const built = await get(server);
      return early === undefined ? built.listen({ host, port }) : early.handOver(built);
    },
  };
}
