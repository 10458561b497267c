import { startKafka, startMongod } from '@user-activity/test-kit';

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
