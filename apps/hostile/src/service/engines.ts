import { startKafka, startMongod } from '@user-activity/test-kit';

/** The addresses of Kafka and MongoDB. All services of a run use the same broker and database server. */
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
