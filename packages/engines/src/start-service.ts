import { type HttpServer, type ScrapeMetrics, serveWhileStarting } from '@user-activity/adapter-http';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import {
  type Closers,
  EngineWait,
  type Get,
  type Logger,
  measureProcess,
  type ProcessSettings,
  type RunningApp,
  startStoring,
  startSweeping,
  type Wiring,
  withClosers,
} from '@user-activity/runner';
import { server } from './api-server.ts';
import type { StoreLimits } from './engine.ts';
import type { EngineSettings } from './engine-choice.ts';
import { openEngines, type OpenEngines } from './open-engines.ts';

/** The settings of a process that runs on a log and a store. */
export type ServiceConfig = ProcessSettings & { readonly engines: EngineSettings };

/** Makes the wiring of one side of the service. */
export type Compose = (engines: OpenEngines) => Wiring;

/** The start of a process: opens the sides of the service, each with a log and a store of its own. */
export interface ServiceStart {
  readonly closers: Closers;
  readonly scrapeMetrics: ScrapeMetrics;
  /** Opens the storing side, joins the group and begins to store. */
  readonly startConsumer: (closers: Closers, compose: Compose) => Promise<Get>;
  /** Opens the serving side and begins to sweep dead letters. */
  readonly startApi: (closers: Closers, compose: Compose, limits: StoreLimits) => Promise<Get>;
  /** Listens with the server. Resolves with its URL. */
  readonly listen: (get: Get) => Promise<string>;
}

/** Starts a process. Measures it, and serves health while it waits for its log and store. If the start fails, closes what was opened. */
export const startService = (
  config: ServiceConfig,
  logger: Logger,
  signal: AbortSignal,
  start: (service: ServiceStart) => Promise<Omit<RunningApp, 'stop'>>,
): Promise<RunningApp> =>
  withClosers(async (closers) => {
    const scrapeMetrics = measureProcess(closers, PrometheusMetrics.start());
    const wait = new EngineWait(config.engines, logger, signal);
    const listen = await listenEarly(closers, config, logger, wait);
    async function open(into: Closers, compose: Compose, limits: StoreLimits): Promise<Get> {
      const engines = await openEngines(config.engines, into, logger, wait, limits);
      const wiring = into.add(compose(engines), (wired) => wired.close());
      wiring.resolveAll();
      return wiring.get;
    }
    const app = await start({
      closers,
      scrapeMetrics,
      async startConsumer(into, compose) {
        const get = await open(into, compose, {});
        await wait.reach('log', () => startStoring(get));
        return get;
      },
      async startApi(into, compose, limits) {
        const get = await open(into, compose, limits);
        await get(server);
        into.add(startSweeping(get), async (stop) => stop());
        return get;
      },
      listen: async (get) => listen(await get(server)),
    });
    return { ...app, stop: () => closers.close() };
  });

/**
 * Serves health at the address of the process while it waits for a log or a store that may be out of reach. Returns a function that
 * lets the real server listen there.
 */
async function listenEarly(
  closers: Closers,
  { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections, engines }: ServiceConfig,
  logger: Logger,
  { checkHealth }: EngineWait,
): Promise<(started: HttpServer) => Promise<string>> {
  if (engines.log.variable === undefined && engines.store.variable === undefined)
    return (started) => started.listen({ host, port });
  const options = { checkHealth, host, port, maxConnections, logger };
  const early = closers.add(await serveWhileStarting(options), (opened) => opened.close());
  return (started) => early.handOver(started);
}
