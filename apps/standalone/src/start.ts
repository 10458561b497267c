import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import { type About, openApi, openServer, serveWhileWaiting, tryLine } from '@user-activity/api';
import { openConsumer } from '@user-activity/consumer';
import {
  EngineWait,
  type Logger,
  measureProcess,
  opening,
  Opened,
  openRootKey,
  type RunningApp,
  startStoring,
  tokens,
} from '@user-activity/runner';
import { wire } from './composition.ts';
import type { Config } from './config.ts';

/** Starts consuming and serving. What fails on the way leaves nothing open. */
export const start = (
  given: Config,
  logger: Logger,
  version: string,
  signal: AbortSignal,
): Promise<RunningApp> =>
  opening(async (opened) => {
    const config = withRootKey(given, logger);
    const about = { version, scrapeMetrics: measureProcess(opened, PrometheusMetrics.start()) };
    const { url, ended } = await (config.engines === undefined
      ? openEmbedded(opened, config, logger, about)
      : openOnEngines(opened, { ...config, engines: config.engines }, logger, about, signal));
    return { url, docs: '/docs', hint: tryLine(url, config), failed: ended, stop: () => opened.close() };
  });

/** The configuration with the key of ROOT_KEY_FILE, if the API is to have that one. */
function withRootKey(config: Config, logger: Logger): Config {
  const { ROOT_KEY_FILE: file } = config;
  if (file === undefined) return config;
  const { key, made } = openRootKey(file);
  logger.info(`${made ? 'made a root key' : 'using the root key'}: callers need the key in ${file}`);
  return { ...config, API_KEYS: [key] };
}

async function openEmbedded(opened: Opened, config: Config, logger: Logger, about: About) {
  const database = opened.add(await SqliteDatabase.open({ folder: config.DATA_DIR }), (one) => one.close());
  const wiring = wire(config, logger, database, about);
  const server = await openServer(opened, wiring);
  await startStoring(wiring.get);
  const url = await server.listen({ host: config.HOST, port: config.PORT });
  return { url, ended: wiring.get(tokens.consumer).ended };
}

async function openOnEngines(
  opened: Opened,
  config: Config & { readonly engines: NonNullable<Config['engines']> },
  logger: Logger,
  about: About,
  signal: AbortSignal,
) {
  const engines = new EngineWait(config.engines.startTimeoutMs, logger, signal);
  const early = await serveWhileWaiting(opened, config, logger, engines);
  // What either side needs is its own, so that they stop side by side: one after the other might take too long.
  const [storing, serving] = [new Opened(), new Opened()];
  opened.add([storing, serving], async (sides) => {
    await Promise.all(sides.map((side) => side.close()));
  });
  const { get } = await openConsumer(storing, config, logger, engines);
  const [consumer, progress] = [get(tokens.consumer), get(tokens.watchdog)];
  const server = await openApi(serving, config, logger, about, engines, { consumer, progress });
  return { url: await early.handOver(server), ended: consumer.ended };
}
