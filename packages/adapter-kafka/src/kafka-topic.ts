import { DomainError, type PartitionProgress } from '@user-activity/domain';
import type { Admin } from 'kafkajs';
import { isRefusal, logUnavailable } from './failure.ts';
import { groupProgress } from './group-progress.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { Renewable } from './renewable.ts';
import { type PreparedTopic, prepareTopic, TopicError, type TopicPlan } from './prepare-topic.ts';

const preparationMs = 30_000;
// What is said of a dead letter, beside all that the topic of activities may hold.
const framingBytes = 65_536;

/** A topic that is there and fit for activities, and the one for what could not be stored, `<name>.dead-letters`. */
export class KafkaTopic {
  readonly name: string;
  /** For its life: a user's place depends on it. */
  readonly partitions: number;
  readonly deadLetters: string;
  /** The largest batch of records that it took when it was opened. */
  readonly maxMessageBytes: number;
  /** The same of the topic of dead letters. */
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
   * Makes the two topics where they are missing. Throws TopicError if one is there that would lose or refuse what was accepted,
   * or if the credentials or rights do not suffice, and LOG_UNAVAILABLE if no broker answers. `warn` hears what is weak but works.
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
      const beside = {
        ...plan,
        name: `${plan.name}.dead-letters`,
        partitions,
        leastMessageBytes: maxMessageBytes + framingBytes,
      };
      const deadLetters = await admin.use(preparationMs, (client) => prepareTopic(client, beside, warn));
      return new KafkaTopic(admin, prepared, deadLetters, warn);
    } catch (error) {
      await admin.close();
      if (error instanceof TopicError || !(error instanceof Error)) throw error;
      // Nobody's data is in it yet: what the client says helps whoever set this up.
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
  async assertWritable(timeoutMs: number): Promise<void> {
    try {
      const { topics } = await this.#admin.use(timeoutMs, (client) =>
        client.fetchTopicMetadata({ topics: [this.name] }),
      );
      // Judged here: what is wrong with the topic is no fault of the client, which others are using.
      const partitions = topics[0]?.partitions ?? [];
      this.#assertSame(partitions.length);
      const sound = partitions.filter(({ leader, isr }) => leader >= 0 && isr.length >= this.#inSyncReplicas);
      if (sound.length < this.partitions)
        throw new Error(`Only ${sound.length} of ${this.partitions} partitions accept writes.`);
    } catch (error) {
      throw logUnavailable(error);
    }
  }

  /** How far a group is with each partition. Rejects with LOG_UNAVAILABLE when that can't be told in time. */
  async progressOf(group: string, timeoutMs: number): Promise<readonly PartitionProgress[]> {
    try {
      return await this.#admin.use(timeoutMs, (client) => groupProgress(client, group, this.name));
    } catch (error) {
      throw logUnavailable(error);
    }
  }

  /** Users go on where they are while this process runs; a start with the new number is refused. */
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
