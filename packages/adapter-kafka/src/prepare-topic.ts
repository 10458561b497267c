import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { faultsOf, maxPublishedBytes, weaknessesOf } from './topic-settings.ts';
import { assertLeaders, type DescribedTopic, fetchTopic } from './fetch-topic.ts';
import { isOfType } from './translate-errors.ts';
import type { Cluster } from './with-cluster.ts';

/** The settings with which a missing topic is created. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** Default: the number of brokers, at most 3. */
  readonly replicationFactor?: number;
  readonly retentionDays: number;
  /** The topic must accept batches of this size in bytes. Default: the maximum size of the publisher's batches. */
  readonly minMessageBytes?: number;
}

/** A topic that exists, with settings that were checked. */
export interface PreparedTopic {
  readonly name: string;
  readonly partitions: number;
  /** The id that Kafka gave to the topic. Undefined if the brokers give none. */
  readonly topicId: string | undefined;
  /** How many replicas must be in sync for a write to be confirmed. */
  readonly inSyncReplicas: number;
  /** The topic's size limit for a batch of records in bytes. */
  readonly maxMessageBytes: number;
}

/** KafkaJS's admin, with the cluster that it uses. */
export type ClusterAdmin = Admin & { readonly cluster: Cluster };

/** Thrown if a topic can't be used because of its settings, or because Kafka refuses the request. The message gives the reason. */
export class TopicError extends Error {
  override readonly name = 'TopicError';
}

const dayMs = 86_400_000;

/** Creates the topic if it is missing. Throws TopicError if its settings could lose or refuse records. */
export async function prepareTopic(
  admin: ClusterAdmin,
  plan: TopicPlan,
  warn: (message: string) => void,
): Promise<PreparedTopic> {
  const existing = await admin.listTopics();
  if (!existing.includes(plan.name)) await createTopic(admin, plan);
  const { topicId, partitions } = await onceKnown(async () => {
    const topic = await describeTopic(admin, plan.name);
    assertLeaders(topic);
    return topic;
  });
  const settings = await settingsOf(admin, plan.name);
  const inSyncReplicas = Number(settings.get('min.insync.replicas') ?? 1);
  const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
  const layout = { partitions: partitions.length, replicas, inSyncReplicas };

  const faults = faultsOf(settings, layout, plan.minMessageBytes ?? maxPublishedBytes);
  if (faults.length > 0) throw new TopicError(`The topic ${plan.name} can't be used: ${faults.join('; ')}.`);
  for (const weakness of weaknessesOf(settings, layout, plan.retentionDays * dayMs))
    warn(`The topic ${plan.name} ${weakness}.`);
  const maxMessageBytes = Number(settings.get('max.message.bytes'));
  return { name: plan.name, partitions: partitions.length, topicId, inSyncReplicas, maxMessageBytes };
}

/**
 * Asks any broker for the id and the partitions of a topic. Both come from one response, so they describe the same topic, even if it is
 * deleted and recreated meanwhile.
 */
export async function describeTopic(admin: ClusterAdmin, topic: string): Promise<DescribedTopic> {
  const described = await fetchTopic(await admin.cluster.brokerPool.findConnectedBroker(), topic);
  if (described !== undefined) return described;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return { topicId: undefined, partitions: topics[0]?.partitions ?? [] };
}

async function createTopic(admin: Admin, plan: TopicPlan): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const replicationFactor = plan.replicationFactor ?? Math.min(3, brokers.length);
  const settings = {
    'cleanup.policy': 'delete',
    // Keeps the timestamp of the service: the time at which it accepted the activity. Readers rely on it.
    'message.timestamp.type': 'CreateTime',
    // Confirmed records matter more than availability.
    'unclean.leader.election.enable': 'false',
    'retention.ms': String(plan.retentionDays * dayMs),
    'min.insync.replicas': replicationFactor >= 3 ? '2' : '1',
    // The broker then decompresses what a producer compressed, so that every consumer can read it.
    'compression.type': 'uncompressed',
    ...(plan.minMessageBytes === undefined ? {} : { 'max.message.bytes': String(plan.minMessageBytes) }),
  };
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const topic = { topic: plan.name, numPartitions: plan.partitions, replicationFactor, configEntries };
  try {
    // Returns false, and does nothing, if another instance has created the topic in the meantime.
    await admin.createTopics({ topics: [topic], waitForLeaders: false });
  } catch (error) {
    // KafkaJS gives the reason only in the error of each topic.
    throw error instanceof kafkajs.KafkaJSAggregateError ? (error.errors[0] ?? error) : error;
  }
}

/** Retries a request about a topic while the broker does not know the topic yet. Brokers learn of a new topic with a delay. */
async function onceKnown<Response>(request: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!isOfType(error, unknownTopicTypes) || attempt === maxAttempts) throw error;
      await delay(100);
    }
  }
}

const maxAttempts = 100;
const unknownTopicTypes: ReadonlySet<unknown> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
]);

async function settingsOf(admin: Admin, topic: string): Promise<ReadonlyMap<string, string>> {
  const { resources } = await onceKnown(() =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    }),
  );
  const entries = resources[0]?.configEntries ?? [];
  return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
}
