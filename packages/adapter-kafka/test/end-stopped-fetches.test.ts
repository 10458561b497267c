import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { endStoppedFetches, retire } from '../src/end-stopped-fetches.ts';

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

const silent = { namespace: () => silent, debug: () => undefined, info: () => undefined };

test('the fetch loop of a consumer that has stopped ends, and leaves the event loop to others', async () => {
  endStoppedFetches();
  endStoppedFetches();
  const stopped = { running: false, logger: silent, consumerGroup: {} };
  const loop = createFetchManager({
    logger: silent,
    getNodeIds: () => ['1', '2'],
    // Without the change these would give nothing at once, for ever, and this test would never end.
    fetch: (nodeId: string) => Runner.prototype.fetch.call(stopped, nodeId),
    handler: () => undefined,
  });
  await expect(loop.start()).rejects.toThrow('The consumer has stopped.');
});

test('a consumer that was retired is given nothing, and is not started again', async () => {
  endStoppedFetches();
  const eachBatch = (): void => undefined;
  retire(eachBatch);
  const fetching = Runner.prototype.fetch.call({ running: true, logger: silent, eachBatch }, '1');
  await expect(fetching).rejects.toMatchObject({ name: 'KafkaJSNonRetriableError' });
});
