import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { faultsOf, publishedBytes, weaknessesOf } from './topic-settings.ts';

/** The settings with which a missing topic is made. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** Default: the number of brokers, at most 3. */
  readonly replicationFactor?: number;
  readonly retentionDays: number;
  /** The smallest acceptable limit for a batch of records in bytes. Default: the size of the publisher's batches. */
  readonly minMessageBytes?: number;
}

/** The settings of an existing topic. */
export interface PreparedTopic {
  readonly name: string;
  readonly partitions: number;
  /** How many replicas must be in sync for a write to be confirmed. */
  readonly inSyncReplicas: number;
  /** The topic's limit for a batch of records in bytes. */
  readonly maxMessageBytes: number;
}

/** Thrown if a topic can't be used as it is. The message says what to change. Retrying alone does not help. */
export class TopicError extends Error {
  override readonly name = 'TopicError';
}

const day = 86_400_000;

/** Makes the topic if it is missing, and checks that it keeps records and accepts all of them. */
export async function prepareTopic(
  admin: Admin,
  plan: TopicPlan,
  warn: (message: string) => void,
): Promise<PreparedTopic> {
  const existing = await admin.listTopics();
  if (!existing.includes(plan.name)) await create(admin, plan);
  const partitions = await partitionsOf(admin, plan.name);
  const settings = await settingsOf(admin, plan.name);
  const inSyncReplicas = Number(settings.get('min.insync.replicas') ?? 1);
  const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
  const layout = { partitions: partitions.length, replicas, inSyncReplicas };

  const faults = faultsOf(settings, layout, plan.minMessageBytes ?? publishedBytes);
  if (faults.length > 0) throw new TopicError(`The topic ${plan.name} cannot be used: ${faults.join('; ')}.`);
  for (const weakness of weaknessesOf(settings, layout, plan.retentionDays * day))
    warn(`The topic ${plan.name} ${weakness}.`);
  const maxMessageBytes = Number(settings.get('max.message.bytes'));
  return { name: plan.name, partitions: partitions.length, inSyncReplicas, maxMessageBytes };
}

async function create(admin: Admin, plan: TopicPlan): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const replicationFactor = plan.replicationFactor ?? Math.min(3, brokers.length);
  const settings = {
    'cleanup.policy': 'delete',
    // Readers may rely on the timestamp of a record: it is when the service accepted the activity.
    'message.timestamp.type': 'CreateTime',
    // Confirmed records matter more than availability.
    'unclean.leader.election.enable': 'false',
    'retention.ms': String(plan.retentionDays * day),
    'min.insync.replicas': replicationFactor >= 3 ? '2' : '1',
    // Every consumer can then read the records, however a producer compressed them.
    'compression.type': 'uncompressed',
    ...(plan.minMessageBytes === undefined ? {} : { 'max.message.bytes': String(plan.minMessageBytes) }),
  };
  const topic: ITopicConfig = {
    topic: plan.name,
    numPartitions: plan.partitions,
    replicationFactor,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  };
  // Returns false if another instance created it first.
  await admin.createTopics({ topics: [topic], waitForLeaders: false });
}

async function partitionsOf(admin: Admin, name: string) {
  const { topics } = await onceKnown(() => admin.fetchTopicMetadata({ topics: [name] }));
  return topics[0]?.partitions ?? [];
}

/** Asks about a topic, and retries: each broker learns of a new topic only after a moment. */
async function onceKnown<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isNotKnownYet(error) || attempt === maxAttempts) throw error;
      await delay(100);
    }
  }
}

const maxAttempts = 100;
const notKnownYet: ReadonlySet<unknown> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);
const isNotKnownYet = (error: unknown): boolean =>
  error instanceof Error && notKnownYet.has(Reflect.get(error, 'type'));

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
