import 'reflect-metadata';
import {
  type OpenEngines,
  type ProcessInfo,
  provideApiServer,
  provideApiUseCases,
  provideFeed,
  providePublisher,
  provideStore,
} from '@user-activity/engines';
import { type Logger, SystemClock, tokens, UuidIds, Wiring } from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';

/** Wires a process that runs only the API. */
export function compose(config: Config, logger: Logger, engines: OpenEngines, info: ProcessInfo): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.ids, () => new UuidIds());
  providePublisher(wiring, engines, config);
  provideStore(wiring, engines);
  provideFeed(wiring, engines);
  provideApiUseCases(wiring, config);
  provideApiServer(wiring, config, info);
  return wiring;
}
