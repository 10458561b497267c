import type { Kafka } from 'kafkajs';

/** A request of the Kafka protocol, and the reader of its response, in the form that KafkaJS sends. */
export interface ProtocolRequest<Data> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** Returns the bytes after the request's header, in an Encoder of KafkaJS. KafkaJS writes the header, of version 1. */
    encode(): Promise<object>;
  };
  readonly response: {
    /** Reads the bytes after the response's header. KafkaJS reads the header, of version 0. */
    decode(bytes: Buffer): Promise<Data>;
    parse(data: Data): Promise<Data>;
  };
}

/** KafkaJS's internal class for a connected broker. */
export interface Broker {
  /** The versions that the broker supports, by API key. */
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;
  readonly connectionPool: { send<Data>(request: ProtocolRequest<Data>): Promise<Data> };
}

/** A broker that finds the coordinator of a group. */
interface CoordinatingBroker extends Broker {
  findGroupCoordinator(request: { readonly groupId: string }): Promise<object>;
}

/** KafkaJS's internal class for the brokers of a client. */
export interface Cluster {
  readonly brokerPool: { findConnectedBroker(): Promise<CoordinatingBroker> };
  /** Fetches the topic's leaders, and remembers the topic for later refreshes. */
  addTargetTopic(topic: string): Promise<void>;
  /** Fetches the leaders again if they are older than 5 minutes. */
  refreshMetadataIfNecessary(): Promise<void>;
  /** Groups the partitions by the id of their leader, without a request. Omits partitions whose leader is unknown. */
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, readonly number[]>>;
  findBroker(broker: { readonly nodeId: string }): Promise<Broker>;
}

const factoryName = 'private:Kafka:createCluster';

/** Makes an admin, a consumer or a producer with the client, and adds its cluster to it. KafkaJS 2.2.4 hides the cluster. */
export function withCluster<Role extends object>(
  client: Kafka,
  make: (client: Kafka) => Role,
): Role & { readonly cluster: Cluster } {
  const key = Object.getOwnPropertySymbols(client).find(({ description }) => description === factoryName);
  if (key === undefined) throw new Error(`This version of kafkajs has no ${factoryName}.`);
  const factories = client as unknown as Record<symbol, (options: object) => Cluster>;
  const createCluster = factories[key];
  let created: Cluster | undefined;
  factories[key] = (options) => {
    created = createCluster?.(options);
    if (created === undefined)
      throw new Error('This version of kafkajs did not make its cluster as expected.');
    return created;
  };
  const role = make(client);
  if (created === undefined) throw new Error('This version of kafkajs did not make its cluster as expected.');
  return Object.assign(role, { cluster: created });
}
