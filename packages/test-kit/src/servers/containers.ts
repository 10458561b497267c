import { once } from 'node:events';
import { request } from 'node:http';
import { KafkaContainer } from '@testcontainers/kafka';
import { MongoDBContainer } from '@testcontainers/mongodb';
import type { Kafka } from '../kafka/kafka.ts';
import type { Mongod } from '../mongodb/mongod.ts';

/** The socket of Docker's engine. */
const engineSocket = '/var/run/docker.sock';

/** Returns true if the Docker engine answers. Testcontainers takes seconds to notice that there is no engine. */
export async function dockerAnswers(socketPath: string = engineSocket): Promise<boolean> {
  // If a developer set DOCKER_HOST, tests must use its engine, and fail if that engine does not answer.
  if (process.env['DOCKER_HOST']) return true;
  try {
    const ping = request({ socketPath, path: '/_ping', timeout: 1000 });
    ping.on('timeout', () => ping.destroy(new Error('No answer.')));
    ping.end();
    const [response] = (await once(ping, 'response')) as [{ statusCode?: number; resume(): void }];
    response.resume();
    return response.statusCode === 200;
  } catch {
    return false;
  }
}

/** Starts Kafka in a container. */
export async function startKafkaContainer(): Promise<Pick<Kafka, 'brokers' | 'stop'>> {
  const container = await new KafkaContainer('confluentinc/cp-kafka:8.0.0').withKraft().start();
  return {
    brokers: [`${container.getHost()}:${container.getMappedPort(9093)}`],
    async stop() {
      await container.stop();
    },
  };
}

/**
 * Starts a replica set of one member in a container. Clients connect directly, because the name of the member is only valid inside the
 * container.
 */
export async function startMongodContainer(): Promise<Pick<Mongod, 'uri' | 'stop'>> {
  const container = await new MongoDBContainer('mongo:6.0.5').start();
  return {
    uri: `mongodb://${container.getHost()}:${container.getMappedPort(27_017)}/?directConnection=true`,
    async stop() {
      await container.stop();
    },
  };
}
