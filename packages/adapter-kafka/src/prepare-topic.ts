import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { faultsOf, publishedBytes, weaknessesOf } from './topic-settings.ts';

/** What a topic is to be like where it has to be made. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** As many as there are brokers, up to 3, where not given. */
  readonly replicationFactor?: number;
  readonly retentionDays: number;
  /** The largest batch of records that it must take. What the publisher sends, where not given. */
  readonly leastMessageBytes?: number;
}

/** A topic as it is. */
export interface PreparedTopic {
  readonly name: string;
  readonly partitions: number;
  /** How many replicas must be in sync for a write to be confirmed. */
  readonly inSyncReplicas: number;
  /** The largest batch of records that it takes. */
  readonly maxMessageBytes: number;
}

/** A topic can't be used as it is; the message says what to change. Trying again alone won't help. */
export class TopicError extends Error {
  override readonly name = 'TopicError';
}

const day = 86_400_000;

/** Makes the topic where it is missing, else sees whether it keeps what it is given. */
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

  const faults = faultsOf(settings, layout, plan.leastMessageBytes ?? publishedBytes);
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
    // That of a record is when it was accepted, as its readers may rely on.
    'message.timestamp.type': 'CreateTime',
    // What the log confirmed is worth more than its being there without a pause.
    'unclean.leader.election.enable': 'false',
    'retention.ms': String(plan.retentionDays * day),
    'min.insync.replicas': replicationFactor >= 3 ? '2' : '1',
    // However a producer compressed its records, every consumer can read them.
    'compression.type': 'uncompressed',
    ...(plan.leastMessageBytes === undefined ? {} : { 'max.message.bytes': String(plan.leastMessageBytes) }),
  };
  const topic: ITopicConfig = {
    topic: plan.name,
    numPartitions: plan.partitions,
    replicationFactor,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  };
  // Says false, and is content, where another instance was quicker.
  await admin.createTopics({ topics: [topic], waitForLeaders: false });
}

async function partitionsOf(admin: Admin, name: string) {
  const { topics } = await onceKnown(() => admin.fetchTopicMetadata({ topics: [name] }));
  return topics[0]?.partitions ?? [];
}

/** Asks about a topic. Of one that was made just now, by whomever, a broker may know only in a moment, and each for itself. */
async function onceKnown<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isNews(error) || attempt === mostAttempts) throw error;
      await delay(100);
    }
  }
}

const mostAttempts = 100;
const news: ReadonlySet<unknown> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);
const isNews = (error: unknown): boolean => error instanceof Error && news.has(Reflect.get(error, 'type'));

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
