import kafkajs, { type Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import { ConfirmedProducer } from '../src/confirmed-producer.ts';
import { KafkaConnection } from '../src/kafka-connection.ts';
import type { ProducedPartition } from '../src/produce-request.ts';
import { hasNoLeader } from '../src/translate-errors.ts';
import type { Broker, Cluster, ProtocolRequest } from '../src/with-cluster.ts';

interface Brokers {
  /** The leader of each partition. */
  readonly leaders: readonly number[];
  /** Returns the response of a broker to its request number `call`. */
  readonly respond: (nodeId: number, call: number) => Promise<readonly ProducedPartition[]>;
  readonly maxVersion?: number;
}

/** A cluster without sockets that replaces KafkaJS's. Records the requests, and how many clients were made. */
class FakeConnection extends KafkaConnection {
  clients = 0;
  readonly requests: (readonly [nodeId: number, version: number])[] = [];
  readonly #brokers: Brokers;

  constructor(brokers: Brokers) {
    super({ brokers: ['127.0.0.1:1'] });
    this.#brokers = brokers;
  }

  override client(): Kafka {
    this.clients += 1;
    const { leaders } = this.#brokers;
    const cluster: Cluster = {
      brokerPool: { findConnectedBroker: () => Promise.reject(new Error('It is not used.')) },
      addTargetTopic: async () => undefined,
      refreshMetadataIfNecessary: async () => undefined,
      findLeaderForPartitions: (_topic, partitions) => {
        const known = partitions.filter((partition) => leaders[partition] !== undefined);
        return Object.groupBy(known, (partition) => String(leaders[partition])) as Record<string, number[]>;
      },
      findBroker: async ({ nodeId }) => this.#broker(Number(nodeId)),
    };
    const factory = Symbol('private:Kafka:createCluster');
    const client = {
      [factory]: () => cluster,
      producer() {
        this[factory]();
        return { connect: async () => undefined, disconnect: async () => undefined };
      },
    };
    return client as unknown as Kafka;
  }

  #broker(nodeId: number): Broker {
    return {
      versions: { 0: { minVersion: 3, maxVersion: this.#brokers.maxVersion ?? 13 } },
      connectionPool: {
        send: async <Data>({ request }: ProtocolRequest<Data>) => {
          this.requests.push([nodeId, request.apiVersion]);
          const partitions = await this.#brokers.respond(nodeId, this.requests.length);
          return { partitions, clientSideThrottleTime: 0 } as Data;
        },
      },
    };
  }
}

const record = { key: null, value: 'v', headers: {}, timestamp: 1 };
const recordsFor = (...partitions: readonly number[]) =>
  new Map(partitions.map((partition) => [partition, [record]]));
const done = (...partitions: readonly number[]): readonly ProducedPartition[] =>
  partitions.map((partition) => ({ partition, errorCode: 0 }));

const setUp = (brokers: Brokers, timeoutMs = 60_000) => {
  const connection = new FakeConnection(brokers);
  return { connection, producer: new ConfirmedProducer(connection, 'topic', timeoutMs) };
};

test("KafkaJS's own cluster has the members that we use", () => {
  const client = new kafkajs.Kafka({ brokers: ['127.0.0.1:1'], logLevel: kafkajs.logLevel.NOTHING });
  const factory = Object.getOwnPropertySymbols(client).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (factory === undefined) throw new Error('There is no createCluster.');
  const make = Reflect.get(client, factory) as (options: object) => Cluster;
  const cluster = make({ metadataMaxAge: 1, allowAutoTopicCreation: false });
  for (const name of [
    'addTargetTopic',
    'refreshMetadataIfNecessary',
    'findLeaderForPartitions',
    'findBroker',
  ])
    expect(Reflect.get(cluster, name)).toBeTypeOf('function');
  expect(cluster.brokerPool.findConnectedBroker).toBeTypeOf('function');
});

test('each leader receives one request with its partitions, of version 7, by the same client', async () => {
  const { connection, producer } = setUp({
    leaders: [1, 2, 1],
    respond: async (nodeId) => (nodeId === 1 ? done(0, 2) : done(1)),
  });
  expect(await producer.send(recordsFor(0, 1, 2), false)).toEqual({ confirmed: new Set([0, 2, 1]) });
  expect(await producer.send(recordsFor(1), false)).toEqual({ confirmed: new Set([1]) });
  expect(connection.requests).toEqual([
    [1, 7],
    [2, 7],
    [2, 7],
  ]);
  expect(connection.clients).toBe(1);
});

test('a partition counts only if a response to its own request names it without an error', async () => {
  const leaders = [1, 2, 3, 4];
  const answers = new Map<number, readonly ProducedPartition[]>([
    [1, done(0)],
    [2, [{ partition: 1, errorCode: 6 }]],
    // The response omits partition 2, and names two partitions that were not requested.
    [3, done(1, 3)],
  ]);
  const { connection, producer } = setUp({
    leaders,
    respond: async (nodeId) => answers.get(nodeId) ?? Promise.reject(new Error('cut')),
  });
  for (const separately of [false, true]) {
    const { confirmed, failure } = await producer.send(recordsFor(0, 1, 2, 3), separately);
    expect(confirmed).toEqual(new Set([0]));
    expect(hasNoLeader(failure)).toBe(true);
  }
  // A client is never used again after a failure: it may know old leaders.
  expect(connection.clients).toBe(2);
});

test('a partition that a response omits, or that has no leader, is not confirmed', async () => {
  const { connection, producer } = setUp({ leaders: [1], respond: async () => done(0) });
  const { confirmed, failure } = await producer.send(recordsFor(0, 5), false);
  expect(confirmed).toEqual(new Set([0]));
  expect(String(failure)).toContain('Kafka did not confirm the records of partition 5');
  await producer.send(recordsFor(0), false);
  expect(connection.clients).toBe(2);
});

test('a response after the time limit does not count, and nothing is sent a second time', async () => {
  const late = Promise.withResolvers<readonly ProducedPartition[]>();
  const { connection, producer } = setUp({ leaders: [1], respond: () => late.promise }, 50);
  const { confirmed, failure } = await producer.send(recordsFor(0), false);
  expect(failure).toBeInstanceOf(Error);
  late.resolve(done(0));
  await late.promise;
  await new Promise(setImmediate);
  expect(confirmed).toEqual(new Set());
  expect(connection.requests).toHaveLength(1);
});

test('with `separately`, each partition has a request of its own', async () => {
  const { connection, producer } = setUp({ leaders: [1, 1, 2], respond: async (_, call) => done(call - 1) });
  expect((await producer.send(recordsFor(0, 1, 2), true)).confirmed).toEqual(new Set([0, 1, 2]));
  expect(connection.requests).toHaveLength(3);
});

test.each([
  [5, 5],
  [3, 3],
])('a broker that supports Produce up to version %i receives version %i', async (maxVersion, expected) => {
  const { connection, producer } = setUp({ leaders: [1], maxVersion, respond: async () => done(0) });
  await producer.send(recordsFor(0), false);
  expect(connection.requests).toEqual([[1, expected]]);
});

test('if a broker is too old, the failure says so', async () => {
  const { producer } = setUp({ leaders: [1], maxVersion: 2, respond: async () => done(0) });
  const { confirmed, failure } = await producer.send(recordsFor(0), false);
  expect(confirmed).toEqual(new Set());
  expect(String(failure)).toContain('requests of version 3 to 2, but this client sends version 3 to 7');
});
