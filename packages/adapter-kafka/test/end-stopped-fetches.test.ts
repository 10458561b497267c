import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { endStoppedFetches, retireConsumer } from '../src/end-stopped-fetches.ts';

interface FetchManager {
  start(): Promise<void>;
}

const require = createRequire(import.meta.url);
const createFetchManager = require('kafkajs/src/consumer/fetchManager.js') as (
  options: object,
) => FetchManager;
const Runner = require('kafkajs/src/consumer/runner.js') as {
  readonly prototype: { fetch(nodeId: string): Promise<unknown> };
};

const silentLogger = { namespace: () => silentLogger, debug: () => undefined, info: () => undefined };

test('the fetch loop of a stopped consumer ends, and does not block the event loop', async () => {
  endStoppedFetches();
  endStoppedFetches();
  const stopped = { running: false, logger: silentLogger, consumerGroup: {} };
  const loop = createFetchManager({
    logger: silentLogger,
    getNodeIds: () => ['1', '2'],
    // Without the change these would return nothing at once, and this test would never end.
    fetch: (nodeId: string) => Runner.prototype.fetch.call(stopped, nodeId),
    handler: () => undefined,
  });
  await expect(loop.start()).rejects.toThrow('The consumer has stopped.');
});

test('a retired consumer receives nothing, and is not restarted', async () => {
  endStoppedFetches();
  const eachBatch = (): void => undefined;
  retireConsumer(eachBatch);
  const fetching = Runner.prototype.fetch.call({ running: true, logger: silentLogger, eachBatch }, '1');
  await expect(fetching).rejects.toMatchObject({ name: 'KafkaJSNonRetriableError' });
});
