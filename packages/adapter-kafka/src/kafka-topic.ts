import { DomainError, LogMismatch, type PartitionProgress, type TopicIdentity } from '@user-activity/domain';
import { fetchTopic } from './fetch-topic.ts';
import { fetchGroupProgress } from './fetch-group-progress.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { Renewable } from './renewable.ts';
import {
  type ClusterAdmin,
  describeTopic,
  type PreparedTopic,
  prepareTopic,
  TopicError,
  type TopicPlan,
} from './prepare-topic.ts';
import { isRefusal, translateErrors } from './translate-errors.ts';
import { type Cluster, withCluster } from './with-cluster.ts';

const preparationMs = 30_000;
// A dead letter has the bytes of its record, and further headers of at most this many bytes.
const letterHeaderBytes = 65_536;

/** An existing topic whose settings were checked, and its dead letter topic, `<name>.dead-letters`. */
export class KafkaTopic implements TopicIdentity {
  readonly name: string;
  /** The number of partitions. This number must never change, because it decides to which partition each user belongs. */
  readonly partitions: number;
  /** The id that Kafka gave to the topic when it was made. Undefined if the brokers give no topic ids, as before Kafka 2.8. */
  readonly topicId: string | undefined;
  readonly deadLetters: string;
  /** The topic's size limit for a batch of records in bytes, at the time of `open`. */
  readonly maxMessageBytes: number;
  /** The size limit of the dead letter topic in bytes. */
  readonly maxLetterBytes: number;
  readonly #admin: Renewable<ClusterAdmin>;
  readonly #inSyncReplicas: number;
  readonly #warn: (message: string) => void;
  #partitionsNow: number;
  #topicIdNow: string | undefined;

  private constructor(
    admin: Renewable<ClusterAdmin>,
    { name, partitions, topicId, inSyncReplicas, maxMessageBytes }: PreparedTopic,
    deadLetters: PreparedTopic,
    warn: (message: string) => void,
  ) {
    this.#admin = admin;
    this.name = name;
    this.partitions = partitions;
    this.topicId = topicId;
    this.deadLetters = deadLetters.name;
    this.maxMessageBytes = maxMessageBytes;
    this.maxLetterBytes = deadLetters.maxMessageBytes;
    this.#inSyncReplicas = inSyncReplicas;
    this.#warn = warn;
    this.#partitionsNow = partitions;
    this.#topicIdNow = topicId;
  }

  /**
   * Opens the two topics, and creates those that are missing. Throws TopicError if the settings of an existing topic could lose or
   * refuse activities, or if the credentials or permissions are not sufficient. Throws LOG_UNAVAILABLE if no broker responds. `warn`
   * receives the settings that are risky but allowed.
   */
  static async open(
    connection: KafkaConnection,
    plan: TopicPlan,
    warn: (message: string) => void = () => undefined,
  ): Promise<KafkaTopic> {
    const { name } = plan;
    const retry = { retries: 3, initialRetryTime: 100 };
    const admin = new Renewable(() =>
      withCluster(connection.client(10_000, retry), (client) => client.admin()),
    );
    const prepare = async (topicPlan: TopicPlan): Promise<PreparedTopic> => {
      try {
        return await admin.use(preparationMs, (client) => prepareTopic(client, topicPlan, warn));
      } catch (error) {
        throw preparationFailure(error, topicPlan.name);
      }
    };
    try {
      const topic = await prepare(plan);
      const { partitions, maxMessageBytes } = topic;
      const minMessageBytes = maxMessageBytes + letterHeaderBytes;
      const deadLetters = await prepare({
        ...plan,
        name: `${name}.dead-letters`,
        partitions,
        minMessageBytes,
      });
      return new KafkaTopic(admin, topic, deadLetters, warn);
    } catch (error) {
      await admin.close();
      throw error;
    }
  }

  /**
   * Rejects with LOG_UNAVAILABLE unless the topic is the one that was opened, and every partition has a leader and enough replicas in
   * sync to confirm a write.
   */
  assertWritable(timeoutMs: number): Promise<void> {
    return translateErrors(async () => {
      const { topicId, partitions } = await this.#admin.use(timeoutMs, (client) =>
        describeTopic(client, this.name),
      );
      // Checked outside of `use`, which replaces the client after a failure: the client is not at fault here.
      this.#assertSameTopic(topicId);
      this.#assertSamePartitionCount(partitions.length);
      const writable = partitions.filter(
        ({ leader, isr }) => leader >= 0 && isr.length >= this.#inSyncReplicas,
      );
      if (writable.length < this.partitions)
        throw new Error(`Only ${writable.length} of ${this.partitions} partitions accept writes.`);
    });
  }

  /**
   * Returns the progress of a group in each partition. Rejects with LOG_UNAVAILABLE if there is no response in time, and with LogMismatch
   * if the topic was deleted and recreated.
   */
  async progressOf(group: string, timeoutMs: number): Promise<readonly PartitionProgress[]> {
    const { progress, topicId } = await translateErrors(() =>
      this.#admin.use(timeoutMs, async (client) => ({
        progress: await fetchGroupProgress(client, group, this.name),
        // Read after the progress. Kafka never uses an id again, so an unchanged id proves that the progress is of the same topic.
        topicId: (await describeTopic(client, this.name)).topicId,
      })),
    );
    this.#assertSameTopic(topicId);
    return progress;
  }

  /**
   * Verifies that the leader of the partition still has the topic that was opened. This proves that all records that the leader has
   * returned so far are of that topic. Rejects with LogMismatch if the topic was deleted and recreated, and with LOG_UNAVAILABLE if the
   * leader does not respond.
   */
  async assertSameLog(cluster: Cluster, partition: number): Promise<void> {
    if (this.topicId === undefined) return;
    const topic = await translateErrors(async () => {
      const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(this.name, [partition]));
      return fetchTopic(await cluster.findBroker({ nodeId }), this.name);
    });
    this.#assertSameTopic(topic?.topicId);
  }

  /** Throws if the number of partitions has changed, so that the process is not ready any more. The process must not use the new number. */
  #assertSamePartitionCount(partitions: number): void {
    if (partitions === this.partitions) return;
    if (this.#partitionsNow !== partitions)
      this.#warn(
        `The topic ${this.name} now has ${partitions} partitions instead of ${this.partitions}; this process is not ready any more.`,
      );
    this.#partitionsNow = partitions;
    throw new Error(`The topic has ${partitions} partitions now.`);
  }

  /** Throws LogMismatch if the topic has another id. An id that is missing, as after a downgrade of the brokers, proves nothing. */
  #assertSameTopic(topicId: string | undefined): void {
    if (topicId === undefined || this.topicId === undefined || topicId === this.topicId) return;
    if (this.#topicIdNow !== topicId)
      this.#warn(
        `The topic ${this.name} was deleted and recreated; this process is not ready any more. Restart it.`,
      );
    this.#topicIdNow = topicId;
    throw new LogMismatch(
      `The topic ${this.name} was deleted and recreated: its id was ${this.topicId}, and is now ${topicId}. ` +
        `Restart this process: it then reads the new topic from its beginning.`,
    );
  }

  close(): Promise<void> {
    return this.#admin.close();
  }
}

/** Makes the error for a topic that could not be prepared. Quotes KafkaJS's message: no user data was sent yet, so it can't contain any. */
function preparationFailure(error: unknown, name: string): unknown {
  if (error instanceof TopicError || !(error instanceof Error)) return error;
  const { message } = error;
  if (isRefusal(error))
    return new TopicError(`Kafka does not allow the use of the topic ${name}: ${message}.`);
  return new DomainError('LOG_UNAVAILABLE', `Kafka could not prepare the topic ${name}: ${message}`, {
    cause: error,
  });
}
