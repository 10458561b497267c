import { startKafka, startMongod, plainClient } from '@user-activity/test-kit';

/** A Kafka and a MongoDB for all services of a run. */
export interface Engines {
  readonly brokers: readonly string[];
  readonly mongodbUri: string;
}

/** Engines that were started for the run. */
export interface StartedEngines extends Engines {
  stop(): Promise<void>;
}

/** Starts one broker and a replica set of one on this machine. */
export async function startEngines(): Promise<StartedEngines> {
  const starting = [startKafka(), startMongod()] as const;
  const stop = async (): Promise<void> => {
    for (const one of starting) await one.then((server) => server.stop()).catch(() => undefined);
  };
  try {
    const [kafka, mongod] = await Promise.all(starting);
    return { brokers: kafka.brokers, mongodbUri: mongod.uri, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes a topic of one partition, which keeps every codec that a producer chose, as topics do by default. */
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
