import { openEngines, serverToken } from '@user-activity/engines';
import { Closers, EngineWait, makeLogger, tokens } from '@user-activity/runner';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { expect, onTestFinished, test } from 'vitest';
import { compose } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';

test('every provided value can be made, and every token that a consumer needs is provided', async () => {
  const config = readConfig({
    KAFKA_BROKERS: kafkaBrokers().join(),
    KAFKA_TOPIC: `wiring-${process.pid}`,
    MONGODB_URI: mongodbUri(),
    MONGODB_DATABASE: 'wiring',
  });
  const closers = new Closers();
  onTestFinished(() => closers.close());
  const logger = makeLogger('fatal');
  const wait = new EngineWait(config.engines, logger, new AbortController().signal);
  const engines = await openEngines(config.engines, wait, { closers, logger, queryTimeoutMs: 10_000 });
  const telemetry = { scrapeMetrics: async () => '', readHistory: async () => [] };
  const wiring = closers.add(compose(config, logger, engines, telemetry), (wired) => wired.close());
  wiring.resolveAll();
  const {
    ids,
    publisher,
    outcomeWaiter,
    feed,
    followedLog,
    feedWatch,
    apiUseCases,
    auditRelay,
    keyTable,
    projectTable,
    secrets,
    ...needed
  } = tokens;
  const ofApi = [
    ids,
    publisher,
    outcomeWaiter,
    feed,
    followedLog,
    feedWatch,
    apiUseCases,
    auditRelay,
    keyTable,
    projectTable,
    secrets,
  ];
  for (const token of Object.values(needed)) expect(wiring.get<unknown>(token)).toBeDefined();
  for (const token of ofApi) expect(() => wiring.get<unknown>(token)).toThrow('is not provided');
  expect(await wiring.get(serverToken)).toBeDefined();
});
