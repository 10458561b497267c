import { KafkaConnection, KafkaTopic } from '@user-activity/adapter-kafka';
import { MongoStore } from '@user-activity/adapter-mongodb';
import { makeLogger, tokens } from '@user-activity/runner';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { expect, onTestFinished, test } from 'vitest';
import { wire } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';
import { apiServer } from '../src/serve-api.ts';

test('everything that is provided can be made, and all that the API needs is there', async () => {
  const config = readConfig({ KAFKA_BROKERS: kafkaBrokers().join(), MONGODB_URI: mongodbUri() });
  const connection = new KafkaConnection(config.engines.kafka);
  const topic = await KafkaTopic.open(connection, {
    ...config.engines.topic,
    name: `wiring-${process.pid}-api`,
  });
  onTestFinished(() => topic.close());
  const store = await MongoStore.open({ ...config.engines.mongodb, database: 'wiring' });
  onTestFinished(() => store.close());
  const about = { version: '1.2.3', scrapeMetrics: async () => '' };
  const wiring = wire(config, makeLogger('fatal'), { connection, topic, store }, about);
  onTestFinished(() => wiring.close());
  wiring.resolveAll();
  const { consumer, watchdog, storingUseCases, ...needed } = tokens;
  for (const token of Object.values(needed)) expect(wiring.get<unknown>(token)).toBeDefined();
  for (const token of [consumer, watchdog, storingUseCases])
    expect(() => wiring.get<unknown>(token)).toThrow('is not provided');
  expect(await wiring.get(apiServer)).toBeDefined();
});
