import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs';

/** A record that is written unchanged, even if it is invalid. */
export interface WrittenRecord {
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** Writes to a topic without the service. Also reads the leaders of its partitions, and the progress of a consumer group. */
export class TopicTools {
  readonly #topic: string;
  readonly #producer: Producer;
  readonly #admin: Admin;

  private constructor(client: Kafka, topic: string) {
    this.#topic = topic;
    this.#producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    this.#admin = client.admin();
  }

  static async connect(brokers: readonly string[], topic: string): Promise<TopicTools> {
    const client = new kafkajs.Kafka({
      brokers: [...brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    const tools = new TopicTools(client, topic);
    await Promise.all([tools.#producer.connect(), tools.#admin.connect()]);
    return tools;
  }

  /** Writes a record and resolves with its offset. A retry after a failure may write it twice. */
  async write({ partition, key, value, headers }: WrittenRecord): Promise<number> {
    const [answer] = await this.#producer.send({
      topic: this.#topic,
      acks: -1,
      messages: [{ partition, key, value, headers }],
    });
    return Number(answer?.baseOffset);
  }

  /** Returns the node id of the leader of each partition, or -1 if the partition has no leader. */
  async leaders(): Promise<readonly number[]> {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [this.#topic] });
    const partitions = topics[0]?.partitions ?? [];
    return partitions
      .toSorted((left, right) => left.partitionId - right.partitionId)
      .map(({ leader }) => leader);
  }

  /** Returns the sum of the end offsets of all partitions as `end`, and the number of records that the group must still commit as `lag`. */
  async progress(groupId: string): Promise<{ readonly lag: number; readonly end: number }> {
    const partitionOffsets = await this.#admin.fetchTopicOffsets(this.#topic);
    const [group] = await this.#admin.fetchOffsets({ groupId, topics: [this.#topic] });
    const committedOffsets = new Map(
      group?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
    );
    let [lag, end] = [0, 0];
    for (const { partition, low, high } of partitionOffsets) {
      lag += Number(high) - Math.max(Number(low), committedOffsets.get(partition) ?? -1);
      end += Number(high);
    }
    return { lag, end };
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer.disconnect(), this.#admin.disconnect()]);
  }
}
