import { type EngineWait, type Logger, type Opened, startStoring, type Wiring } from '@user-activity/runner';
import { wire } from './composition.ts';
import type { Config } from './config.ts';
import { openEngines } from './open-engines.ts';

/** Joins the group and begins to store, once Kafka and MongoDB are reached. */
export async function openConsumer(
  opened: Opened,
  config: Pick<Config, 'engines'>,
  logger: Logger,
  wait: EngineWait,
): Promise<Wiring> {
  const engines = await openEngines(opened, config, logger, wait);
  const wiring = opened.add(wire(config, logger, engines), (one) => one.close());
  wiring.resolveAll();
  await wait.reach('log', () => startStoring(wiring.get));
  return wiring;
}
