import { KafkaConnection, KafkaTopic } from '@user-activity/adapter-kafka';
import { MongoStore, MongoTopicRegistry } from '@user-activity/adapter-mongodb';
import { makeAssertSamePartitions } from '@user-activity/application';
import type { EngineWait, Logger, Opened } from '@user-activity/runner';
import type { Config } from './config.ts';

/** What is open before anything is wired. */
export interface ConsumerEngines {
  readonly connection: KafkaConnection;
  readonly topic: KafkaTopic;
  readonly store: MongoStore;
}

/** Opens Kafka and MongoDB, once they are reached. */
export async function openEngines(
  opened: Opened,
  config: Pick<Config, 'engines'>,
  logger: Logger,
  engines: EngineWait,
): Promise<ConsumerEngines> {
  const { kafka, topic: plan, mongodb } = config.engines;
  const connection = new KafkaConnection({
    ...kafka,
    log: (level, message, details) => logger[level](details, message),
  });
  const warn = (message: string): void => logger.warn(message);
  const [topic, store] = await Promise.all([
    engines.reach('log', async () =>
      opened.add(await KafkaTopic.open(connection, plan, warn), (one) => one.close()),
    ),
    engines.reach('store', async () => opened.add(await MongoStore.open(mongodb), (one) => one.close())),
  ]);
  const assertSamePartitions = makeAssertSamePartitions({ topics: new MongoTopicRegistry(store) });
  await engines.reach('store', () => assertSamePartitions(topic));
  return { connection, topic, store };
}
