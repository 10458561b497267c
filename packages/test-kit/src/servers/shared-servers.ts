import type { TestProject } from 'vitest/node';
import { dockerAnswers, startKafkaContainer, startMongodContainer } from './containers.ts';
import { startKafka } from '../kafka/kafka.ts';
import { startMongod } from '../mongodb/mongod.ts';

/**
 * Vitest's `globalSetup`: provides Kafka and MongoDB for a whole run. The projects of a run share them. Uses the servers that
 * `KAFKA_BROKERS` and `MONGODB_URI` name, else containers if Docker's engine answers, else processes on this machine. If none of them
 * works, throws an error that says what to install.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // An earlier project of this run has provided the servers already.
  if ('kafkaBrokers' in project.getProvidedContext()) return () => Promise.resolve();
  const run = project.vitest.getRootProject();
  const { KAFKA_BROKERS: brokers, MONGODB_URI: uri } = process.env;
  const startedServers: { stop(): Promise<void> }[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(startedServers.map((server) => server.stop()));
  };
  try {
    const useContainers = (!brokers || !uri) && (await dockerAnswers());
    if (brokers) run.provide('kafkaBrokers', brokers.split(','));
    else {
      const kafka = useContainers ? await startKafkaContainer() : await startKafka();
      startedServers.push(kafka);
      run.provide('kafkaBrokers', kafka.brokers);
    }
    if (uri) run.provide('mongodbUri', uri);
    else {
      const mongod = useContainers ? await startMongodContainer() : await startMongod();
      startedServers.push(mongod);
      run.provide('mongodbUri', mongod.uri);
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  return stopAll;
}
