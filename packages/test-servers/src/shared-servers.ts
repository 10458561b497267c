import type { TestProject } from 'vitest/node';
import { type Kafka, startKafka } from './kafka.ts';
import { type Mongod, startMongod } from './mongod.ts';

/**
 * Vitest's `globalSetup`: Kafka and MongoDB for a whole run, those that `KAFKA_BROKERS` and `MONGODB_URI` name, else
 * processes on this machine. Where none can be had it throws, with what to install.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KAFKA_BROKERS: brokers, MONGODB_URI: uri } = process.env;
  const started: (Kafka | Mongod)[] = [];
  const keep = <Server extends Kafka | Mongod>(server: Server): Server => {
    started.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    project.provide('kafkaBrokers', brokers ? brokers.split(',') : keep(await startKafka()).brokers);
    project.provide('mongodbUri', uri || keep(await startMongod()).uri);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
