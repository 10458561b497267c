import { DomainError, type PartitionProgress } from '@user-activity/domain';
import type { Admin } from 'kafkajs';
import { groupProgress } from './group-progress.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { Renewable } from './renewable.ts';
import { type PreparedTopic, prepareTopic, TopicError, type TopicPlan } from './prepare-topic.ts';
import { isRefusal, translated } from './translated.ts';

const preparationMs = 30_000;
// Room for the headers of a dead letter, in addition to the largest record of the activity topic.
const framingBytes = 65_536;

/** An existing topic that is fit for activities, and its dead letter topic, `<name>.dead-letters`. */
export class KafkaTopic {
  readonly name: string;
  /** The number of partitions. It must never change, because it decides on which partition a user's records are. */
  readonly partitions: number;
  readonly deadLetters: string;
  /** The topic's limit for a batch of records in bytes, at the time of `open`. */
  readonly maxMessageBytes: number;
  /** The same limit of the dead letter topic. */
  readonly maxLetterBytes: number;
  readonly #admin: Renewable<Admin>;
  readonly #inSyncReplicas: number;
  readonly #warn: (message: string) => void;
  #partitionsNow: number;

  private constructor(
    admin: Renewable<Admin>,
    { name, partitions, inSyncReplicas, maxMessageBytes }: PreparedTopic,
    deadLetters: PreparedTopic,
    warn: (message: string) => void,
  ) {
    this.#admin = admin;
    this.name = name;
    this.partitions = partitions;
    this.deadLetters = deadLetters.name;
    this.maxMessageBytes = maxMessageBytes;
    this.maxLetterBytes = deadLetters.maxMessageBytes;
    this.#inSyncReplicas = inSyncReplicas;
    this.#warn = warn;
    this.#partitionsNow = partitions;
  }

  /**
   * Opens the two topics, and makes them if they are missing. Throws TopicError if an existing one would lose or refuse accepted
   * activities, or if credentials or permissions do not suffice. Throws LOG_UNAVAILABLE if no broker answers. `warn` receives
   * weaknesses that do not prevent the use.
   */
  static async open(
    connection: KafkaConnection,
    plan: TopicPlan,
    warn: (message: string) => void = () => undefined,
  ): Promise<KafkaTopic> {
    const admin = new Renewable(() =>
      connection.client(10_000, { retries: 3, initialRetryTime: 100 }).admin(),
    );
    try {
      const prepared = await admin.use(preparationMs, (client) => prepareTopic(client, plan, warn));
      const { partitions, maxMessageBytes } = prepared;
      const deadLetterPlan = {
        ...plan,
        name: `${plan.name}.dead-letters`,
        partitions,
        minMessageBytes: maxMessageBytes + framingBytes,
      };
      const deadLetters = await admin.use(preparationMs, (client) =>
        prepareTopic(client, deadLetterPlan, warn),
      );
      return new KafkaTopic(admin, prepared, deadLetters, warn);
    } catch (error) {
      await admin.close();
      if (error instanceof TopicError || !(error instanceof Error)) throw error;
      // No user data can be in the client's message yet, and it helps the operator.
      if (isRefusal(error))
        throw new TopicError(
          `Kafka refuses to let the service use the topic ${plan.name}: ${error.message}.`,
        );
      throw new DomainError(
        'LOG_UNAVAILABLE',
        `Kafka could not prepare the topic ${plan.name}: ${error.message}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Rejects with LOG_UNAVAILABLE unless every partition has a leader and enough replicas in sync to confirm a write. */
  assertWritable(timeoutMs: number): Promise<void> {
    return translated(async () => {
      const { topics } = await this.#admin.use(timeoutMs, (client) =>
        client.fetchTopicMetadata({ topics: [this.name] }),
      );
      // Checked outside `use`: a fault of the topic must not discard the client, which others use.
      const partitions = topics[0]?.partitions ?? [];
      this.#assertSame(partitions.length);
      const sound = partitions.filter(({ leader, isr }) => leader >= 0 && isr.length >= this.#inSyncReplicas);
      if (sound.length < this.partitions)
        throw new Error(`Only ${sound.length} of ${this.partitions} partitions accept writes.`);
    });
  }

  /** Returns the progress of a group in each partition. Rejects with LOG_UNAVAILABLE if there is no answer in time. */
  progressOf(group: string, timeoutMs: number): Promise<readonly PartitionProgress[]> {
    return translated(() => this.#admin.use(timeoutMs, (client) => groupProgress(client, group, this.name)));
  }

  /** Throws if the number of partitions has changed. This process keeps using the old number; a new start is refused. */
  #assertSame(partitions: number): void {
    if (partitions === this.partitions) return;
    if (this.#partitionsNow !== partitions)
      this.#warn(
        `The topic ${this.name} now has ${partitions} partitions instead of ${this.partitions}; this process is not ready any more.`,
      );
    this.#partitionsNow = partitions;
    throw new Error(`The topic has ${partitions} partitions now.`);
  }

  close(): Promise<void> {
    return this.#admin.close();
  }
}
