import { randomBytes } from 'node:crypto';
import { makeTopic, plainClient, startKafka, startMongod, temporaryFolder } from '@user-activity/test-kit';

/** The number of partitions of each topic. The service creates the same number by default. */
const partitions = 12;

/** A topic and a database for one program, and the environment variables that name them. */
export interface Place {
  readonly topic: string;
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The Kafka broker and the MongoDB server of a run. Both run on this machine. */
export class Site {
  /** A temporary folder for the files of the run. */
  readonly folder: ReturnType<typeof temporaryFolder> = temporaryFolder('bench-site');
  #engines: ReturnType<typeof startEngines> | undefined;

  /** Returns the running Kafka and MongoDB. Starts them on the first call. */
  async engines() {
    this.#engines ??= startEngines();
    return this.#engines;
  }

  /** Creates a topic with a new name. The database has the same name, and is created by the first write. */
  async makePlace(): Promise<Place> {
    const { kafka, mongod } = await this.engines();
    const name = `bench-${randomBytes(4).toString('hex')}`;
    await makeTopic(kafka.brokers, name, {
      partitions,
      settings: { 'compression.type': 'uncompressed' },
    });
    const environment = {
      KAFKA_BROKERS: kafka.brokers.join(),
      KAFKA_TOPIC: name,
      KAFKA_GROUP_ID: name,
      KAFKA_PARTITIONS: String(partitions),
      MONGODB_URI: mongod.uri,
      MONGODB_DATABASE: name,
    };
    return { topic: name, database: name, environment };
  }

  /** Returns the number of records that were written to a topic since it was created. */
  async recordsIn(topic: string): Promise<number> {
    const { kafka } = await this.engines();
    const admin = plainClient(kafka.brokers).admin();
    await admin.connect();
    const offsets = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** Deletes a topic. The broker frees its disk space within a minute. */
  async deleteTopic(topic: string): Promise<void> {
    const { kafka } = await this.engines();
    const admin = plainClient(kafka.brokers).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  }

  async stop(): Promise<void> {
    const engines = await this.#engines?.catch(() => undefined);
    await engines?.kafka.stop();
    await engines?.mongod.stop();
    this.folder.remove();
  }
}

async function startEngines() {
  const starting = [startKafka(), startMongod()] as const;
  try {
    const [kafka, mongod] = await Promise.all(starting);
    return { kafka, mongod };
  } catch (error) {
    for (const server of starting) await server.then((started) => started.stop()).catch(() => undefined);
    throw error;
  }
}
