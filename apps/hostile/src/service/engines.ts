import { startKafka, startMongod, plainClient } from '@user-activity/test-kit';

/** The addresses of the Kafka and the MongoDB that all services of a run share. */
export interface Engines {
  readonly brokers: readonly string[];
  readonly mongodbUri: string;
}

/** Starts a Kafka broker and a MongoDB replica set of one member on this machine. */
export async function startEngines(): Promise<Engines & { readonly stop: () => Promise<void> }> {
  const starting = [startKafka(), startMongod()] as const;
  const stop = async (): Promise<void> => {
    for (const server of starting) await server.then((started) => started.stop()).catch(() => undefined);
  };
  try {
    const [kafka, mongod] = await Promise.all(starting);
    return { brokers: kafka.brokers, mongodbUri: mongod.uri, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates a topic with one partition. The broker keeps the compression of the producer, as it does by default. */
export async function makeTopic(brokers: readonly string[], topic: string): Promise<void> {
  const admin = plainClient(brokers).admin();
  await admin.connect();
  const configEntries = [{ name: 'compression.type', value: 'producer' }];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 1, replicationFactor: 1, configEntries }],
  });
  await admin.disconnect();
}
