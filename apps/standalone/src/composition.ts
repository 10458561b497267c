import 'reflect-metadata';
import {
  type OpenEngines,
  type ProcessInfo,
  provideApiServer,
  provideApiUseCases,
  provideConsumer,
  provideFeed,
  providePublisher,
  provideStore,
} from '@user-activity/engines';
import { type Get, type Logger, SystemClock, tokens, UuidIds, Wiring } from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';

/** Wires the consumer. */
export function composeConsumer(config: Config, logger: Logger, engines: OpenEngines): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  provideStore(wiring, engines);
  provideConsumer(wiring, engines, config);
  return wiring;
}

/** Wires the API. `consumerGet` returns the parts of the consumer, which the health of the API includes. */
export function composeApi(
  config: Config,
  logger: Logger,
  engines: OpenEngines,
  info: ProcessInfo,
  consumerGet: Get,
): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.ids, () => new UuidIds());
  providePublisher(wiring, engines, config);
  provideStore(wiring, engines);
  provideFeed(wiring, engines);
  provideApiUseCases(wiring, config, consumerGet);
  provideApiServer(wiring, config, info, consumerGet);
  return wiring;
}
