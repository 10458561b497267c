import type { HttpServer } from '@user-activity/adapter-http';
import type { EngineWait, Logger, Opened } from '@user-activity/runner';
import { type StoringSide, wire } from './composition.ts';
import type { Config } from './config.ts';
import { openEngines } from './open-engines.ts';
import { type About, openServer } from './serve-api.ts';

/** Opens Kafka and MongoDB, once they are reached, and a server on them; the server does not listen yet. */
export async function openApi(
  opened: Opened,
  config: Config,
  logger: Logger,
  about: About,
  wait: EngineWait,
  storing?: StoringSide,
): Promise<HttpServer> {
  const engines = await openEngines(opened, config, logger, wait);
  return openServer(opened, wire(config, logger, engines, about, storing));
}
