import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import { protocolErrors } from './kafkajs-inside.ts';
import {
  maxProduceVersion,
  minProduceVersion,
  type ProducedPartition,
  produceApiKey,
  produceRequest,
  type RecordsByPartition,
} from './produce-request.ts';
import { type Broker, type Cluster, withCluster } from './with-cluster.ts';

/**
 * Writes to one topic over the connections of a KafkaJS producer, but with requests of our own: KafkaJS takes 14 times as long to write
 * records. Fetches the leaders of the topic when it connects, and later only if they are older than 5 minutes. So make a new client after
 * a failure.
 */
export class ProduceClient {
  readonly #topic: string;
  readonly #timeoutMs: number;
  readonly #producer: Producer & { readonly cluster: Cluster };

  constructor(client: Kafka, topic: string, timeoutMs: number) {
    this.#topic = topic;
    this.#timeoutMs = timeoutMs;
    this.#producer = withCluster(client, (owner) =>
      owner.producer({
        allowAutoTopicCreation: false,
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      }),
    );
  }

  async connect(): Promise<void> {
    await this.#producer.connect();
    await this.#producer.cluster.addTargetTopic(this.#topic);
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }

  /**
   * Sends one request to each leader of these partitions, and calls `onProduced` for each partition that a response names. Rejects with
   * the first failure, after all requests have settled.
   */
  async produce(
    records: RecordsByPartition,
    onProduced: (partition: ProducedPartition) => void,
  ): Promise<void> {
    const { cluster } = this.#producer;
    await cluster.refreshMetadataIfNecessary();
    const leaders = cluster.findLeaderForPartitions(this.#topic, [...records.keys()]);
    const failures = await failuresOf(
      Object.entries(leaders).map(async ([nodeId, partitions]) => {
        const broker = await cluster.findBroker({ nodeId });
        const own = new Map(partitions.map((partition) => [partition, records.get(partition) ?? []]));
        for (const produced of await this.#send(broker, own))
          if (own.has(produced.partition)) onProduced(produced);
      }),
    );
    if (failures.length > 0) throw failures[0];
  }

  async #send(broker: Broker, records: RecordsByPartition): Promise<readonly ProducedPartition[]> {
    const { minVersion = 0, maxVersion = 0 } = broker.versions[produceApiKey] ?? {};
    const apiVersion = Math.min(maxProduceVersion, maxVersion);
    if (apiVersion < Math.max(minProduceVersion, minVersion))
      throw new Error(
        `The broker accepts Produce requests of version ${minVersion} to ${maxVersion}, but this client sends version ${minProduceVersion} to ${maxProduceVersion}.`,
      );
    const request = produceRequest(this.#topic, records, { apiVersion, timeoutMs: this.#timeoutMs });
    const { partitions } = await broker.connectionPool.send(request);
    return partitions;
  }
}

/** Makes KafkaJS's error for an error code of a broker. */
export const brokerError = (errorCode: number): Error => protocolErrors.createErrorFromCode(errorCode);

/** Waits until all promises have settled. Returns the reasons of those that rejected, in order. */
export async function failuresOf(work: readonly Promise<void>[]): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(work);
  return results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
}
