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

/** Makes the wiring of one side of the service. */
type Compose = (engines: OpenEngines) => Wiring;

/** The start of a process. It opens the sides of the service, each with a log and a store of its own. */
export type ServiceStart = Awaited<ReturnType<typeof beginStart>>;

/** Starts a process. Measures it, and serves health while it waits for its log and store. If the start fails, closes what was opened. */
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
  // Instruments that are made earlier measure nothing.
  const metrics = closers.add(PrometheusMetrics.start(), (opened) => opened.close());
  measureProcess(closers);
  const { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections, engines: settings } = config;
  const wait = new EngineWait(settings, logger, signal);
  const isEmbedded = settings.log.variable === undefined && settings.store.variable === undefined;
  // Serves health at the address of the process while a log or a store may be out of reach.
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
