import { serveWhileStarting } from '@user-activity/adapter-http';
import { HealthHistory } from '@user-activity/application';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import {
  Closers,
  EngineWait,
  type Get,
  healthReader,
  type LagSource,
  type Logger,
  measureGroup,
  measureProcess,
  type ProcessSettings,
  cachedProgressReader,
  type RunningApp,
  tokens,
  startHealthHistory,
  startReadingKeys,
  startStoring,
  startSweeping,
  startSweepingProjects,
  SystemClock,
  type Wiring,
} from '@user-activity/runner';
import { serverToken } from './api-server.ts';
import type { EngineSettings } from './engine-choice.ts';
import { openEngines, type OpenEngines } from './open-engines.ts';

// The time limit of the consumer's queries. QUERY_TIMEOUT_MS limits only the queries of the API.
const consumerQueryTimeoutMs = 10_000;

/** The settings of a process that runs on a log and a store. */
type ServiceConfig = ProcessSettings & { readonly engines: EngineSettings };

/** Provides all objects of the API or of the consumer. */
type Compose = (engines: OpenEngines) => Wiring;

/** Functions that start the API or the consumer of a process. Each of them opens the log and the store for itself. */
export type ServiceStart = Awaited<ReturnType<typeof prepareService>>;

/**
 * Starts a process. Until `start` has reached the log and the store, the process serves only its health. If the start fails, closes all
 * resources.
 */
export async function startService(
  config: ServiceConfig,
  logger: Logger,
  signal: AbortSignal,
  start: (service: ServiceStart) => Promise<Omit<RunningApp, 'stop'>>,
): Promise<RunningApp> {
  const closers = new Closers();
  const stop = (): Promise<void> => closers.close();
  try {
    return { ...(await start(await prepareService(closers, config, logger, signal))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareService(closers: Closers, config: ServiceConfig, logger: Logger, signal: AbortSignal) {
  // This is the first step, because instruments that are made before it measure nothing.
  const metrics = closers.add(PrometheusMetrics.start(), (opened) => opened.close());
  measureProcess(closers);
  let lagSource: LagSource | undefined;
  const history = new HealthHistory({
    read: healthReader(metrics.read, () => lagSource),
    clock: new SystemClock(),
    now: () => performance.now(),
  });
  const { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections, engines: settings } = config;
  const wait = new EngineWait(settings, logger, signal);
  const isEmbedded = settings.log.variable === undefined && settings.store.variable === undefined;
  // This server listens at the address of the process until the log and the store are reachable.
  const earlyServer = isEmbedded
    ? undefined
    : closers.add(
        await serveWhileStarting({ checkHealth: wait.checkHealth, host, port, maxConnections, logger }),
        (opened) => opened.close(),
      );
  async function open(partClosers: Closers, compose: Compose, queryTimeoutMs: number): Promise<Get> {
    const engines = await openEngines(settings, wait, { closers: partClosers, logger, queryTimeoutMs });
    const wiring = partClosers.add(compose(engines), (wired) => wired.close());
    wiring.resolveAll();
    return wiring.get;
  }
  return {
    closers,
    telemetry: { scrapeMetrics: metrics.scrape, readHistory: history.points },
    /** Wires the consumer, checks that the log continues where the store ends, joins the group and begins to store activities. */
    startConsumer: async (partClosers: Closers, compose: Compose): Promise<Get> => {
      const get = await open(partClosers, compose, consumerQueryTimeoutMs);
      await wait.reach('store', () => get(tokens.storingUseCases).beginStoring());
      await wait.reach('log', () => startStoring(get));
      lagSource = { of: 'member', read: cachedProgressReader(() => get(tokens.consumer).progress()) };
      return get;
    },
    /**
     * Wires the API, builds its server, and begins to remove data that is too old or erased. If the process has no consumer, it also measures
     * the progress of the whole consumer group.
     */
    startApi: async (partClosers: Closers, compose: Compose, queryTimeoutMs: number): Promise<Get> => {
      const composeMeasured = (engines: OpenEngines): Wiring => {
        if (lagSource === undefined) {
          lagSource = { of: 'group', read: cachedProgressReader(() => engines.log.progress()) };
          measureGroup(lagSource.read);
        }
        return compose(engines);
      };
      const get = await open(partClosers, composeMeasured, queryTimeoutMs);
      await get(serverToken);
      // The first requests need the keys and the settings of projects. If they can't be read, the start goes on, and requests with keys get 503.
      const { refreshKeys, refreshProjects } = get(tokens.apiUseCases);
      await Promise.allSettled([refreshKeys(), refreshProjects()]);
      partClosers.add(startReadingKeys(get), async (stop) => stop());
      get(tokens.auditRelay).start();
      partClosers.add(startSweeping(get), async (stop) => stop());
      partClosers.add(startSweepingProjects(get), async (stop) => stop());
      return get;
    },
    /** Begins the health history, and makes the HTTP server listen. Returns the URL of the server. */
    listen: async (get: Get): Promise<string> => {
      // The history must begin after all its metrics have been made.
      closers.add(startHealthHistory(history, logger), async (stop) => stop());
      const httpServer = await get(serverToken);
      return earlyServer === undefined ? httpServer.listen({ host, port }) : earlyServer.handOver(httpServer);
    },
  };
}
