import { once } from 'node:events';
import { request } from 'node:http';
import { KafkaContainer } from '@testcontainers/kafka';
import { MongoDBContainer } from '@testcontainers/mongodb';
import type { Kafka } from '../kafka/kafka.ts';
import type { Mongod } from '../mongodb/mongod.ts';

/** Where an engine of Docker listens on this machine. */
const engineSocket = '/var/run/docker.sock';

/** Whether an engine of Docker answers. Testcontainers itself takes seconds to find that there is none. */
export async function dockerAnswers(socketPath: string = engineSocket): Promise<boolean> {
  // Named on purpose: then one wants to know why it does not answer.
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

/** A Kafka in a container. */
export async function containedKafka(): Promise<Pick<Kafka, 'brokers' | 'stop'>> {
  const container = await new KafkaContainer('confluentinc/cp-kafka:8.0.0').withKraft().start();
  return {
    brokers: [`${container.getHost()}:${container.getMappedPort(9093)}`],
    async stop() {
      await container.stop();
    },
  };
}

/** A replica set of one in a container. It is spoken to straight: the name that it knows itself by is the container's. */
export async function containedMongod(): Promise<Pick<Mongod, 'uri' | 'stop'>> {
  const container = await new MongoDBContainer('mongo:6.0.5').start();
  return {
    uri: `mongodb://${container.getHost()}:${container.getMappedPort(27_017)}/?directConnection=true`,
    async stop() {
      await container.stop();
    },
  };
}
